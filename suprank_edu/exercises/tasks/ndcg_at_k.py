"""Chapter 03: NDCG at k whose ideal is taken from the whole gallery."""

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import at_least, ranked


def _ndcg_at_k(scores: Tensor, levels: Tensor, k: int) -> Tensor:
    lists = zip(scores.tolist(), levels.tolist(), strict=True)
    return torch.tensor([naive.ndcg(row, own, at=k) for row, own in lists], dtype=torch.float64)


def _gain(levels: Tensor) -> Tensor:
    return 2.0 ** levels.to(torch.float64) - 1


def _logarithm(places: Tensor) -> Tensor:
    return torch.log2(places + 1)


def _dcg(levels: Tensor, gain: Function = _gain, discount: Function = _logarithm) -> Tensor:
    """Return the sum for levels that are in the order of their places."""
    places = torch.arange(levels.shape[1], dtype=torch.float64) + 1
    return (gain(levels) / discount(places)).sum(1)


def _listed(scores: Tensor, levels: Tensor) -> Tensor:
    return levels.gather(1, scores.argsort(dim=1, descending=True, stable=True))


def _best(levels: Tensor) -> Tensor:
    return levels.sort(dim=1, descending=True).values


def _quotient(gain: Function = _gain, discount: Function = _logarithm) -> Function:
    def rule(scores: Tensor, levels: Tensor, k: int) -> Tensor:
        shown, best = _listed(scores, levels)[:, :k], _best(levels)[:, :k]
        return _dcg(shown, gain, discount) / _dcg(best, gain, discount)

    return rule


def _ideal_of_the_shown(scores: Tensor, levels: Tensor, k: int) -> Tensor:
    shown = _listed(scores, levels)[:, :k]
    return _dcg(shown) / _dcg(_best(shown))


def _ideal_of_all_places(scores: Tensor, levels: Tensor, k: int) -> Tensor:
    return _dcg(_listed(scores, levels)[:, :k]) / _dcg(_best(levels))


def _ideal_as_stored(scores: Tensor, levels: Tensor, k: int) -> Tensor:
    return _dcg(_listed(scores, levels)[:, :k]) / _dcg(levels[:, :k])


def _not_cut(scores: Tensor, levels: Tensor, k: int) -> Tensor:
    return _dcg(_listed(scores, levels)) / _dcg(_best(levels))


def _one_argsort(scores: Tensor, levels: Tensor, k: int) -> Tensor:
    """The item at each place, taken for the place of each item."""
    places = scores.argsort(dim=1, descending=True).to(torch.float64) + 1
    return (_gain(levels) / _logarithm(places) * (places <= k)).sum(1) / _dcg(_best(levels)[:, :k])


def _share_of_gain(scores: Tensor, levels: Tensor, k: int) -> Tensor:
    inside = ranked(at_least)(scores) <= k
    return (_gain(levels) * inside).sum(1) / _gain(_best(levels)[:, :k]).sum(1)


NDCG_AT_K = Exercise(
    name="ndcg_at_k",
    arguments=("scores", "levels", "k"),
    returns="(Q,), one number per query",
    truth=_ndcg_at_k,
    cases=(
        case(
            "two queries, six items, k = 3",
            [[0.2, 0.9, 0.5, 0.7, 0.1, 0.6], [0.8, 0.3, 0.4, -0.2, 0.6, 0.9]],
            [[3, 1, 2, 0, 2, 1], [1, 3, 0, 2, 2, 0]],
            3,
        ),
        case("five items of one level, k = 2", [[0.8, 0.9, 0.7, 0.6, 0.5]], [[1, 0, 1, 1, 1]], 2),
        case("three levels, scores below 0, k = 3", [[-0.6, -0.1, -0.4, -0.9, -0.2]], [[2, 0, 3, 3, 1]], 3),
        case(
            "three queries, seven items, k = 4",
            [
                [0.3, 0.8, -0.1, 0.6, 0.2, 0.5, 0.4],
                [0.7, -0.3, 0.1, 0.9, 0.5, 0.4, 0.2],
                [0.1, 0.2, 0.7, 0.3, 0.6, -0.5, 0.9],
            ],
            [[2, 0, 3, 1, 3, 2, 0], [1, 3, 2, 2, 0, 3, 0], [3, 3, 0, 1, 2, 2, 1]],
            4,
        ),
    ),
    mistakes=(
        Mistake(
            "normaliser",
            "The fraction is still divided by the best order of the k items that were shown. What the list left out "
            "must be able to lower it: ask what the best list of the whole gallery is worth.",
            _ideal_of_the_shown,
            "Sort first, cut afterwards: the k highest of all levels.",
        ),
        Mistake(
            "normaliser",
            "The ideal sums over the whole gallery, the list over k places: a perfect list then gets less than 1.",
            _ideal_of_all_places,
        ),
        Mistake(
            "normaliser",
            "The ideal is made of the first k items as they are stored. The best list has the highest levels first.",
            _ideal_as_stored,
        ),
        Mistake(
            "normaliser",
            "That is the sum above the fraction. Divide it by what the best list is worth.",
            lambda scores, levels, k: _dcg(_listed(scores, levels)[:, :k]),
        ),
        Mistake(
            "other-metric",
            "That is the NDCG of the whole list. At k only the first k places count, above the fraction and below.",
            _not_cut,
        ),
        Mistake(
            "other-metric",
            "Nothing is discounted: the order among the first k should count too.",
            _share_of_gain,
        ),
        Mistake(
            "levels",
            "You use the level as the gain. The gain is 2^l − 1: a fine match is worth more than twice a coarse one.",
            _quotient(gain=lambda levels: levels.to(torch.float64)),
        ),
        Mistake(
            "levels",
            "The gain lacks its − 1: an item of level 0 must gain nothing.",
            _quotient(gain=lambda levels: 2.0 ** levels.to(torch.float64)),
        ),
        Mistake(
            "levels",
            "Every item of a level above 0 gains the same. The gain is 2^l − 1.",
            _quotient(gain=lambda levels: (levels > 0).to(torch.float64)),
        ),
        Mistake(
            "term",
            "You divide by the place itself. NDCG discounts more gently: log₂(1 + place).",
            _quotient(discount=lambda places: places),
        ),
        Mistake(
            "off-by-one",
            "The discount at the first place is not log₂(1 + 1) = 1: places start at 1, and one more is added.",
            _quotient(discount=lambda places: torch.log2(places + 2)),
        ),
        Mistake(
            "off-by-one",
            "You look at k − 1 places: the k-th belongs to the first k.",
            lambda scores, levels, k: _quotient()(scores, levels, k - 1),
        ),
        Mistake(
            "off-by-one",
            "You look at k + 1 places.",
            lambda scores, levels, k: _quotient()(scores, levels, k + 1),
        ),
        Mistake(
            "sign",
            "You look at the k least similar items. The list has the highest score first.",
            lambda scores, levels, k: _quotient()(-scores, levels, k),
        ),
        Mistake(
            "order",
            "You look at the first k as they are stored. Sort by score first.",
            lambda scores, levels, k: _dcg(levels[:, :k]) / _dcg(_best(levels)[:, :k]),
        ),
        Mistake(
            "order",
            "`argsort` gives the item at each place; you use it as the place of each item, which is its inverse.",
            _one_argsort,
        ),
        Mistake(
            "queries-mixed",
            "Every query gets the order of the first one. Sort the scores of each.",
            lambda scores, levels, k: _quotient()(scores[:1].expand_as(scores), levels, k),
        ),
    ),
    praise="What the list left out now lowers the number. This is NDCG@k of E5, as `suprank_edu.metrics.ndcg` has it.",
    advice={
        "dtype": "Gains are whole numbers, but their quotient is not.",
        "non-finite": "Something divides by 0. Each gallery here holds an item of level 1 or more, so the best list is "
        "worth something, even where the list shown is not.",
    },
    further={"shape": "One number per query: sum over the places, dim 1."},
)
