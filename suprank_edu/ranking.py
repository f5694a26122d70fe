"""Exact ranks, and the SupRank operator: a rank with a gradient that never understates the exact one."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from suprank_edu._checks import MAX_LEVEL, check_ranking, check_scores, check_step, check_valid
from suprank_edu._transforms import left_by_compiler, refused_by_transforms
from suprank_edu.pairwise import compact, count_at_least, step_sums
from suprank_edu.pairwise.sorting import sort_rows
from suprank_edu.steps import Sigmoid, Step, SupStep

_INFINITY = float("inf")


def rank(scores: Tensor, *, ties: str = "pessimistic", valid: Tensor | None = None) -> Tensor:
    """Rank each item among its query's gallery: `rank(k) = 1 + Σ_{j≠k} H(s_j - s_k)` (E1), 1 the best.

    Args:
        scores: `(Q, G)` floats, higher is better.
        ties: what an item with the same score adds: `"pessimistic"` 1, as `H(0) = 1`; `"optimistic"` 0;
            `"average"` ½.
        valid: `(Q, G)` bool; a hidden pair counts nowhere, and its own rank is 0.

    Returns:
        `(Q, G)` ranks in the dtype of `scores` (float32 for half precision), without gradient.

    Raises:
        ValueError: `scores` is no finite `(Q, G)` float tensor, `ties` is unknown, `valid` has another shape.

    Example:
        >>> rank(torch.tensor([[0.9, 0.2, 0.9, 0.4]]))
        tensor([[2., 4., 2., 3.]])
        >>> rank(torch.tensor([[0.9, 0.2, 0.9, 0.4]]), ties="average")
        tensor([[1.5000, 4.0000, 1.5000, 3.0000]])
    """
    check_scores(scores)
    check_valid(valid, scores.shape)
    if ties not in ("pessimistic", "optimistic", "average"):
        raise ValueError(f"`ties`: got {ties!r}, expected 'pessimistic', 'optimistic' or 'average'")
    values = full_precision(scores).detach()
    visible = values if valid is None else values.masked_fill(~valid, -_INFINITY)
    ascending = visible.sort(dim=1).values.contiguous()
    ranks = torch.zeros_like(values)
    if ties != "optimistic":  # items that score at least as high, the item itself among them
        ranks += scores.shape[1] - torch.searchsorted(ascending, values.contiguous())
    if ties != "pessimistic":
        ranks += 1 + scores.shape[1] - torch.searchsorted(ascending, values.contiguous(), right=True)
    if ties == "average":
        ranks /= 2
    return ranks if valid is None else ranks.masked_fill(~valid, 0)


@left_by_compiler
@refused_by_transforms("sup_rank")
def sup_rank(
    scores: Tensor, levels: Tensor, step: Step = SupStep(), valid: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """SupRank: the rank in which items of lower level count through a differentiable step (E7, E10; ROADMAP).

    `rank_plus(k) = 1 + #{j ≠ k: level_j ≥ level_k, s_j ≥ s_k}` is exact and has no gradient;
    `rank(k) = rank_plus(k) + Σ_{level_j < level_k} step(s_j - s_k)` is at least the exact rank whenever
    `step.upper_bounds_heaviside`. For items of level 0 both are the exact rank, without gradient.

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers (or bools): the shared levels.
        step: what stands in for `H`.
        valid: `(Q, G)` bool; a hidden pair counts nowhere, and its own ranks are 0.

    Returns:
        `(rank, rank_plus)`, both `(Q, G)`.

    Raises:
        ValueError: an argument of another shape or dtype, scores that are not finite, or `step` is no step.

    Example:
        >>> scores = torch.tensor([[0.9, 0.5, 0.8]])
        >>> surrogate, plus = sup_rank(scores, torch.tensor([[1, 1, 0]]))
        >>> surrogate, plus
        (tensor([[ 1.0000, 28.4933,  2.0000]]), tensor([[1., 2., 2.]]))
    """
    check_ranking(scores, levels)
    check_valid(valid, scores.shape)
    values = full_precision(scores)
    found = find_positives(values, visible_levels(levels, valid))
    plus = rank_plus(found)
    surrogate = plus + found.lower_sums(step)
    # Padded slots point at item 0 of level -1; their sums are dropped, never written.
    exact = rank(values, valid=valid)
    query, slot = found.present.nonzero(as_tuple=True)
    where = (query, found.index[query, slot])
    return exact.index_put(where, surrogate[query, slot]), exact.index_put(where, plus[query, slot])


@dataclass(frozen=True)
class Positives:
    """The items of level 1 and above of each query, by decreasing level, padded to P slots.

    Attributes:
        index: `(Q, P)` int64 positions in the gallery, 0 where padded.
        level: `(Q, P)` int64 shared levels, 0 where padded.
        present: `(Q, P)` bool, False where padded.
        scores: `(Q, P)` floats, `+inf` where padded, with gradient.
        by_level: for each level 0..L the `(Q, M_l)` scores of the items of just that level, `-inf` where padded.
        most_above: for each level 0..L, how many items of a query are at that level or above, at most.
        relevances: `(Q, P)` relevances of one's own, 0 where padded, or None.
    """

    index: Tensor
    level: Tensor
    present: Tensor
    scores: Tensor
    by_level: list[Tensor]
    most_above: list[int]
    relevances: Tensor | None = None

    def lower_sums(self, step: Step) -> Tensor:
        """Return `(Q, P)`: Σ of `step(s_j - s_k)` over the items j of lower level than k.

        Raises:
            ValueError: `step` is no step.
        """
        check_step(step)
        total = step_sums(self.scores, self.by_level[0], step)
        for level, columns in enumerate(self.by_level[1:-1], start=1):
            width = self.most_above[level + 1]  # the higher levels come first
            rows = self.scores[:, :width].masked_fill(self.level[:, :width] <= level, _INFINITY)
            sums = step_sums(rows, columns, step)
            total = total + torch.nn.functional.pad(sums, (0, total.shape[1] - width))
        return total

    @cached_property
    def counts(self) -> list[Tensor]:
        """For each level 1..L, `(Q, P)`: the number of other items of just that level that score at least as high."""
        at_least = [count_at_least(self.scores, columns) for columns in self.by_level[1:]]
        itself = [self.level == level for level in range(1, len(self.by_level))]
        return [count.add_(own, alpha=-1) for count, own in zip(at_least, itself, strict=True)]

    def sigmoid_sums_at(self, level: int, step: Sigmoid) -> Tensor:
        """Return `(Q, P)`: Σ of `σ((s_j - s_k)/τ)` over the other items j of just `level`, with gradient."""
        itself = (self.level == level) & self.present
        return step_sums(self.scores, self.by_level[level], step) - 0.5 * itself.to(self.scores.dtype)


def visible_levels(levels: Tensor, valid: Tensor | None, min_level: int | None = None) -> Tensor:
    """Return `(Q, G)` int8 levels, -1 where hidden; with `min_level` whether they reach it.

    Example:
        >>> visible_levels(torch.tensor([[2, 1, 0]]), torch.tensor([[True, False, True]]))
        tensor([[ 2, -1,  0]], dtype=torch.int8)
    """
    reached = levels if min_level is None or levels.dtype == torch.bool else levels >= min_level
    visible = reached.to(torch.int8)
    if valid is None:
        return visible
    return ((visible + 1) * valid.view(torch.int8)).sub_(1)  # on a CPU a where takes ten times as long


def find_positives(
    scores: Tensor, visible: Tensor, relevances: Tensor | None = None, top: int | None = None
) -> Positives:
    """Gather the positives of `(Q, G)` checked scores and the scores at each level.

    Args:
        scores: `(Q, G)` floats, in full precision.
        visible: `(Q, G)` levels as of `visible_levels`.
        relevances: `(Q, G)` floats to be gathered too, or None.
        top: L, the highest level; None looks it up.
    """
    highest = MAX_LEVEL if top is None else top
    # Of each level from -1 on, (Q, 2 + highest) numbers of items.
    counts = torch.zeros(len(visible), 2 + highest, dtype=torch.int64, device=visible.device)
    counts.scatter_add_(1, visible.long() + 1, counts.new_ones(1, 1).expand(visible.shape))
    above = counts.flip(1).cumsum(dim=1).flip(1)
    widths, most_above = torch.stack([counts.amax(dim=0), above.amax(dim=0)])[:, 1:].tolist()  # the device is read once
    top = max(1, sum(most > 0 for most in most_above) - 1) if top is None else top
    index, present = compact(visible >= 1, most_above[1])
    level = present.long() if top == 1 else torch.where(present, visible.gather(1, index).long(), 0)
    if top > 1:  # by decreasing level, then by position; padding last
        keys = sort_rows(((top - level) << 32) + index, in_place=True)
        index, level = keys & 0xFFFFFFFF, top - (keys >> 32)
        present = level > 0
    gathered = scores.gather(1, index)  # (Q, P)
    own = gathered.masked_fill(~present, _INFINITY)
    by_level = [_scores_at(scores, visible == 0, widths[0])]
    by_level += (
        [gathered.masked_fill(~present, -_INFINITY)]
        if top == 1
        else [_scores_at(gathered, level == at, widths[at]) for at in range(1, top + 1)]
    )
    gained = None if relevances is None else torch.where(present, relevances.detach().gather(1, index), 0.0)
    return Positives(index, level, present, own, by_level, most_above[: top + 1], gained)


def rank_plus(found: Positives) -> Tensor:
    """Return `(Q, P)`: 1 + the number of other items of the same or a higher level scoring at least as high."""
    total = torch.ones_like(found.scores)
    for level, count in enumerate(found.counts, start=1):
        total += count * (found.level <= level)
    return total


def full_precision(scores: Tensor) -> Tensor:
    """Return `scores` in float32 where they are in half precision: ranks above 2,048 need it."""
    return scores.float() if scores.dtype in (torch.float16, torch.bfloat16) else scores


def _scores_at(scores: Tensor, mask: Tensor, width: int) -> Tensor:
    """Return the masked scores, `-inf` elsewhere, in `width` columns where that saves at least a quarter of them."""
    if width > 0.75 * scores.shape[1]:
        # Added, so that nothing is left to do in backward: what is -inf has no slope.
        return scores + torch.zeros_like(scores).masked_fill_(~mask, -_INFINITY)
    index, present = compact(mask, width)
    return scores.gather(1, index).masked_fill(~present, -_INFINITY)
