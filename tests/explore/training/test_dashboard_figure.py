"""The figure of the training dashboard: its curves and words by hand."""

import math

import numpy as np
import pytest
from toys import by_panel, history

from suprank_edu.explore.training.dashboard_figure import MOST_POINTS, Curves, describe, moving_mean, tell


def test_the_moving_mean_looks_back_and_never_beyond_the_start() -> None:
    losses = list(np.random.default_rng(0).random(50))
    for window in (1, 3, 50, 80):
        expected = [np.mean(losses[max(0, i - window + 1) : i + 1]) for i in range(50)]
        np.testing.assert_allclose(moving_mean(losses, window), expected)


def test_the_panels_show_loss_metric_learning_rate_and_speed_of_each_run() -> None:
    one = Curves(4, 32, "H-AP", history([0.8, 0.4, 0.2], seconds=0.5), [{"step": 2, "H-AP": 0.3}])
    other = Curves(4, 64, None, history([0.6], seconds=2.0))
    panels = by_panel(describe({"one": one, "other": other}, "H-AP", smooth=2))
    assert list(panels) == ["loss", "H-AP", "learning rate", "images a second"]
    shown = {name: [(trace["x"], trace["y"]) for trace in traces] for name, traces in panels.items()}
    assert shown["loss"] == [([1, 2, 3], pytest.approx([0.8, 0.6, 0.3])), ([1], [0.6])]
    assert shown["H-AP"] == [([2], [0.3]), ([], [])]
    assert shown["learning rate"] == [([1, 2, 3], [0.01, 0.02, 0.03]), ([1], [0.01])]
    assert shown["images a second"] == [([1, 2, 3], [64.0, 64.0, 64.0]), ([1], [32.0])]
    looks = [{(t["line"]["color"], t["line"]["dash"]) for t in traces} for traces in panels.values()]
    assert looks == [looks[0]] * 4  # each run looks the same in all panels,
    assert len(looks[0]) == 2  # and different from the other
    assert [trace["showlegend"] for trace in panels["loss"]] == [True, True]


def test_without_an_evaluation_there_is_no_panel_of_one() -> None:
    assert list(by_panel(describe({"one": Curves(4, 8, None)}, None, 1))) == [
        "loss",
        "learning rate",
        "images a second",
    ]


@pytest.mark.parametrize("steps", [1, MOST_POINTS, MOST_POINTS + 1, 10 * MOST_POINTS + 7])
def test_a_long_run_draws_few_points_and_the_newest(steps: int) -> None:
    run = Curves(steps, 8, None, history([1.0] * steps))
    for trace in describe({"long": run}, None, 1)["data"]:
        assert MOST_POINTS / 2 < len(trace["x"]) <= MOST_POINTS or steps == 1
        assert trace["x"][-1] == steps
        assert len(set(np.diff(trace["x"]))) <= 1


def test_the_words_tell_the_newest_numbers_and_the_time_left() -> None:
    run = Curves(100, 32, "H-AP", history([0.8, 0.4], 2.0), [{"step": 1, "H-AP": 0.5}, {"step": 2, "H-AP": 0.25}])
    assert tell("<mine>", run, "H-AP", 2) == (
        "<mine>: step 2 of 100 · loss 0.600 · learning rate 0.02 · 16 images a second · 3 min left · "
        "H-AP 0.250, best 0.500 at step 1"
    )
    run.ended = True
    assert " · stopped after 4 s · H-AP" in tell("a", run, "H-AP", 2)
    whole = Curves(2, 32, None, history([0.8, 0.4], 2.0), ended=True)
    assert tell("a", whole, None, 1).endswith("16 images a second · done after 4 s")
    assert tell("a", Curves(2, 32, None), None, 1) == "a: begins"


def test_an_evaluation_that_is_no_number_is_never_the_best() -> None:
    run = Curves(100, 32, "H-AP", history([0.8, 0.4]), [{"step": 1, "H-AP": math.nan}, {"step": 2, "H-AP": 0.25}])
    assert tell("a", run, "H-AP", 1).endswith("H-AP 0.250, best 0.250 at step 2")
    run.evaluations.pop()
    assert tell("a", run, "H-AP", 1).endswith("H-AP not a number")
