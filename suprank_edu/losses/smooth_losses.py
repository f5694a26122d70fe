"""The *Smooth* losses as modules on embeddings; what they compute is in `smooth`.

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
from suprank_edu.losses.smooth import ap_of, h_ap_of, ndcg_of, recall_of
from suprank_edu.losses.sup import KS
from suprank_edu.positives import Widths
from suprank_edu.steps import Sigmoid


class SmoothAPLoss(EmbeddingLoss):
    """Smooth-AP (E11; Brown et al., ECCV 2020), see `suprank_edu.losses.smooth_ap`.

    Args:
        tau: temperature τ > 0 of the sigmoid.
        column: the label column whose classes make positives, 0 the finest.
        include_self, reduction: as in `EmbeddingLoss`.

    Raises:
        ValueError: a parameter out of range.

    Example:
        >>> SmoothAPLoss(tau=0.05).step.tau
        0.05
    """

    def __init__(
        self, tau: float = 0.01, column: int = 0, *, include_self: bool = False, reduction: str = "mean"
    ) -> None:
        super().__init__(column, include_self, reduction)
        self.step = Sigmoid(tau)

    def per_query(self, scores: Tensor, levels: Tensor, valid: Tensor | None, widths: Widths | None = None) -> Tensor:
        """Return `(Q,)` losses of `(Q, G)` scores."""
        return per_query(partial(ap_of, step=self.step), scores, levels, valid, widths=widths)


class SmoothRecallLoss(EmbeddingLoss):
    """Smooth-R@k (E9 with E11; SupRank), see `suprank_edu.losses.smooth_recall`.

    Args:
        tau: temperature τ > 0 of the sigmoid over scores.
        ks: the cut-offs.
        temperature: τ* > 0 of the sigmoid over ranks.
        column: the label column whose classes make positives, 0 the finest.
        include_self, reduction: as in `EmbeddingLoss`.

    Raises:
        ValueError: a parameter out of range.

    Example:
        >>> SmoothRecallLoss().ks
        (1, 2, 4, 8, 16)
    """

    def __init__(
        self,
        tau: float = 0.01,
        ks: Sequence[int] = KS,
        temperature: float = 1.0,
        column: int = 0,
        *,
        include_self: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(column, include_self, reduction)
        check_positive("temperature", temperature)
        self.step, self.ks, self.temperature = Sigmoid(tau), check_ks(ks), temperature

    def per_query(self, scores: Tensor, levels: Tensor, valid: Tensor | None, widths: Widths | None = None) -> Tensor:
        """Return `(Q,)` losses of `(Q, G)` scores."""
        loss = partial(recall_of, ks=self.ks, temperature=self.temperature, step=self.step)
        return per_query(loss, scores, levels, valid, widths=widths)


class SmoothNDCGLoss(EmbeddingLoss):
    """Smooth-NDCG over all label columns (E5 with E11; SupRank), see `suprank_edu.losses.smooth_ndcg`.

    Args:
        tau: temperature τ > 0 of the sigmoid.
        include_self, reduction: as in `EmbeddingLoss`.

    Raises:
        ValueError: a parameter out of range.

    Example:
        >>> SmoothNDCGLoss().step
        Sigmoid(tau=0.01)
    """

    def __init__(self, tau: float = 0.01, *, include_self: bool = False, reduction: str = "mean") -> None:
        super().__init__(None, include_self, reduction)
        self.step = Sigmoid(tau)

    def per_query(self, scores: Tensor, levels: Tensor, valid: Tensor | None, widths: Widths | None = None) -> Tensor:
        """Return `(Q,)` losses of `(Q, G)` scores."""
        return per_query(partial(ndcg_of, step=self.step), scores, levels, valid, widths=widths)


class SmoothHAPLoss(RelevanceLoss):
    """Smooth-H-AP over all label columns (E14 with E11; HAPPIER), see `suprank_edu.losses.smooth_h_ap`.

    Args:
        tau: temperature τ > 0 of the sigmoid.
        alpha: α of the relevance E12, used without `weights`.
        weights: as in `SupHAPLoss`.
        include_self, reduction: as in `EmbeddingLoss`.

    Raises:
        ValueError: a parameter out of range.

    Example:
        >>> SmoothHAPLoss(alpha=2.0).alpha
        2.0
    """

    def __init__(
        self,
        tau: float = 0.01,
        alpha: float = 1.0,
        *,
        weights: Sequence[float] | None = None,
        include_self: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(alpha, weights, include_self, reduction)
        self.step = Sigmoid(tau)

    def per_query(self, scores: Tensor, levels: Tensor, valid: Tensor | None, widths: Widths | None = None) -> Tensor:
        """Return `(Q,)` losses of `(Q, G)` scores."""
        loss = partial(h_ap_of, alpha=self.alpha, step=self.step, weights=self.weights)
        return per_query(loss, scores, levels, valid, widths=widths)
