"""The *Sup* losses as modules on embeddings; what they compute is in `sup`.

All are called as `loss(embeddings, labels, indices_tuple=None, ref_emb=None, ref_labels=None, valid=None)`, see
`suprank_edu.losses.base.EmbeddingLoss.forward`, and take two keywords: `include_self=True` counts a query as
its own positive, as the published code does, and `reduction="none"` returns one value per query.
"""

from collections.abc import Sequence
from functools import partial

from torch import Tensor

from suprank_edu._checks import check_ks, check_positive
from suprank_edu.losses.base import EmbeddingLoss, RelevanceLoss
from suprank_edu.losses.per_query import per_query
from suprank_edu.losses.sup import KS, ap_of, h_ap_of, ndcg_of, recall_of
from suprank_edu.positives import Widths
from suprank_edu.steps import SupStep


class SupAPLoss(EmbeddingLoss):
    """Sup-AP (E8; ROADMAP), see `suprank_edu.losses.sup_ap`.

    Args:
        step: the step of SupRank.
        column: the label column whose classes make positives, 0 the finest.
        include_self, reduction: as in `EmbeddingLoss`.

    Raises:
        ValueError: a parameter out of range, or another kind of step.

    Example:
        >>> import torch
        >>> embeddings = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]), dim=1)
        >>> SupAPLoss()(embeddings, torch.tensor([0, 0, 1]))
        tensor(0.)
    """

    def __init__(
        self,
        step: SupStep = SupStep(),
        column: int = 0,
        *,
        include_self: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(column, include_self, reduction)
        self.step = _sup_step(step)

    def per_query(self, scores: Tensor, levels: Tensor, valid: Tensor | None, widths: Widths | None = None) -> Tensor:
        """Return `(Q,)` losses of `(Q, G)` scores."""
        return per_query(partial(ap_of, step=self.step), scores, levels, valid, widths=widths)


class SupRecallLoss(EmbeddingLoss):
    """Sup-R@k (E9; SupRank), see `suprank_edu.losses.sup_recall`.

    Args:
        ks: the cut-offs.
        temperature: τ* > 0 of the sigmoid over ranks.
        step: the step of SupRank.
        column: the label column whose classes make positives, 0 the finest.
        include_self, reduction: as in `EmbeddingLoss`.

    Raises:
        ValueError: a parameter out of range, or another kind of step.

    Example:
        >>> SupRecallLoss(ks=(1, 10)).ks
        (1, 10)
    """

    def __init__(
        self,
        ks: Sequence[int] = KS,
        temperature: float = 1.0,
        step: SupStep = SupStep(),
        column: int = 0,
        *,
        include_self: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(column, include_self, reduction)
        check_positive("temperature", temperature)
        self.ks, self.temperature = check_ks(ks), temperature
        self.step = _sup_step(step)

    def per_query(self, scores: Tensor, levels: Tensor, valid: Tensor | None, widths: Widths | None = None) -> Tensor:
        """Return `(Q,)` losses of `(Q, G)` scores."""
        loss = partial(recall_of, ks=self.ks, temperature=self.temperature, step=self.step)
        return per_query(loss, scores, levels, valid, widths=widths)


class SupNDCGLoss(EmbeddingLoss):
    """Sup-NDCG over all label columns (E10; SupRank), see `suprank_edu.losses.sup_ndcg`.

    Args:
        step: the step of SupRank.
        include_self, reduction: as in `EmbeddingLoss`.

    Raises:
        ValueError: a parameter out of range, or another kind of step.

    Example:
        >>> SupNDCGLoss(SupStep(offset=1.44)).step.offset
        1.44
    """

    def __init__(
        self,
        step: SupStep = SupStep(),
        *,
        include_self: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(None, include_self, reduction)
        self.step = _sup_step(step)

    def per_query(self, scores: Tensor, levels: Tensor, valid: Tensor | None, widths: Widths | None = None) -> Tensor:
        """Return `(Q,)` losses of `(Q, G)` scores."""
        return per_query(partial(ndcg_of, step=self.step), scores, levels, valid, widths=widths)


class SupHAPLoss(RelevanceLoss):
    """Sup-H-AP over all label columns (E15; HAPPIER), see `suprank_edu.losses.sup_h_ap`.

    With the relevance E12 an item of a large fine class can weigh less than one of a small coarse class; the loss then
    works against its own metric. `weights` gives relevances that always grow with the level.

    Args:
        alpha: α of the relevance E12, used without `weights`.
        step: the step of SupRank.
        weights: one weight per label column, see `suprank_edu.relevance.relevance_from_weights`.
        include_self, reduction: as in `EmbeddingLoss`.

    Raises:
        ValueError: a parameter out of range, or another kind of step.

    Example:
        >>> SupHAPLoss(weights=(0.7, 0.3)).weights
        (0.7, 0.3)
    """

    def __init__(
        self,
        alpha: float = 1.0,
        step: SupStep = SupStep(),
        weights: Sequence[float] | None = None,
        *,
        include_self: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(alpha, weights, include_self, reduction)
        self.step = _sup_step(step)

    def per_query(self, scores: Tensor, levels: Tensor, valid: Tensor | None, widths: Widths | None = None) -> Tensor:
        """Return `(Q,)` losses of `(Q, G)` scores."""
        loss = partial(h_ap_of, alpha=self.alpha, step=self.step, weights=self.weights)
        return per_query(loss, scores, levels, valid, widths=widths)


def _sup_step(step: SupStep) -> SupStep:
    if not isinstance(step, SupStep):
        raise ValueError(f"`step`: got {step!r}, expected a SupStep")
    return step
