"""A loss whose call looks once at the device, and several calls that share that look."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from suprank_edu._checks import check_floating
from suprank_edu._looks import Looking, look
from suprank_edu._transforms import left_by_compiler
from suprank_edu.losses.pairs import IndicesTuple
from suprank_edu.pairwise.threads import one_thread


class OneLookLoss(nn.Module, ABC):
    """A loss called as in pytorch-metric-learning, which looks once at the device."""

    def extra_repr(self) -> str:
        """Return what the loss was made with, by attribute; None, which is always the default, is left out."""
        settings = {name: value for name, value in vars(self).items() if name[0] != "_" and name != "training"}
        return ", ".join(f"{name}={value!r}" for name, value in settings.items() if value is not None)

    @abstractmethod
    def looking(
        self,
        embeddings: Tensor,
        labels: Tensor,
        indices_tuple: IndicesTuple | None = None,
        ref_emb: Tensor | None = None,
        ref_labels: Tensor | None = None,
        valid: Tensor | None = None,
    ) -> Looking[Tensor]:
        """Return what `forward` returns; what must be read from the device for it is yielded."""

    @left_by_compiler
    def forward(
        self,
        embeddings: Tensor,
        labels: Tensor,
        indices_tuple: IndicesTuple | None = None,
        ref_emb: Tensor | None = None,
        ref_labels: Tensor | None = None,
        valid: Tensor | None = None,
    ) -> Tensor:
        """Return the loss of a batch, in float32 or better whatever autocast says.

        Args:
            embeddings: `(Q, D)` floats, for a ranking loss unit vectors.
            labels: `(Q,)` or `(Q, L)` integers, column 0 the finest.
            indices_tuple: pairs or triplets to which the sums are restricted; None means all.
            ref_emb: `(G, D)` floats to rank; None ranks the batch itself, each query left out of its gallery. A query
                that lies among them too is a positive of itself: hide its copy by `valid`.
            ref_labels: labels of `ref_emb`.
            valid: `(Q, G)` bool, False hides a pair.

        Returns:
            A scalar, or `(Q,)` with `reduction="none"`.

        Raises:
            ValueError: shapes, dtypes or devices that do not fit, embeddings or scores that are not finite, a label
                column that does not exist, labels that are no tree, pairs of rows that do not exist, classes that the
                loss does not know.
        """
        check_floating("embeddings", embeddings, 2)
        if ref_emb is not None:
            check_floating("ref_emb", ref_emb, 2)
        with one_thread(len(embeddings) * len(embeddings if ref_emb is None else ref_emb), embeddings.device):
            return look(self.looking(embeddings, labels, indices_tuple, ref_emb, ref_labels, valid))


def called(loss: Callable[..., Tensor], *arguments: Any, **named: Any) -> Looking[Tensor]:
    """Call a loss so that it can share its look; one that is called in a way of its own looks for itself."""
    if isinstance(loss, OneLookLoss) and not _has_own_way(loss):
        return (yield from loss.looking(*arguments, **named))
    return loss(*arguments, **named)


def _has_own_way(loss: OneLookLoss) -> bool:
    """Whether something stands around the call: a `forward` of a subclass or of this module alone, or hooks."""
    hooks = (loss._forward_pre_hooks, loss._forward_hooks, loss._backward_pre_hooks, loss._backward_hooks)
    return "forward" in vars(loss) or type(loss).forward is not OneLookLoss.forward or any(hooks)
