"""The explorer of pulls: courses, metrics, lines and words, against the loops of the definitions."""

import pytest
import torch

from suprank_edu import naive
from suprank_edu.explore import Explorer, level_pulls
from suprank_edu.explore.hierarchy.level_pulls_scenes import (
    AP,
    H_AP,
    LISTS,
    LOSSES,
    MANY_FINE,
    MIXED,
    NDCG,
    STEPS,
    WEIGHTED,
    WEIGHTS,
    course,
    levels_of,
    relevances_of,
)


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return level_pulls()


def growing(levels: list[int]) -> list[float]:
    """E14 by its definition: a share at every level that the item reaches."""
    fine, coarse = WEIGHTS
    sizes = [sum(level >= p for level in levels) for p in (1, 2)]
    return [coarse / sizes[0] * (level >= 1) + fine / sizes[1] * (level >= 2) for level in levels]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_metrics_are_the_definitions(name: str, loss: str) -> None:
    levels = levels_of(name)[0].tolist()
    for now in course(name, loss)[::3]:
        expected = (
            naive.average_precision(now.scores, [int(level == 2) for level in levels]),
            naive.h_ap(now.scores, levels),
            naive.h_ap(now.scores, levels, relevances=growing(levels)),
            naive.ndcg(now.scores, levels),
        )
        assert now.values == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("loss", LOSSES)
def test_following_the_pulls_lowers_the_loss(name: str, loss: str) -> None:
    along = course(name, loss)
    assert len(along) == len(STEPS)
    assert along[-1].loss < 0.6 * along[0].loss
    assert max(map(abs, along[0].pulls)) > 0.1


def test_relevances_are_those_of_the_definitions() -> None:
    for name in LISTS:
        levels = levels_of(name)[0].tolist()
        assert relevances_of(name, H_AP)[0].tolist() == pytest.approx(naive.relevance(levels, 1.0, 2), abs=1e-6)
        assert relevances_of(name, WEIGHTED)[0].tolist() == pytest.approx(growing(levels), abs=1e-6)


def test_with_e12_the_loss_works_against_its_metric_and_with_growing_relevances_it_does_not() -> None:
    against, with_it = course(MANY_FINE, H_AP), course(MANY_FINE, WEIGHTED)
    assert against[0].values[1] == pytest.approx(1)
    assert against[-1].loss < against[0].loss
    assert against[-1].values[1] < 0.9
    assert with_it[-1].values[2] > 0.99 > with_it[0].values[2]


def test_the_first_pulls_go_by_level() -> None:
    levels = levels_of(MANY_FINE)[0]
    for loss in (AP, H_AP, WEIGHTED, NDCG):
        pulls = torch.tensor(course(MANY_FINE, loss)[0].pulls)
        assert (pulls[levels == 1] < 0).all()
        assert pulls[levels == 2].sum() > 0


def test_sup_ap_does_not_tell_a_coarse_item_from_a_foreign_one() -> None:
    levels = levels_of(MIXED)[0]
    by_ap = torch.tensor(course(MIXED, AP)[0].pulls)
    assert (by_ap[levels == 1] <= 0).all()
    for loss in (H_AP, WEIGHTED, NDCG):
        by_level = torch.tensor(course(MIXED, loss)[0].pulls)
        assert by_level[levels == 1].sum() > by_level[levels == 0].sum()


def test_every_item_and_its_pull_is_drawn(explorer: Explorer) -> None:
    for p in list(explorer.grid())[::7]:
        now = course(p["items"], p["loss"])[STEPS.index(p["steps"])]
        levels = levels_of(p["items"])[0].tolist()
        data = explorer.figure.describe(**p)["data"]
        for level, name in enumerate(("nothing shared", "coarse level", "fine level")):
            members = [k for k, own in enumerate(levels) if own == level]
            place = next(i for i, t in enumerate(data) if t.get("name") == name)
            assert data[place]["x"] == [now.scores[k] for k in members]
            lines = data[place - 1]["x"]
            assert lines[::3] == data[place]["x"]
            lengths = [end - start for start, end in zip(lines[::3], lines[1::3], strict=True)]
            assert lengths == pytest.approx([0.04 * now.pulls[k] for k in members], abs=1e-4)


def test_the_curves_run_through_the_current_step(explorer: Explorer) -> None:
    for p in list(explorer.grid())[::7]:
        along = course(p["items"], p["loss"])
        *curves, now = (t for t in explorer.figure.describe(**p)["data"] if t.get("yaxis") == "y2")
        assert now["x"] == [p["steps"]] * 2
        assert [curve["y"][-1] for curve in curves] == pytest.approx([along[-1].loss, *along[-1].values], abs=1e-5)


def test_the_words_are_true_in_every_frame(explorer: Explorer) -> None:
    seen = set()
    for p in explorer.grid():
        along = course(p["items"], p["loss"])
        now, last = along[STEPS.index(p["steps"])], explorer.readout(**p).split("\n")[-1]
        if "H-AP is 1 already" in last:
            assert now.values[1] == pytest.approx(1)
        if "so is the metric" in last:
            assert now.loss < along[0].loss
            assert now.values[1] < along[0].values[1]
        if "H-AP with E12 falls" in last:
            assert now.values[1] < along[0].values[1]
        if "Metrics and loss agree" in last:
            assert now.loss < along[0].loss
            assert all(a >= b - 1e-9 for a, b in zip(now.values, along[0].values, strict=True))
        if "in order of the levels" in last:
            assert now.values == pytest.approx([1] * 4)
        seen.add(last)
    assert len(seen) == 7
