"""One setting at a time: means, intervals and verdicts against the files of the runs, in plain loops."""

import json
import math
import statistics
from pathlib import Path

import pytest

from suprank_edu.explore import Explorer, ablations
from suprank_edu.explore.engine import payload
from suprank_edu.explore.results.ablations_evidence import METRICS, VARIED
from suprank_edu.metrics import Evaluation, compare_seeds
from suprank_edu.training.study import results_folder

RESULTS = results_folder("groceries").parent
T = {5: 2.776445, 10: 2.262157}  # Student's t, 97.5 %, one degree of freedom less


@pytest.fixture(scope="module")
def shown() -> Explorer:
    """The explorer of the results that come with the book."""
    return ablations(RESULTS)


def files(loss: str, ending: str) -> list[Path]:
    """The files of the runs of a loss as a claim names it."""
    own, _, variant = loss.partition(" in ")
    folder = RESULTS / (f"groceries-{variant}" if variant else "groceries") / "test"
    return sorted(folder.glob(f"{own}_seed?{ending}"))


def values(loss: str, metric: str) -> list[float]:
    runs = [json.loads(path.read_text()) for path in files(loss, ".json")]
    return [run["gap"]["test"] if metric == "gap" else run["metrics"][METRICS[metric]] for run in runs]


@pytest.mark.parametrize("setting", VARIED)
def test_marks_are_means_of_seeds_with_their_intervals(shown: Explorer, setting: str) -> None:
    for metric in ("mAP@R", "gap"):
        data = shown.figure.describe(setting=setting, metric=metric)["data"]
        drawn = [trace for trace in data if "error_y" in trace and trace["x"]]
        assert [trace["name"] for trace in drawn] == list(VARIED[setting].losses)
        for trace, losses in zip(drawn, VARIED[setting].losses.values(), strict=True):
            found = [values(loss, metric) for loss in losses.values()]
            assert trace["y"] == pytest.approx([statistics.mean(each) for each in found])
            halves = [T[len(each)] * statistics.stdev(each) / math.sqrt(len(each)) for each in found]
            assert trace["error_y"]["array"] == pytest.approx(halves, rel=1e-5)


def test_the_panel_is_as_high_for_every_setting_and_holds_every_seed(shown: Explorer) -> None:
    for metric in METRICS:
        ends = [shown.figure.describe(setting=each, metric=metric)["data"][0]["y"] for each in VARIED]
        assert all(each == ends[0] for each in ends)
        for setting in VARIED:
            dots = shown.figure.describe(setting=setting, metric=metric)["data"][2]["y"]
            assert ends[0][0] <= min(dots) <= max(dots) <= ends[0][1]


def test_what_is_told_apart_lies_outside_the_interval_of_that_difference_alone(shown: Explorer) -> None:
    said = shown.readout(setting="τ, temperature of the step", metric="mAP@R")
    assert "0.1 is higher by 0.057" in said
    losses = VARIED["τ, temperature of the step"].losses["Sup-AP"]
    one, other = ([Evaluation.load(p) for p in files(losses[tau], "-queries.npz")] for tau in ("0.1", "0.01"))
    (low, high) = compare_seeds(one, other, keys=["mAP@R/column0"]).interval["mAP@R/column0"]
    assert 0 < low < 0.057 < high
    rho = shown.readout(setting="ρ, slope beyond δ", metric="mAP@R")
    assert "Not told apart from 100: 0, 10, 1000." in rho
    gap = shown.readout(setting="λ of the second term", metric="gap")
    of_pairs, of_proxies = gap.split("gap of ")[1:]
    assert "0.9 is lower" in of_pairs
    assert "0.9 is higher" in of_proxies


def test_without_the_metrics_of_each_query_it_says_no_verdict(tmp_path: Path) -> None:
    for folder in ("groceries", "groceries-ablations", *(f"groceries-batch-{size}" for size in (32, 64, 256))):
        (tmp_path / folder / "test").mkdir(parents=True)
        for path in (RESULTS / folder / "test").glob("*_seed[01].json"):
            (tmp_path / folder / "test" / path.name).symlink_to(path)
    said = ablations(tmp_path).readout(setting="size of a batch", metric="H-AP")
    assert "Verdicts need the metrics of each query" in said


def test_page_and_kernel_agree(shown: Explorer) -> None:
    kept = payload.decode(payload.encode(shown.payload))
    for i, setting in enumerate(VARIED):
        for j, metric in enumerate(METRICS):
            data, text = payload.frame(kept, (i, j))
            assert text.rstrip("\n") == shown.readout(setting=setting, metric=metric)
            assert data == payload.quantised(shown.figure.describe(setting=setting, metric=metric)["data"])
    shown.figure(setting=setting, metric=metric)  # plotly knows every property


@pytest.mark.parametrize("given", [{"setting": "batch"}, {"metric": "AP"}])
def test_a_name_that_there_is_not_is_refused(given: dict[str, str]) -> None:
    name = next(iter(given))
    with pytest.raises(ValueError, match=rf"`{name}`: got '{given[name]}', expected '"):
        ablations(RESULTS, **given)
