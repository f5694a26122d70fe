"""Studies: the papers' settings and losses by name, runs on disk, and tables of results over seeds."""

from suprank_edu.training.study.ablations import ABLATIONS
from suprank_edu.training.study.experiment import Experiment
from suprank_edu.training.study.interval import Interval
from suprank_edu.training.study.named_losses import LOSSES, NAMES, make_loss
from suprank_edu.training.study.pairing import (
    SeedCorrelation,
    correlation_by_seed,
    paired,
    seed_correlation,
    unpaired,
)
from suprank_edu.training.study.papers import SETTINGS
from suprank_edu.training.study.results import (
    CHOSEN_BY,
    COLUMNS,
    as_frame,
    as_text,
    chosen_lr,
    chosen_rates,
    fill,
    load_rankings,
    load_results,
    results_folder,
    runs_by_loss,
    table,
    value_of,
)
from suprank_edu.training.study.runs import Run
from suprank_edu.training.study.setting import Setting

__all__ = [
    "ABLATIONS",
    "CHOSEN_BY",
    "COLUMNS",
    "LOSSES",
    "NAMES",
    "SETTINGS",
    "Experiment",
    "Interval",
    "Run",
    "SeedCorrelation",
    "Setting",
    "as_frame",
    "as_text",
    "chosen_lr",
    "chosen_rates",
    "correlation_by_seed",
    "fill",
    "load_rankings",
    "load_results",
    "make_loss",
    "paired",
    "results_folder",
    "runs_by_loss",
    "seed_correlation",
    "table",
    "unpaired",
    "value_of",
]
