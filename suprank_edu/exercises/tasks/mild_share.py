"""Chapter 15: the share of mild mistakes, from two numbers of a table."""

from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


def _mild(fine: Tensor, coarse: Tensor) -> Tensor:
    shares = []
    for right, related in zip(fine.tolist(), coarse.tolist(), strict=True):
        wrong = 1 - right
        shares.append((related - right) / wrong)
    return torch.tensor(shares, dtype=torch.float64)


def _of(rule: Callable[[Tensor, Tensor], Tensor]) -> Function:
    return lambda fine, coarse: rule(fine.double(), coarse.double())


MILD_SHARE = Exercise(
    name="mild_share",
    arguments=("fine", "coarse"),
    returns="(M,), one share for each loss",
    truth=_mild,
    cases=(
        case("three losses", [0.8, 0.75, 0.6], [0.98, 0.9, 0.95]),
        case("four losses", [0.431, 0.527, 0.644, 0.712], [0.618, 0.803, 0.871, 0.953]),
        case("two losses", [0.5, 0.25], [0.5, 0.9]),
    ),
    mistakes=(
        Mistake(
            "normaliser",
            "That is the share of all queries whose first image is a mild mistake. Asked is their share among the "
            "mistakes: divide by these.",
            _of(lambda fine, coarse: coarse - fine),
        ),
        Mistake(
            "levels",
            "That is the share of mistakes that are *not* mild: the first image is of another coarse class.",
            _of(lambda fine, coarse: (1 - coarse) / (1 - fine)),
        ),
        Mistake(
            "normaliser",
            "You divide by the mistakes at the coarse level. A mild one is right there: divide by those at the fine "
            "level.",
            _of(lambda fine, coarse: (coarse - fine) / (1 - coarse).clamp(min=1e-9)),
        ),
        Mistake(
            "normaliser",
            "Divided by the right ones. A share of the mistakes divides by the mistakes.",
            _of(lambda fine, coarse: (coarse - fine) / fine),
        ),
        Mistake(
            "normaliser",
            "Divided by all whose coarse class is right. A share of the mistakes divides by the mistakes.",
            _of(lambda fine, coarse: (coarse - fine) / coarse),
        ),
        Mistake(
            "levels",
            "The coarse R@1 counts right images too: they share both levels. Take them away first.",
            _of(lambda fine, coarse: coarse / (1 - fine)),
        ),
        Mistake("other-metric", "That is the coarse R@1 itself.", _of(lambda fine, coarse: coarse)),
        Mistake("other-metric", "That is the share of mistakes, 1 − R@1.", _of(lambda fine, coarse: 1 - fine)),
        Mistake(
            "normaliser",
            "The brackets are lost: a division comes before a subtraction.",
            _of(lambda fine, coarse: coarse - fine / (1 - fine)),
        ),
        Mistake(
            "normaliser",
            "You give one share for all losses together. Each loss has its own.",
            _of(lambda f, c: ((c - f).sum() / (1 - f).sum()).expand(len(f))),
        ),
        Mistake(
            "other-metric",
            "That is the share of the coarse hits that are fine hits too. Asked is a share of the mistakes.",
            _of(lambda fine, coarse: fine / coarse),
        ),
        Mistake(
            "normaliser",
            "That is per cent. Asked is the share, from 0 to 1.",
            _of(lambda fine, coarse: 100 * (coarse - fine) / (1 - fine)),
        ),
        Mistake(
            "rounding",
            "Rounded to two decimals. Leave that to the table: what is counted on with rounded numbers drifts.",
            _of(lambda fine, coarse: ((coarse - fine) / (1 - fine)).round(decimals=2)),
        ),
        Mistake("sign", "The right size, with the sign turned round.", _of(lambda f, c: (f - c) / (1 - f))),
    ),
    praise="Two columns of any published table give it, if R@1 is printed for both levels.",
    advice={"non-finite": "Something divides by 0. No loss here is without mistakes; by what do you divide?"},
    further={"shape": "One share for each loss."},
)
