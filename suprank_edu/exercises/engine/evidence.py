"""How sure a hint may be: which numbers tell a typical mistake from the right answer, and on how many inputs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Mistake

ENOUGH_NUMBERS, ENOUGH_INPUTS = 3, 2
MANY_NUMBERS = 6  # for a mistake that leaves other inputs unexplained

Close = Callable[[Tensor, Tensor], Tensor]
"""`(came, expected)` → a bool for each entry."""


@dataclass(frozen=True)
class Compared:
    """What came of one input, what is right, and what a mistake gives: flat float64 tensors of the same length."""

    came: Tensor
    right: Tensor
    mistaken: Tensor


@dataclass(frozen=True)
class Evidence:
    """What speaks for a mistake.

    Attributes:
        everywhere: whether it explains every number of every input.
        numbers: how many numbers tell it: they are those of the mistake, and wrong.
        inputs: on how many inputs, each of which it explains entirely.
        refuted: whether on some input the learner is right where the mistake is not.
    """

    everywhere: bool
    numbers: int
    inputs: int
    refuted: bool

    @property
    def is_enough(self) -> bool:
        """Whether the hint may be stated as a fact."""
        return self.everywhere and self.numbers >= ENOUGH_NUMBERS and self.inputs >= ENOUGH_INPUTS

    @property
    def is_worth_asking(self) -> bool:
        """Whether the hint may be asked as a question."""
        if self.everywhere:
            return self.numbers > 0
        return not self.refuted and self.numbers >= MANY_NUMBERS


def weigh(inputs: Iterable[Compared], close: Close) -> Evidence:
    """Compare what came with a mistake, input by input."""
    everywhere, refuted, numbers, explained = True, False, 0, 0
    for each in inputs:
        tells = ~close(each.mistaken, each.right)
        agrees = bool(close(each.came, each.mistaken).all())
        everywhere &= agrees
        if agrees and bool(tells.any()):
            numbers += int(tells.sum())
            explained += 1
        if bool(tells.any()) and bool(close(each.came, each.right).all()):
            refuted = True
    return Evidence(everywhere, numbers, explained, refuted)


@dataclass(frozen=True)
class Suspicion:
    """The mistakes that explain what came: one when it is sure, up to two when it is not."""

    mistakes: tuple[Mistake, ...]
    sure: bool


def suspect(mistakes: Sequence[Mistake], evidence: Callable[[Mistake], Evidence]) -> Suspicion | None:
    """Return the mistakes to name, or None where nothing speaks clearly enough for one."""
    found = [(mistake, evidence(mistake)) for mistake in mistakes]
    everywhere = _distinct([(m, e) for m, e in found if e.everywhere and e.is_worth_asking])
    if everywhere:
        sure = len(everywhere) == 1 and everywhere[0][1].is_enough
        return Suspicion(tuple(m for m, _ in everywhere[:2]), sure)
    asked = _distinct([(m, e) for m, e in found if e.is_worth_asking])
    most = max((e.numbers for _, e in asked), default=0)
    best = tuple(m for m, e in asked if e.numbers == most)
    return Suspicion(best, sure=False) if 1 <= len(best) <= 2 else None  # what three may explain is no help


def _distinct(found: list[tuple[Mistake, Evidence]]) -> list[tuple[Mistake, Evidence]]:
    """Keep the first of those with the same words: they are forms of one mistake."""
    first: dict[str, tuple[Mistake, Evidence]] = {}
    for mistake, evidence in found:
        first.setdefault(mistake.text, (mistake, evidence))
    return list(first.values())


def close_by(relative: float, absolute: float) -> Close:
    """Return a comparison up to rounding."""

    def close(came: Tensor, expected: Tensor) -> Tensor:
        if came.shape != expected.shape:
            return torch.zeros_like(expected, dtype=torch.bool)
        return (came - expected).abs() <= absolute + relative * expected.abs()

    return close
