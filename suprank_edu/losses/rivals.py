"""AP by two rivals of the papers' tables, on scores: over soft bins of scores, and with ranks from a black box.

Both take `scores (Q, G)` and `levels (Q, G)`, the shared levels, and return `(Q,)` in float32 or better, 0 for a
query without a positive. `valid (Q, G)` hides pairs. Both raise a `ValueError` that names the argument when a shape,
a dtype or a value is not as described.
"""

from functools import partial

import torch
from torch import Tensor

from suprank_edu._checks import check_count, check_min_level, check_number, check_positive
from suprank_edu._transforms import left_by_compiler
from suprank_edu.losses.per_query import per_query
from suprank_edu.losses.rank_scores import mean_over_positives, one_minus
from suprank_edu.pairwise import count_at_least
from suprank_edu.positives import Positives

_INFINITY = float("inf")

# Finer ones than float32 tells scores apart near 1, with a histogram of 256 KiB for each query.
MAX_BINS = 1 << 16


@left_by_compiler
def soft_bin_ap(
    scores: Tensor, levels: Tensor, *, bins: int = 20, min_level: int = 1, valid: Tensor | None = None
) -> Tensor:
    """SoftBin-AP: one minus AP of a soft histogram of the scores (E23; Revaud et al., ICCV 2019).

    Bins are triangles around scores from 1 down to -1, and an item is shared between the two whose centres it lies
    between; the loss is `1 - Σ (precision of the first m bins) · (share of the positives in bin m)`. Items of one bin
    are not told apart: a perfect ranking costs something unless positives and others lie bins apart, and the loss may
    be below `1 - AP`. Scores beyond 1 and -1 count in the outermost bins, without gradient, as in the published code.

    Args:
        scores: `(Q, G)` floats, cosine similarities.
        levels: `(Q, G)` integers or bools.
        bins: number of bins, 2 to 65,536.
        min_level: items that share at least this many levels are positives.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` losses, from O(Q·G) work.

    Raises:
        ValueError: a shape, a dtype or a value that is not as described.

    Example:
        >>> soft_bin_ap(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 1, 0]]))  # perfect, and not 0
        tensor([0.0314])
        >>> soft_bin_ap(torch.tensor([[0.9, 0.8, 0.5]]), torch.tensor([[1, 1, 0]]))  # bins lie 0.105 apart
        tensor([0.])
    """
    check_count("bins", bins, minimum=2, maximum=MAX_BINS)
    check_min_level(min_level)
    return per_query(partial(soft_bin_ap_of, bins=bins), scores, levels, valid, min_level=min_level)


@left_by_compiler
def black_box_ap(
    scores: Tensor,
    levels: Tensor,
    *,
    interpolation: float = 4.0,
    margin: float = 0.02,
    min_level: int = 1,
    valid: Tensor | None = None,
) -> Tensor:
    """BlackBox-AP: exactly `1 - AP` behind a margin, with an interpolated gradient (E24; Rolínek et al., CVPR 2020).

    First positives lose and all others gain half the margin. The value is one minus the AP of these scores. It does not
    change with a small change of the scores, so the gradient is that of an interpolation: with ranks as shares of the
    gallery, `ρ(s) = rank(s)/G`, it is `(ρ(s + λ ∂L/∂ρ) - ρ(s))/λ`, where `∂L/∂ρ = G/P · rank⁺/rank²` for each of the P
    positives (no gradient through rank⁺) and 0 for the others.

    As in the published code λ belongs to the mean over the queries that have a positive: for Q of them, the loss of
    each is interpolated with λ/Q. That code draws each item's margin at random; here it is fixed, so that one batch has
    one loss. Ties are those of E1: an item that is tied loses.

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers or bools.
        interpolation: λ > 0: the larger, the farther the gradient looks, and the smaller it is.
        margin: α ≥ 0, by how much a positive must lead.
        min_level: items that share at least this many levels are positives.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` losses.

    Raises:
        ValueError: a shape, a dtype or a value that is not as described.

    Example:
        >>> scores = torch.tensor([[0.50, 0.52]], requires_grad=True)
        >>> loss = black_box_ap(scores, torch.tensor([[1, 0]]))
        >>> loss.detach(), torch.autograd.grad(loss, scores)[0]
        (tensor([0.5000]), tensor([[-0.1250,  0.1250]]))
    """
    check_positive("interpolation", interpolation)
    check_number("margin", margin, minimum=0)
    loss = partial(black_box_ap_of, interpolation=interpolation, margin=margin)
    check_min_level(min_level)
    return per_query(loss, scores, levels, valid, min_level=min_level)


def soft_bin_ap_of(found: Positives, bins: int) -> Tensor:
    """Return the `(q,)` SoftBin-AP losses of some queries, see `soft_bin_ap`."""
    hits, others = (_histogram(scores, bins) for scores in (found.scores, found.by_level[0]))  # (q, bins)
    items = (hits + others).cumsum(dim=1)
    precision = hits.cumsum(dim=1) / torch.where(items > 0, items, 1.0)
    positives = found.present.sum(dim=1).clamp(min=1)
    return one_minus((precision * hits).sum(dim=1) / positives, found)


def _histogram(scores: Tensor, bins: int) -> Tensor:
    """Return `(Q, bins)`: how many of `(Q, M)` scores lie in each bin, the best first; ±inf is padding."""
    place = (1 - scores.clamp(-1, 1)) * ((bins - 1) / 2)  # 0 for a score of 1, bins - 1 for -1
    before = place.detach().floor().clamp(max=bins - 2)
    real, share, index = scores.isfinite(), place - before, before.long()
    counts = scores.new_zeros(len(scores), bins).scatter_add(1, index, (1 - share) * real)
    return counts.scatter_add(1, index + 1, share * real)


def black_box_ap_of(found: Positives, interpolation: float, margin: float) -> Tensor:
    """Return the `(q,)` BlackBox-AP losses of some queries, see `black_box_ap`."""
    own, others = found.scores.detach() - margin / 2, found.by_level[0].detach() + margin / 2  # (q, P), (q, M)
    plus, ranks = _ranks(own, others, found.present)
    loss = one_minus(mean_over_positives(plus / ranks, found), found)
    positives = found.present.sum(dim=1, keepdim=True, dtype=own.dtype)  # (q, 1)
    items = (positives + others.isfinite().sum(dim=1, keepdim=True)).clamp(min=1)
    of_a_query = interpolation / (positives > 0).sum(dtype=own.dtype).clamp(min=1)
    lifted = own + of_a_query * items / positives.clamp(min=1) * plus / ranks**2
    moved = _ranks(lifted, others, found.present)[1] - ranks  # (q, P), below 0: nearer to the top
    passed = _passed(others, lifted, found.present) - _passed(others, own, found.present)  # (q, M)
    per_place = 1 / (items * of_a_query)
    up = _linear(found.scores, moved * per_place, found.present)
    return loss + up + _linear(found.by_level[0], passed * per_place, others.isfinite())


def _ranks(own: Tensor, others: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
    """Return the `(Q, P)` ranks of positives among one another, and among all; 1 where padded."""
    plus = _passed(own, own, present).clamp(min=1)  # itself among them
    return plus, plus + count_at_least(own, others)


def _passed(items: Tensor, own: Tensor, present: Tensor) -> Tensor:
    """Return by how many positives each of `(Q, M)` items is passed."""
    return count_at_least(items, own.masked_fill(~present, -_INFINITY))


def _linear(scores: Tensor, slopes: Tensor, real: Tensor) -> Tensor:
    """Return `(Q,)` zeros with these slopes."""
    scores = scores.masked_fill(~real, 0.0)
    return (slopes.masked_fill(~real, 0.0) * (scores - scores.detach())).sum(dim=1)
