"""Three losses of one list: their numbers against plain loops, their arrows against finite differences."""

import pytest
import torch

from suprank_edu import naive
from suprank_edu.data import load_samples
from suprank_edu.explore import Explorer, losses_at_work
from suprank_edu.explore.ranks.forces import KS, LOSSES

SCORES = (0.72, 0.70, 0.57, 0.56, 0.47, 0.31)
LEVELS = (1, 3, 2, 3, 0, 3)


@pytest.fixture(scope="module")
def work() -> Explorer:
    queries, gallery = load_samples("groceries", "test"), load_samples("groceries", "train")
    own = queries.labels[0]
    by_level: dict[int, list[int]] = {level: [] for level in range(4)}
    for i, row in enumerate(gallery.labels):
        by_level[int((row == own).sum())].append(i)
    return losses_at_work(queries, 0, gallery, [by_level[level].pop() for level in LEVELS], torch.tensor(SCORES))


def values(scores) -> dict[str, float]:
    relevant = [int(level == 3) for level in LEVELS]
    return {
        "Sup-AP": naive.sup_ap(scores, relevant),
        "Sup-R@k": naive.sup_recall(scores, relevant, ks=KS),
        "Sup-NDCG": naive.sup_ndcg(scores, LEVELS),
    }


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_and_arrows_are_those_of_the_definitions(work: Explorer, loss: str) -> None:
    option = work.controls[0].values[2]
    at, small = [0.6 if i == 2 else score for i, score in enumerate(SCORES)], 1e-6
    lines = dict(
        line.split(", ")[0].rsplit(" ", 1) for line in work.readout(item=option, score=0.6, loss=loss).split("\n")
    )
    assert {name: float(value) for name, value in lines.items()} == pytest.approx(values(at), abs=6e-4)
    shown = work.figure.describe(item=option, score=0.6, loss=loss)["data"][-1]["text"]
    for i, words in enumerate(shown):
        ends = [values([s + sign * small * (j == i) for j, s in enumerate(at)])[loss] for sign in (1, -1)]
        force = -(ends[0] - ends[1]) / (2 * small)
        told = words.split("<br>")[1]
        if abs(force) < 1e-4:
            assert told == "no force"
        else:
            number = told.removeprefix("force ").replace("−", "-").replace(" × 10⁻⁴", "e-4")
            assert float(number) == pytest.approx(force, rel=0.06)


def test_only_ndcg_pulls_what_shares_a_kind_ahead_of_what_shares_less(work: Explorer) -> None:
    """Item 3 shares the kind and stands behind item 1, which shares the department alone."""
    option = work.controls[0].values[0]
    texts = {loss: work.figure.describe(item=option, score=0.72, loss=loss)["data"][-1]["text"][2] for loss in LOSSES}
    assert "force +" in texts["Sup-NDCG"]
    assert "force +" not in texts["Sup-AP"]


def test_the_bounds_that_are_told_hold_at_every_place(work: Explorer) -> None:
    option = work.controls[0].values[5]
    for score in work.controls[1].values[::3]:
        for line in work.readout(item=option, score=score, loss="Sup-AP").split("\n"):
            loss, exact = (float(part) for part in (line.split(", ")[0].split()[-1], line.split()[-1]))
            if "at least" in line:
                assert loss >= exact - 1e-3
