"""Two rivals of the papers' tables as modules on embeddings; what they compute is in `rivals`.

Both are called as `loss(embeddings, labels, indices_tuple=None, ref_emb=None, ref_labels=None, valid=None)`, see
`suprank_edu.losses.base.EmbeddingLoss.forward`, and take two keywords: `include_self=True` counts a query as
its own positive, as the published code does, and `reduction="none"` returns one value per query.
"""

from functools import partial

from torch import Tensor

from suprank_edu._checks import check_count, check_number, check_positive
from suprank_edu.losses.base import EmbeddingLoss
from suprank_edu.losses.per_query import per_query
from suprank_edu.losses.rivals import MAX_BINS, black_box_ap_of, soft_bin_ap_of
from suprank_edu.positives import Widths


class SoftBinAPLoss(EmbeddingLoss):
    """SoftBin-AP (E23; Revaud et al., ICCV 2019), see `suprank_edu.losses.soft_bin_ap`.

    Args:
        bins: number of bins of scores, 2 to 65,536.
        column: the label column whose classes make positives, 0 the finest.
        include_self, reduction: as in `EmbeddingLoss`.

    Raises:
        ValueError: a parameter out of range.

    Example:
        >>> SoftBinAPLoss(bins=10).bins
        10
    """

    def __init__(self, bins: int = 20, column: int = 0, *, include_self: bool = False, reduction: str = "mean") -> None:
        super().__init__(column, include_self, reduction)
        check_count("bins", bins, minimum=2, maximum=MAX_BINS)
        self.bins = bins

    def per_query(self, scores: Tensor, levels: Tensor, valid: Tensor | None, widths: Widths | None = None) -> Tensor:
        """Return `(Q,)` losses of `(Q, G)` scores."""
        return per_query(partial(soft_bin_ap_of, bins=self.bins), scores, levels, valid, widths=widths)


class BlackBoxAPLoss(EmbeddingLoss):
    """BlackBox-AP (E24; Rolínek et al., CVPR 2020), see `suprank_edu.losses.black_box_ap`.

    Args:
        interpolation: λ > 0: the larger, the farther the gradient looks, and the smaller it is.
        margin: α ≥ 0, by how much a positive must lead.
        column: the label column whose classes make positives, 0 the finest.
        include_self, reduction: as in `EmbeddingLoss`.

    Raises:
        ValueError: a parameter out of range.

    Example:
        >>> BlackBoxAPLoss().interpolation, BlackBoxAPLoss().margin
        (4.0, 0.02)
    """

    def __init__(
        self,
        interpolation: float = 4.0,
        margin: float = 0.02,
        column: int = 0,
        *,
        include_self: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(column, include_self, reduction)
        check_positive("interpolation", interpolation)
        check_number("margin", margin, minimum=0)
        self.interpolation, self.margin = interpolation, margin

    def per_query(self, scores: Tensor, levels: Tensor, valid: Tensor | None, widths: Widths | None = None) -> Tensor:
        """Return `(Q,)` losses of `(Q, G)` scores."""
        loss = partial(black_box_ap_of, interpolation=self.interpolation, margin=self.margin)
        return per_query(loss, scores, levels, valid, widths=widths)
