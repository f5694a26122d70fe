"""One loss per query, from its own row of scores alone, and the gradient on the way.

Since no query looks at another's row, the gradient of all losses is one `(Q, G)` tensor, known as soon as the losses
are. So forward computes both, and backward multiplies: what lies between is hidden from autograd, from torch.func and
from the compiler, and a small step runs in one thread from end to end.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from suprank_edu._checks import (
    MAX_LEVEL,
    check_floating,
    check_levels,
    check_ranking_values,
    check_valid,
)
from suprank_edu.losses.rank_scores import check_relevance_extremes, check_relevances, relevance_extremes
from suprank_edu.pairwise.double_backward import refuse_second_derivative
from suprank_edu.pairwise.threads import one_thread
from suprank_edu.positives import Positives, Widths, as_widths, count_by_level, find_positives, visible_levels
from suprank_edu.ranking import full_precision

Loss = Callable[[Positives], Tensor]
"""The losses `(q,)` of some queries, from their positives."""


def per_query(
    loss: Loss,
    scores: Tensor,
    levels: Tensor,
    valid: Tensor | None,
    *,
    min_level: int | None = None,
    relevances: Tensor | None = None,
    widths: Widths | None = None,
) -> Tensor:
    """Return `(Q,)`: a loss for each query, with its gradient.

    Args:
        loss: the loss, which may look at `relevances` among the positives.
        scores: `(Q, G)` floats.
        levels: `(Q, G)` integers or bools, the shared levels.
        valid: `(Q, G)` bool, False hides a pair.
        min_level: from which level on an item is positive, all positives then alike; None keeps the levels.
        relevances: `(Q, G)` floats, or None.
        widths: those of levels that a caller has checked, and that are -1 where hidden; None reads them.

    Raises:
        ValueError: unchecked scores that are no finite `(Q, G)` floats, levels outside 0..62, levels or `valid` of
            another kind or shape.
    """
    check_relevances(relevances, scores)
    with_slopes = torch.is_grad_enabled() and isinstance(scores, Tensor) and scores.requires_grad
    losses: Tensor = _PerQuery.apply(  # type: ignore[no-untyped-call]
        scores, levels, valid, relevances, loss, min_level, widths, with_slopes
    )[0]
    return losses


def _looked_at(
    scores: Tensor, levels: Tensor, valid: Tensor | None, relevances: Tensor | None, min_level: int | None
) -> tuple[Tensor, Widths]:
    """Check what came, reading the device once; return the levels, -1 where hidden, and their widths."""
    check_floating("scores", scores, 2)
    check_levels(levels, scores)
    check_valid(valid, scores.shape)
    alike = min_level is not None or levels.dtype == torch.bool
    # What is out of range is refused below, and must find a place to be counted until then.
    visible = visible_levels(levels if alike else levels.clamp(0, MAX_LEVEL), valid, min_level)
    most = count_by_level(visible, 1 if alike else MAX_LEVEL)[1]
    extremes = relevance_extremes(relevances, visible)
    *numbers, low, high, differ = check_ranking_values(scores, levels, MAX_LEVEL, most, extremes)
    check_relevance_extremes(low, high, differ)
    return visible, as_widths(numbers)


class _PerQuery(torch.autograd.Function):
    """The losses and their slopes."""

    @staticmethod
    def forward(
        scores: Tensor,
        levels: Tensor,
        valid: Tensor | None,
        relevances: Tensor | None,
        loss: Loss,
        min_level: int | None,
        widths: Widths | None,
        with_slopes: bool,
    ) -> tuple[Tensor, Tensor]:
        if widths is None:
            levels, widths = _looked_at(scores, levels, valid, relevances, min_level)
        scores = full_precision(scores.detach())
        with one_thread(scores.numel(), scores.device), torch.set_grad_enabled(with_slopes):
            row = scores.detach().requires_grad_(with_slopes)
            losses = loss(find_positives(row, levels, relevances, widths))
            if not losses.requires_grad:
                return losses, torch.zeros_like(scores if with_slopes else scores[:0])
            (slopes,) = torch.autograd.grad(losses, row, torch.ones_like(losses))
        return losses.detach(), slopes

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
        ctx.mark_non_differentiable(output[1])
        ctx.set_materialize_grads(False)  # no zeros for the slopes
        ctx.save_for_backward(inputs[0], output[1])

    @staticmethod
    def backward(ctx: Any, grad: Tensor | None, _: Tensor | None) -> tuple[Tensor | None, ...]:
        if grad is None:  # nobody asks for the losses
            return (None,) * 8
        scores, slopes = ctx.saved_tensors
        with one_thread(scores.numel(), scores.device):
            for_scores = (grad[:, None] * refuse_second_derivative(slopes, scores)).to(scores.dtype)
        return for_scores, None, None, None, None, None, None, None

    @staticmethod
    def jvp(ctx: Any, *_: Any) -> Any:
        raise RuntimeError(
            "torch.func.jvp, torch.func.jacfwd: the losses have no derivative in forward mode; take torch.func.grad, "
            "torch.func.vjp or torch.func.jacrev"
        )

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple[int | None, ...], *arguments: Any
    ) -> tuple[tuple[Tensor, Tensor], tuple[int, int]]:
        found = []
        for number in range(info.batch_size):
            one = (x if dim is None else x.select(dim, number) for x, dim in zip(arguments, in_dims, strict=True))
            found.append(_PerQuery.apply(*one))  # type: ignore[no-untyped-call]
        losses, slopes = zip(*found, strict=True)
        return (torch.stack(losses), torch.stack(slopes)), (0, 0)
