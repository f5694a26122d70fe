"""Tables of results: a folder with one file a run, filled run after run, and the means over seeds."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from suprank_edu._checks import check_count, check_metric_keys
from suprank_edu._extras import needs
from suprank_edu._files import read_json
from suprank_edu.data.folders import shipped_folder
from suprank_edu.training.study.experiment import PROXY_RATE, Experiment
from suprank_edu.training.study.interval import Interval as Interval
from suprank_edu.training.study.missing import make_missing
from suprank_edu.training.study.named_losses import LOSSES
from suprank_edu.training.study.named_losses import NAMES as NAMES
from suprank_edu.training.study.rates import CHOSEN_BY as CHOSEN_BY
from suprank_edu.training.study.rates import chosen_lr as chosen_lr
from suprank_edu.training.study.rates import chosen_rates as chosen_rates
from suprank_edu.training.study.rates import rates_beyond, rates_to_try

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("R@1/column0", "mAP@R/column0", "H-AP", "NDCG", "ASI", "mild", "gap/train", "gap/test")
"""What the table shows: metrics on unseen classes, the share of mild mistakes, and the decomposability gap."""


def results_folder(name: str) -> Path:
    """Return the folder of a table that comes with the library: `omniglot`, `rendered-landmarks`, ….

    Raises:
        FileNotFoundError: there is no such folder.

    Example:
        >>> results_folder("omniglot-drawings").name
        'omniglot-drawings'
    """
    folder = shipped_folder("book/results") / name
    if folder.is_dir():
        return folder
    raise FileNotFoundError(f"`name`: got {name!r}, expected a folder of book/results")


def load_results(folder: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """Read every run of a folder that `fill` writes, by file name.

    Raises:
        FileNotFoundError: the folder holds no run.
        ValueError: a file is no JSON or names its metrics as an older version did; the message names it.
    """
    paths = sorted(Path(folder).glob("*/*.json"))
    if not paths:
        raise FileNotFoundError(f"`folder`: got {folder}, which holds no results, expected test/*.json")
    found = []
    for path in paths:
        run = read_json(path)
        if not isinstance(run, dict):
            raise ValueError(f"{path}: got a {type(run).__name__}, expected a run of results")
        check_metric_keys(str(path), run.get("metrics", ()))
        found.append(run)
    return found


def value_of(run: dict[str, Any], column: str) -> float:
    """Return what a run has in a column: `mild`, `gap/train`, `gap/test`, `gap/batch` or a metric of the evaluation.

    The first two gaps are those in batches of 128 images, the third is that in batches as large as in training.

    Example:
        >>> run = {"metrics": {"H-AP": 0.6}, "mild": 0.3, "gap": {"test": 0.02}}
        >>> value_of(run, "H-AP"), value_of(run, "gap/test")
        (0.6, 0.02)
    """
    if column.startswith("gap/"):
        return float(run["gap"].get(column.removeprefix("gap/"), math.nan))
    return float(run["mild"] if column == "mild" else run["metrics"][column])


def runs_by_loss(results: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the test runs of each loss that has some, in the order of their seeds.

    Example:
        >>> runs = [{"loss": "sup-ap", "seed": seed, "on": on} for seed in (1, 0) for on in ("test", "validation")]
        >>> [run["seed"] for run in runs_by_loss(runs)["sup-ap"]]
        [0, 1]
    """
    of_loss: dict[str, list[dict[str, Any]]] = {}
    for run in results:
        if run["on"] == "test":
            of_loss.setdefault(run["loss"], []).append(run)
    return {loss: sorted(runs, key=itemgetter("seed")) for loss, runs in of_loss.items()}


def table(results: Iterable[dict[str, Any]], columns: Sequence[str] = COLUMNS) -> dict[str, dict[str, Interval]]:
    """Return, for each loss with test runs, the interval of each column over its seeds."""
    return {
        loss: {column: Interval.of([value_of(run, column) for run in runs]) for column in columns}
        for loss, runs in runs_by_loss(results).items()
    }


def load_rankings(folder: str | os.PathLike[str], seeds: int = 1) -> dict[str, dict[str, np.ndarray[Any, Any]]]:
    """Read what the first seed of each loss retrieved, by loss in the order of `NAMES`.

    Args:
        folder: holds results.
        seeds: losses with fewer test runs are left out.

    Returns:
        For each loss `retrieved` `(Q, k)`, positions in the test split, best first, and `ap` and `h_ap`
        `(Q,)`.

    Raises:
        FileNotFoundError: the folder holds no such file.
    """
    found = {}
    for path in Path(folder).glob("test/*_seed0.npz"):
        loss = path.name.removesuffix("_seed0.npz")
        if len(list(path.parent.glob(f"{loss}_seed*.json"))) >= seeds:
            with np.load(path, allow_pickle=False) as arrays:
                found[loss] = dict(arrays.items())
    if not found:
        raise FileNotFoundError(f"`folder`: got {folder}, which holds no rankings, expected test/*_seed0.npz")
    return {loss: found[loss] for loss in NAMES if loss in found}


def as_text(rows: dict[str, dict[str, Interval]]) -> str:
    """Return a table as text, the best mAP@R first."""
    order, columns = _best_first(rows)
    lines = ["  ".join([f"{'loss':20}", "seeds", *(f"{column:>15}" for column in columns)])]
    for loss in order:
        cells = [f"{rows[loss][column]!s:>15}" for column in columns]
        lines.append("  ".join([f"{loss:20}", f"{rows[loss][columns[0]].runs:5}", *cells]))
    return "\n".join(lines)


def as_frame(rows: dict[str, dict[str, Interval]]) -> pd.DataFrame:
    """Return a table as a pandas DataFrame, the best mAP@R first: names, numbers of seeds, means with intervals."""
    with needs("train"):
        import pandas as pd

    order, columns = _best_first(rows)
    cells = {  # no-break spaces keep an interval on one line
        NAMES[loss]: {"seeds": rows[loss][columns[0]].runs}
        | {column: str(rows[loss][column]).replace(" ", "\u00a0") for column in columns}
        for loss in order
    }
    frame = pd.DataFrame.from_dict(cells, orient="index")
    return frame.rename(columns=lambda column: column.replace("/column0", "").replace("gap/", "gap, "))


def _best_first(rows: dict[str, dict[str, Interval]]) -> tuple[list[str], list[str]]:
    """Return the losses in the order of their mAP@R, or of the first column where a table lacks it; and the columns."""
    columns = list(next(iter(rows.values()), ()))
    means = {loss: row.get(CHOSEN_BY, row[columns[0]]).mean for loss, row in rows.items()}
    return sorted(rows, key=lambda loss: math.inf if math.isnan(means[loss]) else -means[loss]), columns


def fill(
    folder: str | os.PathLike[str],
    setting: str,
    losses: Sequence[str],
    *,
    seeds: int = 5,
    lrs: Sequence[float] = (),
    proxy_rates: Sequence[float] = (PROXY_RATE,),
    until_inside: bool = False,
    chosen_in: str | os.PathLike[str] | None = None,
    changes: Sequence[tuple[str, Any]] = (),
    device: str | None = None,
    processes: int = 1,
) -> list[Path]:
    """Make every run of a table that is not in the folder yet; broken off, it goes on when called again.

    First each loss is trained with each learning rate, one with proxies with each rate of these too, and judged on
    held-out training classes, with seed 0; then with the best on all training classes, with every seed, and judged on
    the unseen classes.

    Args:
        folder: where the files go.
        setting: the data set and the budget.
        losses: names of losses.
        seeds: how many, from 0; with 0 the rates are searched and nothing is tested.
        lrs: the learning rates to choose from; one alone is taken as it is.
        proxy_rates: how many times faster proxies learn, to choose from; one alone is taken as it is.
        until_inside: where the best rate of a loss lies at an edge of those tried, try further ones until none does.
        chosen_in: instead of choosing, take the rates that were chosen in this other folder; a variant of
            `ABLATIONS` takes those of the loss it varies.
        changes: settings of the recipe that differ, for every run.
        device: see `suprank_edu.training.fit`.
        processes: runs at a time, each with one thread where there is more than one.

    Returns:
        The files written.

    Raises:
        ValueError: neither `lrs` nor `chosen_in` is given, or both, or a name is not known; the folder holds a
            run of other settings.
    """
    if not losses:
        raise ValueError("`losses`: got none, expected one or more names of losses")
    check_count("seeds", seeds, minimum=0)
    if bool(lrs) == (chosen_in is not None):
        raise ValueError(
            f"`lrs`: got {tuple(lrs)} with chosen_in={chosen_in}, expected one of the two: learning rates, or results "
            "to take them from"
        )
    if not proxy_rates:
        raise ValueError("`proxy_rates`: got none, expected one or more multiples of the learning rate")

    def one(loss: str, rates: tuple[float, float], on: Literal["test", "validation"], seed: int = 0) -> Experiment:
        return Experiment(setting, loss, rates[0], seed, on, tuple(changes), rates[1])

    tried = {loss: rates_to_try(loss, lrs, proxy_rates) for loss in losses}
    trials = [one(loss, rates, "validation") for loss in losses for rates in tried[loss]]
    for trial in trials or [one(loss, (1e-3, PROXY_RATE), "test") for loss in losses]:
        trial.recipe()  # a setting that cannot be is refused before the first run
    searched = [loss for loss in losses if len(tried[loss]) > 1]
    trials = [trial for trial in trials if trial.loss in searched]
    written = make_missing(trials, Path(folder), device, processes)
    while until_inside and trials:
        known = load_results(folder)
        trials = [one(loss, rates, "validation") for loss in searched for rates in rates_beyond(known, loss)]
        written += make_missing(trials, Path(folder), device, processes)
    known = load_results(chosen_in or folder) if searched or chosen_in is not None else []
    chosen = {}
    for loss in losses:
        whose = loss if chosen_in is None else LOSSES[loss].base or loss
        chosen[loss] = tried[loss][0] if len(tried[loss]) == 1 else chosen_rates(known, whose)
    tests = [one(loss, chosen[loss], "test", seed) for seed in range(seeds) for loss in losses]
    return written + make_missing(tests, Path(folder), device, processes)
