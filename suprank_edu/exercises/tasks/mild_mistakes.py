"""Chapter 11: the share of mistakes that are mild."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


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
    return levels.gather(1, best[:, None])[:, 0]


def _share(among: Function, mild: Function) -> Function:
    def rule(scores: Tensor, levels: Tensor, top: int) -> Tensor:
        level = _first(scores, levels)
        counted = among(level, top)
        return (mild(level, top) & counted).double().sum() / counted.double().sum().clamp(min=1)

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
    return level[level < top].double().mean() / top


def _share_of(found: Function, top: Function = lambda levels, top: top) -> Function:
    """Return the share of the levels `found` below `top` that are above 0; 0 where none is below."""

    def rule(scores: Tensor, levels: Tensor, finest: int) -> Tensor:
        level = found(scores, levels)
        wrong = level < top(levels.gather(1, scores.argmax(1, keepdim=True))[:, 0], finest)
        return ((level > 0) & wrong).double().sum() / wrong.double().sum().clamp(min=1)

    return rule


def _second(scores: Tensor, levels: Tensor) -> Tensor:
    return levels.gather(1, scores.argsort(1, descending=True))[:, 1]


def _of_each_column(scores: Tensor, levels: Tensor) -> Tensor:
    return levels.gather(0, scores.argmax(0, keepdim=True))[0]


def _best_there_is(scores: Tensor, levels: Tensor, top: int) -> Tensor:
    level = _first(scores, levels)
    wrong = level < levels.amax(1)
    return ((level > 0) & wrong).double().sum() / wrong.double().sum().clamp(min=1)


MILD_MISTAKES = Exercise(
    name="mild_mistakes",
    arguments=("scores", "levels", "top"),
    returns="one number, a share",
    truth=_mild_mistakes,
    cases=(
        case(
            "six queries, four items, two levels",
            torch.tensor([[2, 4, 7, 5], [7, 5, 4, 2], [1, 7, 8, 4], [5, 2, 4, 9], [5, 1, 9, 4], [5, 3, 9, 1]]) / 10,
            [[2, 1, 0, 2], [0, 1, 2, 0], [2, 0, 1, 1], [1, 0, 0, 0], [1, 0, 1, 0], [2, 0, 2, 2]],
            2,
        ),
        case(
            "five queries, three items, three levels",
            torch.tensor([[8, 4, 2], [5, 1, 6], [1, 3, 9], [9, 3, 7], [3, 8, 9]]) / 10,
            [[2, 0, 2], [1, 2, 3], [0, 1, 2], [0, 1, 1], [0, 0, 1]],
            3,
        ),
        case(
            "seven queries, four items, three levels",
            torch.tensor(
                [[7, 9, 2, 8], [8, 5, 4, 2], [8, 4, 7, 9], [2, 5, 3, 6], [7, 6, 4, 9], [6, 8, 2, 9], [3, 7, 4, 5]]
            )
            / 10,
            [[3, 3, 3, 0], [0, 0, 1, 1], [1, 2, 3, 0], [0, 0, 2, 1], [1, 1, 2, 1], [1, 2, 1, 3], [2, 2, 1, 2]],
            3,
        ),
        case(
            "four queries, all of them wrong",
            torch.tensor([[2, 9, 4], [7, 1, 5], [3, 4, 8], [6, 5, 1]]) / 10,
            [[3, 2, 0], [1, 3, 0], [2, 1, 0], [2, 3, 1]],
            3,
        ),
        case(
            "five queries, all of them wrong",
            torch.tensor([[9, 2, 1], [3, 8, 5], [4, 6, 7], [1, 2, 9], [5, 9, 3]]) / 10,
            [[1, 3, 0], [3, 0, 2], [2, 3, 0], [1, 0, 2], [3, 1, 0]],
            3,
        ),
        case(
            "three queries, all of them wrong", torch.tensor([[2, 7], [9, 6], [3, 8]]) / 10, [[3, 0], [1, 2], [0, 1]], 3
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
        Mistake(
            "levels",
            "A query whose list holds no item of the finest level does not count with you. Its first item is below "
            "`top`: that is a mistake too.",
            _best_there_is,
        ),
        Mistake(
            "levels",
            "You take the highest level that is first somewhere for the finest. `top` says which level is the finest.",
            _share_of(_first, top=lambda first, top: first.max()),
        ),
        Mistake(
            "levels",
            "Every mistake is mild with you. Level 0 shares nothing: only a level above 0 is mild.",
            _share(_wrong, _wrong),
        ),
        Mistake(
            "order",
            "You look at the first column as it is stored. The first of a list is the item with the highest score.",
            _share_of(lambda scores, levels: levels[:, 0]),
        ),
        Mistake(
            "off-by-one",
            "You look at the second item of each list. The query itself is not in the gallery here.",
            _share_of(_second),
        ),
        Mistake(
            "axis",
            "You look for the best query of each item, down the columns. Asked is the best item of each query.",
            _share_of(_of_each_column),
        ),
        Mistake(
            "other-metric",
            "That is the mean level of the mistakes. Asked is how many have a level above 0.",
            lambda scores, levels, top: _mean_level(scores, levels, top) * top,
        ),
        Mistake(
            "sign",
            "You look at the last item of each list. The first has the highest score.",
            _share_of(lambda scores, levels: _first(scores, levels, last=True)),
        ),
    ),
    praise="A number that any user understands, and that AP cannot see.",
    advice={
        "dtype": "Take the mean of the flags as floats.",
        "non-finite": "You found no mistake, and each input here has some: whose first item do you look at?",
    },
    further={
        "shape": "Take the mean over the mistakes.",
        "wrong": "First the level of each query's best item, `levels.gather(1, scores.argmax(1, keepdim=True))`.",
    },
    floating=False,
    number=True,
)
