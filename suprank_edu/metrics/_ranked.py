"""Where a query's positives stand: all that any of the metrics needs to know.

A rank needs the whole gallery, but only its scores in order: one sort of values, without indices. After that a
metric reads the positives alone, of which there are few.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from suprank_edu.pairwise import compact
from suprank_edu.pairwise.sorting import sort_rows, sort_with_order

# Room for the level below the rank in one sortable integer.
_LEVEL_BITS = 24


@dataclass(frozen=True)
class Ranked:
    """Chosen items of each query in the order of its list, then padding, which stands infinitely far behind.

    Attributes:
        rank: `(Q, P)` float64, E1, every tie counted against the item.
        place: `(Q, P)` float64, the place in the list that puts lower levels first among equal scores.
        level: `(Q, P)` int64, at least 1; 0 for padding.
        tie_end: `(Q, P)` int64, the column of the last item with the same score.
        total: `(Q,)` float64, the number of items before the padding.
    """

    rank: Tensor
    place: Tensor
    level: Tensor
    tie_end: Tensor
    total: Tensor

    @property
    def seen(self) -> Tensor:
        """Return `(P,)` float64, the number of items in the list up to and including this one."""
        return torch.arange(1, self.rank.shape[1] + 1, device=self.rank.device, dtype=self.rank.dtype)

    @property
    def rank_plus(self) -> Tensor:
        """Return `(Q, P)` float64, the items that score at least as high, the item included (E2)."""
        return self.tie_end.double() + 1

    def at_least(self, min_level: int) -> Ranked:
        """Return only the items of level `min_level` and above."""
        if min_level <= 1:
            return self
        columns, inside = compact(self.level >= min_level, min_width=1)
        rank = torch.where(inside, self.rank.gather(1, columns), torch.inf)
        place = torch.where(inside, self.place.gather(1, columns), torch.inf)
        level = torch.where(inside, self.level.gather(1, columns), 0)
        return Ranked(rank, place, level, _last_of_run(rank), inside.sum(dim=1).double())


def rank_positives(scores: Tensor, levels: Tensor, valid: Tensor | None = None) -> Ranked:
    """Rank the items of level 1 and above of `(Q, G)` scores and levels; `valid` False hides a pair."""
    visible = scores.detach() if valid is None else torch.where(valid, scores.detach(), -torch.inf)
    relevant = levels if levels.dtype == torch.bool else levels > 0
    relevant = relevant if valid is None else relevant & valid
    columns, inside = compact(relevant, min_width=1)
    return rank_columns(visible, columns, inside, levels.gather(1, columns).long())


def rank_columns(scores: Tensor, columns: Tensor, inside: Tensor, levels: Tensor, *, overwrite: bool = False) -> Ranked:
    """Rank chosen columns of `(Q, G)` scores, where −∞ means hidden.

    Args:
        scores: `(Q, G)` floats.
        columns: `(Q, P)` int64, the columns that may hold positives.
        inside: `(Q, P)` bool, False for padding.
        levels: `(Q, P)` int64, the level of each of those items.
        overwrite: whether `scores` may be sorted in place, which saves a copy.
    """
    gallery = scores.shape[1]
    scores = scores.float() if scores.dtype in (torch.float16, torch.bfloat16) else scores
    own = torch.where(inside, scores.gather(1, columns), -torch.inf)  # (Q, P)
    own, order = sort_with_order(own)  # a search for neighbours finds its way in the cache
    levels, inside = levels.gather(1, order), inside.gather(1, order)
    ordered = sort_rows(scores, in_place=overwrite)
    rank = gallery - torch.searchsorted(ordered, own)  # (Q, P): items that score at least as high
    present = inside & (own > -torch.inf) & (levels > 0)
    # One integer per positive, so that a sort of values orders by rank and, among equal scores, by level.
    key = torch.where(present, (rank << _LEVEL_BITS) + levels, (gallery + 1) << _LEVEL_BITS)
    key = sort_rows(key, in_place=True)
    rank, level = key >> _LEVEL_BITS, key & ((1 << _LEVEL_BITS) - 1)
    tie_end = _last_of_run(rank)
    # The items of level 0 come first among equals, so the last of the tied positives has the place of its rank.
    place = rank - tie_end + torch.arange(rank.shape[1], device=rank.device)  # (Q, P)
    rank, place = (torch.where(level > 0, x.double(), torch.inf) for x in (rank, place))
    return Ranked(rank, place, level, tie_end, (level > 0).sum(dim=1).double())


def _last_of_run(values: Tensor) -> Tensor:
    """Return, for each entry of sorted `(Q, P)` rows, the column of the last entry equal to it."""
    width = values.shape[1]
    column = torch.arange(width, device=values.device).expand_as(values)
    ends = torch.ones_like(values, dtype=torch.bool)
    ends[:, :-1] = values[:, 1:] != values[:, :-1]
    return torch.where(ends, column, width).flip(1).cummin(dim=1).values.flip(1)
