"""A loss along one score, and the pull on a pair: values and pulls against plain loops and finite differences."""

import math

import pytest

from suprank_edu import naive
from suprank_edu.explore import loss_along_a_score, pull_on_a_pair
from suprank_edu.explore.ranks.pull_on_a_pair import NEGATIVE_AT, pull
from suprank_edu.explore.ranks.ways_out import BLACK_BOX, LOSSES, MARGIN, SUP_AP

SCORES = [0.86, 0.53, 0.80, 0.77, 0.61, 0.40]
RELEVANT = [1, 1, 0, 1, 0, 0]


def loop_triplet(scores: list[float], relevant: list[int]) -> float:
    """The mean over all triplets, in loops."""
    found = [
        max(0.0, n - p + MARGIN)
        for p, is_right in zip(scores, relevant, strict=True)
        for n, is_also in zip(scores, relevant, strict=True)
        if is_right and not is_also
    ]
    return sum(found) / len(found)


LOOPS = dict(
    zip(LOSSES, (loop_triplet, naive.smooth_ap, naive.soft_bin_ap, naive.black_box_ap, naive.sup_ap), strict=True)
)


def slope(loss: str, scores: list[float], relevant: list[int], item: int) -> float:
    if loss == BLACK_BOX:
        return naive.black_box_slopes(scores, relevant)[item]
    ends = [LOOPS[loss]([s + sign * 1e-6 * (i == item) for i, s in enumerate(scores)], relevant) for sign in (1, -1)]
    return (ends[0] - ends[1]) / 2e-6


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("score", [0.1, 0.535, 0.583, 0.7, 0.95])
def test_a_loss_along_a_score_is_the_definition(loss, score) -> None:
    along = loss_along_a_score(SCORES, RELEVANT, item=1)
    value = min(along.controls[0].values, key=lambda v: abs(v - score))
    drawn = along.figure.describe(score=value, loss=loss)["data"]
    at = [value if i == 1 else s for i, s in enumerate(SCORES)]
    assert drawn[-2]["y"] == [pytest.approx(LOOPS[loss](at, RELEVANT), abs=1e-9)]
    pulled = math.sinh(drawn[-1]["y"][0]) * 0.01
    assert pulled == pytest.approx(-slope(loss, at, RELEVANT, 1), rel=1e-3, abs=1e-4)


def test_the_staircase_is_ap() -> None:
    along = loss_along_a_score(SCORES, RELEVANT, item=1)
    stairs = along.figure.describe(**along.parameters)["data"][6]
    assert stairs["name"] == "1 − AP"
    for x, y in zip(stairs["x"], stairs["y"], strict=True):
        assert y == pytest.approx(
            1 - naive.average_precision([x if i == 1 else s for i, s in enumerate(SCORES)], RELEVANT)
        )
    assert len({round(y, 9) for y in stairs["y"]}) <= len(SCORES)


def test_the_mark_that_is_dragged_lies_at_its_score() -> None:
    along = loss_along_a_score(SCORES, RELEVANT, item=1)
    (drag,) = along.drags
    for score in (0.0, 0.4, 1.0):
        drawn = along.figure.describe(**along.parameters | {"score": score})["data"]
        assert drawn[drag.trace]["x"][drag.point] == score


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("t", [-0.15, -0.013, 0.013, 0.07, 0.2, 0.4, 1.47])
def test_the_pull_on_a_pair_is_minus_the_slope(loss, t) -> None:
    scores = [NEGATIVE_AT - t, NEGATIVE_AT]
    assert pull(loss, t) == pytest.approx(-slope(loss, scores, [1, 0], 0), rel=1e-4, abs=1e-6)


def test_far_mistakes_keep_a_pull_under_sup_ap_but_a_small_one() -> None:
    """1 − 1/(1 + H⁻) has slope ρ/(1 + H⁻)²: 100 beyond δ, divided by the square of the rank."""
    edge = 0.5 + naive.sigmoid(0.05, 0.01)
    for t in (0.1, 0.4, 1.5):
        assert pull(SUP_AP, t) == pytest.approx(100 / (1 + edge + 100 * (t - 0.05)) ** 2)


def test_each_curve_has_its_mark_to_drag() -> None:
    explorer = pull_on_a_pair()
    drawn = explorer.figure.describe(t=0.3)["data"]
    for drag, name in zip(explorer.drags, LOSSES, strict=True):
        assert drawn[drag.trace]["x"] == [0.3]
        assert drag.label.endswith(name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scores": [1.2, 0.5]}, r"`scores`: got \[1.2, 0.5\]"),
        ({"relevant": [1]}, r"`relevant`: got \[1\]"),
        ({"relevant": [1, 1]}, r"`relevant`: got \[1, 1\]"),
        ({"item": 2}, r"`item`: got 2, expected a position in 0..1"),
        ({"item": -1}, r"`item`: got -1"),
    ],
)
def test_bad_arguments_are_refused(change, message) -> None:
    with pytest.raises(ValueError, match=message):
        loss_along_a_score(**{"scores": [0.6, 0.5], "relevant": [1, 0], "item": 0} | change)
