"""Chapter 11: the share of mistakes that are mild."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Case, Exercise, Function, Mistake


def _mild_mistakes(scores: Tensor, levels: Tensor, top: int) -> Tensor:
    mild, wrong = 0, 0
    for row, own in zip(scores.tolist(), levels.tolist(), strict=True):
        level = own[max(range(len(row)), key=row.__getitem__)]
        if level < top:
            wrong += 1
            mild += level > 0
    return torch.tensor(mild / wrong, dtype=torch.float64)


def _first(scores: Tensor, levels: Tensor, last: bool = False) -> Tensor:
    """Return the `(Q,)` levels of the items that score highest, or lowest."""
    best = scores.argmin(1) if last else scores.argmax(1)
    found: Tensor = levels.gather(1, best[:, None])[:, 0]
    return found


def _share(among: Function, mild: Function) -> Function:
    def rule(scores: Tensor, levels: Tensor, top: int) -> Tensor:
        level = _first(scores, levels)
        counted = among(level, top)
        share: Tensor = (mild(level, top) & counted).double().sum() / counted.double().sum().clamp(min=1)
        return share

    return rule


def _wrong(level: Tensor, top: int) -> Tensor:
    return level < top


def _some(level: Tensor, top: int) -> Tensor:
    return (level > 0) & (level < top)


def _every(level: Tensor, top: int) -> Tensor:
    return torch.ones_like(level, dtype=torch.bool)


def _of_all_items(scores: Tensor, levels: Tensor, top: int) -> Tensor:
    return _some(levels, top).double().sum() / _wrong(levels, top).double().sum()


def _count(scores: Tensor, levels: Tensor, top: int) -> Tensor:
    return _some(_first(scores, levels), top).double().sum()


def _mean_level(scores: Tensor, levels: Tensor, top: int) -> Tensor:
    level = _first(scores, levels)
    mean: Tensor = level[level < top].double().mean() / top
    return mean


def _worst_item(scores: Tensor, levels: Tensor, top: int) -> Tensor:
    level = _first(scores, levels, last=True)
    return _some(level, top).double().sum() / _wrong(level, top).double().sum().clamp(min=1)


MILD_MISTAKES = Exercise(
    name="mild_mistakes",
    arguments=("scores", "levels", "top"),
    returns="one number, a share",
    truth=_mild_mistakes,
    cases=(
        Case(
            "six queries, four items, two levels",
            (
                torch.tensor(
                    [
                        [0.9, 0.1, 0.2, 0.3],
                        [0.1, 0.8, 0.2, 0.7],
                        [0.3, 0.4, 0.6, 0.5],
                        [0.2, 0.1, 0.3, 0.9],
                        [0.5, 0.9, 0.8, 0.1],
                        [0.6, 0.2, 0.7, 0.4],
                    ]
                ),
                torch.tensor([[2, 0, 1, 1], [2, 1, 0, 0], [1, 2, 0, 0], [2, 0, 0, 1], [0, 2, 1, 0], [2, 1, 1, 0]]),
                2,
            ),
        ),
        Case(
            "four queries, three levels",
            (
                torch.tensor([[0.2, 0.9, 0.1], [0.8, 0.3, 0.4], [0.1, 0.2, 0.7], [0.6, 0.5, 0.1]]),
                torch.tensor([[3, 2, 0], [1, 3, 0], [2, 3, 0], [3, 0, 1]]),
                3,
            ),
        ),
    ),
    mistakes=(
        Mistake(
            "normaliser",
            "You divide by all queries. The question is about the mistakes: divide by the number of queries whose "
            "first item is wrong.",
            _share(_every, _some),
        ),
        Mistake(
            "levels",
            "You count first items of the top level as mild mistakes. They are no mistakes at all.",
            _share(_every, lambda level, top: level > 0),
        ),
        Mistake("normaliser", "That is a number of queries. Divide it by the number of mistakes.", _count),
        Mistake(
            "levels",
            "That is the share of mistakes that are *not* mild: those whose first item shares nothing.",
            _share(_wrong, lambda level, top: level == 0),
        ),
        Mistake(
            "levels",
            "Mild is any level above 0 and below the top, not only the one just below the top.",
            _share(_wrong, lambda level, top: level == top - 1),
        ),
        Mistake("other-metric", "That is the share of wrong first items, 1 − R@1.", _share(_every, _wrong)),
        Mistake(
            "other-metric",
            "That is the share of right first items, R@1.",
            _share(_every, lambda level, top: level == top),
        ),
        Mistake(
            "other-metric",
            "That is the mean level of the mistakes, as a share. Asked is how many have a level above 0.",
            _mean_level,
        ),
        Mistake(
            "order",
            "You look at all items. Asked is the first of each list, that with the highest score.",
            _of_all_items,
        ),
        Mistake("sign", "You look at the last item of each list. The first has the highest score.", _worst_item),
    ),
    praise="A number that any user understands, and that AP cannot see.",
    advice={
        "dtype": "Take the mean of the flags as floats.",
        "non-finite": "Divide by the number of mistakes; each input here has some.",
    },
    further={
        "shape": "Take the mean over the mistakes.",
        "wrong": "First the level of each query's best item, `levels.gather(1, scores.argmax(1, keepdim=True))`.",
    },
    floating=False,
    number=True,
)
