"""The scores of a batch that ranks itself, with a gradient that is one product of matrices."""

from typing import Any

import torch
from torch import Tensor

from suprank_edu.pairwise.threads import one_thread


def own_scores(embeddings: Tensor) -> Tensor:
    """Return `x xᵀ` of `(Q, D)` embeddings, the scores of a batch that ranks itself.

    Its gradient `(G + Gᵀ) x` is one product of matrices, where that of `x @ x.T` is two.
    """
    scores: Tensor = _OwnScores.apply(embeddings)  # type: ignore[no-untyped-call]
    return scores


class _OwnScores(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(embeddings: Tensor) -> Tensor:
        return embeddings @ embeddings.T

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (embeddings,) = ctx.saved_tensors
        with torch.autocast(grad.device.type, enabled=False), one_thread(grad.numel(), grad.device):
            product: Tensor = (grad + grad.T) @ embeddings
        return product
