"""The tables of results that come with the book: fair, and made as their commands say."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from suprank_edu.data import read
from suprank_edu.metrics import Evaluation
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.study import load_results, results_folder
from suprank_edu.training.study.experiment import queries_file
from suprank_edu.training.study.named_losses import LOSSES
from suprank_edu.training.study.papers import SETTINGS
from suprank_edu.training.study.rates import chosen_rates, rates_beyond

README = Path(__file__).resolve().parents[2] / "book" / "results" / "README.md"
CLAIMS = README.with_name("claims.md")
MAIN = re.findall(r'^MAIN="(.*)"$', README.read_text(encoding="utf-8"), re.MULTILINE)[0].split()

FOLDERS: dict[str, tuple[str, dict[str, Any]]] = {  # the setting, and what --set changes
    "omniglot": ("omniglot", {"orientations": 1}),
    "omniglot-orientations-8": ("omniglot", {"orientations": 8}),
    "omniglot-orientations-1": ("omniglot", {"orientations": 1}),
    "omniglot-higher-rate": ("omniglot", {"orientations": 1}),
    "groceries": ("grocery", {}),
    "groceries-ablations": ("grocery", {}),
    "groceries-batch-32": ("grocery", {"batch_size": 32}),
    "rendered-landmarks": ("rendered-landmarks", {}),
    "rendered-landmarks-short": ("rendered-landmarks", {"steps": 300, "channels": (32, 64, 128, 128)}),
}


def test_the_claims_are_of_losses_that_there_are() -> None:
    """A row of another name would be `not run`, and nobody would ask why."""
    rows = re.findall(
        r"^\| (\S+)(?: in \S+)? \| (?:higher|lower|not lower) \| (\S+)", CLAIMS.read_text(encoding="utf-8"), re.M
    )
    assert len(rows) > 30
    assert {name for row in rows for name in row} <= set(LOSSES)


@pytest.mark.parametrize("name", FOLDERS)
def test_every_run_has_the_recipe_of_its_command(name: str) -> None:
    setting, changes = FOLDERS[name]
    data = read("standin")  # the number of steps is given: no epoch is counted
    for run in load_results(results_folder(name)):
        own: dict[str, Any] = {"lr": run["lr"], "loss_lr": run.get("proxy_rate", 50) * run["lr"], "seed": run["seed"]}
        assert run["setting"] == setting
        assert Recipe.from_dict(run["recipe"]) == SETTINGS[setting].recipe(data, **own, **changes)


@pytest.mark.parametrize("name", ["omniglot", "rendered-landmarks"])
def test_losses_of_the_main_table_are_best_inside_the_rates_tried_and_keep_the_chosen_ones(name: str) -> None:
    runs = load_results(results_folder(name))
    assert len(MAIN) == 14
    for loss in MAIN:
        assert rates_beyond(runs, loss) == []
        tests = [run for run in runs if run["loss"] == loss and run["on"] == "test"]
        kept = Counter((run["lr"], run["proxy_rate"], run["seed"]) for run in tests)
        assert kept == {(*chosen_rates(runs, loss), seed): 1 for seed in range(5)}


def test_no_loss_on_photographs_is_best_at_an_edge_of_the_rates_tried() -> None:
    runs = load_results(results_folder("groceries"))
    losses = sorted({run["loss"] for run in runs})
    assert len(losses) == 24
    for loss in losses:
        assert rates_beyond(runs, loss) == []
        chosen = chosen_rates(runs, loss)
        tests = [run for run in runs if run["loss"] == loss and run["on"] == "test"]
        assert [(run["lr"], run["proxy_rate"]) for run in tests] == [chosen] * 10
        assert sorted(run["seed"] for run in tests) == list(range(10))


def test_the_metrics_of_each_query_are_those_of_the_table() -> None:
    folder = results_folder("groceries") / "test"
    for path in sorted(folder.glob("*_seed7.json")):
        found = Evaluation.load(queries_file(path))
        kept = json.loads(path.read_text())["metrics"]
        for key in ("R@1/column0", "mAP@R/column0", "H-AP", "NDCG", "ASI"):
            assert found.mean[key] == pytest.approx(kept[key], abs=5e-4)
        assert found.classes is not None
        assert len(set(found.classes.tolist())) == 81
