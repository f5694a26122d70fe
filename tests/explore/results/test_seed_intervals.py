"""The table as dots and the learning curves: order, intervals and shares against plain loops."""

import math
import statistics
from typing import Any

import numpy as np
import pytest

from suprank_edu.explore import Explorer
from suprank_edu.explore.engine import payload
from suprank_edu.explore.engine.live import LiveExplorer
from suprank_edu.explore.results.seed_intervals import COLUMNS, FAMILIES, family, seed_intervals
from suprank_edu.explore.training.learning_curves import learning_curves, shares
from suprank_edu.training.study import NAMES
from suprank_edu.training.study.named_losses import LOSSES

VALUES = {
    "sup-ap": (0.50, 0.52, 0.51),
    "smooth-ap": (0.53, 0.47, 0.50, 0.49),
    "happier": (0.60, 0.61, 0.62),
    "triplet": (0.40, 0.44),
}
METRICS = ("R@1/column0", "mAP@R/column0", "H-AP", "NDCG", "ASI")


def run(loss: str, seed: int, value: float, on: str = "test") -> dict[str, Any]:
    metrics = {key: value + 0.01 * place for place, key in enumerate(METRICS)}
    curve = [[10 * step, (2 + value) / step] for step in range(1, 8)]
    gap = {"train": 1 - value, "test": 1.1 - value}
    return {"loss": loss, "seed": seed, "on": on, "metrics": metrics, "mild": value, "gap": gap, "curve": curve}


RUNS = [run(loss, seed, value) for loss, values in VALUES.items() for seed, value in enumerate(values)]
RUNS += [run("fastap", 0, 0.9, "validation")]


@pytest.fixture(scope="module")
def shown() -> Explorer:
    return seed_intervals({"all": RUNS, "two": RUNS[:7]})


def means(data: list[dict]) -> dict[int, tuple[float, float]]:
    """Row → mean and half of its interval, over all families."""
    drawn = {}
    for trace in data:
        if "error_x" in trace:
            for x, y, half in zip(trace["x"], trace["y"], trace["error_x"]["array"], strict=True):
                drawn[y] = (x, half)
    return drawn


def test_rows_are_sorted_and_hold_mean_and_interval(shown: Explorer) -> None:
    quantile = {3: 4.302653, 4: 3.182446}  # Student's t, 2 and 3 degrees of freedom, 97.5 %
    for metric in COLUMNS:
        data = shown.figure.describe(name="all", metric=metric)["data"]
        names, drawn = data[-1]["text"], means(data)
        assert sorted(names) == ["HAPPIER", "SmoothAP", "Sup-AP", "triplet *"]
        place = METRICS.index(COLUMNS[metric]) if COLUMNS[metric] in METRICS else 0
        base = {"gap, training classes": 1.0, "gap, unseen classes": 1.1}
        for row, name in enumerate(names):
            loss = next(loss for loss in VALUES if NAMES[loss] == name.removesuffix(" *"))
            values = [base[metric] - v if metric in base else v + 0.01 * place for v in VALUES[loss]]
            count = len(values)
            half = quantile[count] * statistics.stdev(values) / math.sqrt(count) if count > 2 else 0.0
            assert drawn[row] == pytest.approx((statistics.mean(values), half), abs=1e-6)
        order = [drawn[row][0] for row in range(4)]
        assert order == sorted(order, reverse=metric not in base)


def test_every_seed_is_a_dot_in_the_row_of_its_loss(shown: Explorer) -> None:
    data = shown.figure.describe(name="all", metric="mAP@R")["data"]
    names = data[-1]["text"]
    dots = sorted(zip(data[0]["y"], data[0]["x"], strict=True))
    wanted = [(names.index(name), v + 0.01) for loss, values in VALUES.items() for v in values for name in names
              if name.removesuffix(" *") == NAMES[loss]]  # fmt: skip
    np.testing.assert_allclose(dots, sorted(wanted))


def test_words_name_the_ends_and_who_overlaps(shown: Explorer) -> None:
    lines = shown.readout(name="all", metric="mAP@R").split("\n")
    assert lines[0].startswith("Highest mAP@R: HAPPIER, 0.620 ± 0.025. Lowest: triplet, 0.430 (2 seeds).")
    assert lines[1] == "The bars of 0 of 2 other losses overlap that of HAPPIER."
    assert lines[2].startswith("* two seeds")
    assert shown.readout(name="all", metric="gap, unseen classes").startswith("Lowest gap, unseen classes: HAPPIER")
    wide = [run("sup-recall", s, v) for s, v in enumerate((0.5, 0.6, 0.4))]  # 0.5 ± 0.248
    shown = seed_intervals({"some": RUNS, "more": RUNS + wide})
    assert "The bars of 1 of 3 other losses overlap" in shown.readout(name="more", metric="R@1")


def test_every_loss_has_a_family() -> None:
    assert {family(loss) for loss in LOSSES} == set(FAMILIES)
    assert len({style.symbol for style in FAMILIES.values()}) == len(FAMILIES)
    assert (family("road-recall-proxies"), family("multi-similarity")) == ("with pairs or proxies", "others")


def test_curves_are_shares_of_their_own_beginning() -> None:
    found = shares(RUNS)
    assert list(found) == ["Sup-AP", "HAPPIER", "SmoothAP", "triplet"]  # as all tables and menus have them
    first = [(2 + 0.44) / step for step in range(1, 8)]
    smooth = [sum(first[i : i + 3]) / 3 for i in range(5)]
    np.testing.assert_allclose(found["triplet"][1], [value / smooth[0] for value in smooth])
    made = learning_curves(RUNS, "triplet")
    data = made.figure.describe(loss="triplet")["data"]
    assert len(data) == 4 + 4 + 1  # means of all, a line for each of up to four seeds, the mean in front
    np.testing.assert_allclose(data[-1]["y"], found["triplet"].mean(0), atol=6e-4)
    assert list(data[-1]["x"]) == [20, 30, 40, 50, 60]
    assert np.isnan(data[-2]["y"]).all()  # two seeds only
    assert made.readout(loss="triplet").startswith(
        "triplet, 2 seeds: at the end 0.28"
    )  # (1/5 + 1/6 + 1/7) / (1 + 1/2 + 1/3)


def test_a_set_shows_its_own_losses(shown: Explorer) -> None:
    data = shown.figure.describe(name="two", metric="mAP@R")["data"]
    assert data[-1]["text"] == ["Sup-AP", "SmoothAP"]
    both = [shown.figure.describe(name=name, metric="mAP@R")["layout"] for name in ("all", "two")]
    assert both[0] == both[1]
    for sets, message in (({"all": RUNS}, "got 1, expected two"), ({"a": RUNS, "b": RUNS[:3]}, "1 losses in 'b'")):
        with pytest.raises(ValueError, match=f"`sets`: .*{message}"):
            seed_intervals(sets)


@pytest.mark.parametrize(
    "explorer",
    [seed_intervals({"all": RUNS, "two": RUNS[:7]}), learning_curves(RUNS, "triplet")],
    ids=["dots", "curves"],
)
def test_page_and_kernel_agree(explorer: Explorer) -> None:
    kept = payload.decode(payload.encode(explorer.payload))
    for values in explorer.grid():
        places = tuple(c.values.index(values[c.name]) for c in explorer.controls)
        data, text = payload.frame(kept, places)
        assert text.rstrip("\n") == explorer.readout(**values)
        assert data == payload.quantised(explorer.figure.describe(**values)["data"])
        explorer.figure(**values)  # plotly knows every property
    live = LiveExplorer(explorer)
    live.inputs[explorer.controls[-1].name].value = last = explorer.controls[-1].values[-1]
    assert last in live.text.value


def test_curves_of_one_loss_are_too_few() -> None:
    with pytest.raises(ValueError, match=r"`results`: got test runs of 1 losses, expected two or more"):
        learning_curves(RUNS[:3], "triplet")
