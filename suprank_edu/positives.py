"""The positives of each query by level, and how many there are: what the ranks of SupRank are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from suprank_edu._checks import MAX_LEVEL, check_step
from suprank_edu.pairwise import compact, count_by_class, step_sums
from suprank_edu.pairwise.sorting import sort_rows
from suprank_edu.steps import Sigmoid, Step

_INFINITY = float("inf")


@dataclass(frozen=True)
class Widths:
    """How many items a query has at most.

    Attributes:
        at: of just that level, for each level 0..L.
        above: of that level or a higher one, for each level 0..L.
        beforehand: whether they were known before the batch was, of which then nothing is read from the device.
    """

    at: list[int]
    above: list[int]
    beforehand: bool = False


@dataclass(frozen=True)
class Positives:
    """The items of level 1 and above of each query, by decreasing level, padded to P slots.

    Attributes:
        index: `(Q, P)` int64 positions in the gallery, 0 where padded.
        level: `(Q, P)` int64 shared levels, 0 where padded.
        present: `(Q, P)` bool, False where padded.
        scores: `(Q, P)` floats, `+inf` where padded, with gradient.
        by_level: for each level 0..L the `(Q, M_l)` scores of the items of just that level, `-inf` where padded.
        widths: how many items a query has at most.
        relevances: `(Q, P)` relevances of one's own, 0 where padded, or None.
    """

    index: Tensor
    level: Tensor
    present: Tensor
    scores: Tensor
    by_level: list[Tensor]
    widths: Widths
    relevances: Tensor | None = None

    def lower_sums(self, step: Step) -> Tensor:
        """Return `(Q, P)`: Σ of `step(s_j - s_k)` over the items j of lower level than k.

        Raises:
            ValueError: `step` is no step.
        """
        check_step(step)
        total = self._sums(self.scores, 0, step)
        for level in range(1, len(self.by_level) - 1):
            width = self.widths.above[level + 1]  # the higher levels come first
            rows = self.scores[:, :width].masked_fill(self.level[:, :width] <= level, _INFINITY)
            sums = self._sums(rows, level, step)
            total = total + torch.nn.functional.pad(sums, (0, total.shape[1] - width))
        return total

    @cached_property
    def counts(self) -> list[Tensor]:
        """For each level 1..L, `(Q, P)`: the number of other items of just that level that score at least as high."""
        at_least = count_by_class(self.scores, self.level, len(self.by_level) - 1)
        return [count.add_(self.level == level, alpha=-1) for level, count in enumerate(at_least, start=1)]

    def sigmoid_sums_at(self, level: int, step: Sigmoid) -> Tensor:
        """Return `(Q, P)`: Σ of `σ((s_j - s_k)/τ)` over the other items j of just `level`, with gradient."""
        itself = (self.level == level) & self.present
        return self._sums(self.scores, level, step) - 0.5 * itself.to(self.scores.dtype)

    def _sums(self, rows: Tensor, level: int, step: Step) -> Tensor:
        return step_sums(rows, self.by_level[level], step, sorts=not self.widths.beforehand)


def visible_levels(levels: Tensor, valid: Tensor | None, min_level: int | None = None) -> Tensor:
    """Return `(Q, G)` int8 levels, -1 where hidden; with `min_level` whether they reach it.

    Example:
        >>> visible_levels(torch.tensor([[2, 1, 0]]), torch.tensor([[True, False, True]]))
        tensor([[ 2, -1,  0]], dtype=torch.int8)
    """
    if min_level is not None and not (min_level == 1 and levels.dtype == torch.bool):
        levels = levels >= min_level
    visible = levels.to(torch.int8)
    if valid is None:
        return visible
    return ((visible + 1) * valid.view(torch.int8)).sub_(1)  # on a CPU a where takes ten times as long


def count_by_level(visible: Tensor, top: int) -> tuple[Tensor, Tensor]:
    """Count the items of each level 0..`top`, without reading the device.

    Args:
        visible: `(Q, G)` levels as of `visible_levels`.
        top: L, no less than any level.

    Returns:
        `(Q, L + 1)` int64, the items of a query at that level or above, and `(2L + 2,)`, what `as_widths` takes.
    """
    at = torch.zeros(len(visible), 2 + top, dtype=torch.int64, device=visible.device)  # from level -1 on
    at.scatter_add_(1, visible.long() + 1, at.new_ones(1, 1).expand(visible.shape))
    above = at.flip(1).cumsum(dim=1).flip(1)
    return above[:, 1:], torch.stack([at, above]).amax(dim=1)[:, 1:].flatten()


def as_widths(numbers: Sequence[float]) -> Widths:
    """Return what `count_by_level` has found, read from the device, up to the highest level there is, at least 1."""
    above = [int(number) for number in numbers[len(numbers) // 2 :]]
    levels = max(2, sum(most > 0 for most in above))
    return Widths([int(number) for number in numbers[:levels]], above[:levels])


def find_positives(
    scores: Tensor, visible: Tensor, relevances: Tensor | None = None, widths: Widths | None = None
) -> Positives:
    """Gather the positives of `(Q, G)` checked scores and the scores at each level.

    Args:
        scores: `(Q, G)` floats, in full precision.
        visible: `(Q, G)` levels as of `visible_levels`.
        relevances: `(Q, G)` floats to be gathered too, or None.
        widths: how many items there are; None reads them from the device.
    """
    widths = as_widths(count_by_level(visible, MAX_LEVEL)[1].tolist()) if widths is None else widths
    top = len(widths.at) - 1
    index, present = compact(visible >= 1, widths.above[1])
    level = present.long() if top == 1 else torch.where(present, visible.gather(1, index).long(), 0)
    if top > 1:  # by decreasing level, then by position; padding last
        keys = sort_rows(((top - level) << 32) + index, in_place=True)
        index, level = keys & 0xFFFFFFFF, top - (keys >> 32)
        present = level > 0
    gathered = scores.gather(1, index)  # (Q, P)
    own = gathered.masked_fill(~present, _INFINITY)
    by_level = [_scores_at(scores, visible == 0, widths.at[0])]
    by_level += (
        [gathered.masked_fill(~present, -_INFINITY)]
        if top == 1
        else [_scores_at(gathered, level == at, widths.at[at]) for at in range(1, top + 1)]
    )
    gained = None if relevances is None else torch.where(present, relevances.detach().gather(1, index), 0.0)
    return Positives(index, level, present, own, by_level, widths, gained)


def rank_plus(found: Positives) -> Tensor:
    """Return `(Q, P)`: 1 + the number of other items of the same or a higher level scoring at least as high."""
    total = torch.ones_like(found.scores)
    for level, count in enumerate(found.counts, start=1):
        total += count * (found.level <= level)
    return total


def _scores_at(scores: Tensor, mask: Tensor, width: int) -> Tensor:
    """Return the masked scores, `-inf` elsewhere, in `width` columns where that saves at least a quarter of them."""
    if width > 0.75 * scores.shape[1]:
        # Added, so that nothing is left to do in backward: what is -inf has no slope.
        return scores + torch.zeros_like(scores).masked_fill_(~mask, -_INFINITY)
    index, present = compact(mask, width)
    return scores.gather(1, index).masked_fill(~present, -_INFINITY)
