"""A ranking loss plus a decomposability loss, and the papers' sums by name."""

from torch import Tensor, nn

from suprank_edu._checks import check_module, check_number
from suprank_edu._looks import Looking, together
from suprank_edu.losses.decomposability_losses import CalibrationLoss, ProxyLoss
from suprank_edu.losses.one_look import OneLookLoss, called
from suprank_edu.losses.pairs import IndicesTuple
from suprank_edu.losses.sup_losses import SupAPLoss, SupHAPLoss, SupNDCGLoss, SupRecallLoss
from suprank_edu.steps import PUBLISHED, SupStep


class RankLoss(OneLookLoss):
    """`(1 - λ) L_rank + λ L_DG` (E22; ROADMAP).

    The device is looked at once for both, unless a subclass or a hook changes how one of them is called.

    Args:
        rank_loss: a ranking loss; it sees the references, if there are any.
        decomposability_loss: `CalibrationLoss`, which sees them too, or `ProxyLoss`, which does not.
        weight: λ in 0..1.

    Raises:
        ValueError: a loss is no module, or `weight` lies outside 0..1.

    Example:
        >>> import torch
        >>> embeddings = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]), dim=1)
        >>> labels = torch.tensor([0, 0, 1])
        >>> loss = RankLoss(SupAPLoss(), CalibrationLoss(), weight=0.1)
        >>> expected = 0.9 * SupAPLoss()(embeddings, labels) + 0.1 * CalibrationLoss()(embeddings, labels)
        >>> torch.allclose(loss(embeddings, labels), expected)
        True
    """

    def __init__(self, rank_loss: nn.Module, decomposability_loss: nn.Module, weight: float = 0.1) -> None:
        super().__init__()
        check_module("rank_loss", rank_loss)
        check_module("decomposability_loss", decomposability_loss)
        check_number("weight", weight, minimum=0)
        if weight > 1:
            raise ValueError(f"`weight`: got {weight!r}, expected at most 1")
        self.rank_loss, self.decomposability_loss, self.weight = rank_loss, decomposability_loss, weight

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
        arguments = (embeddings, labels, indices_tuple, ref_emb, ref_labels, valid)
        both = [called(loss, *arguments) for loss in (self.rank_loss, self.decomposability_loss)]
        rank, decomposability = yield from together(both)
        loss: Tensor = (1 - self.weight) * rank + self.weight * decomposability
        return loss


def roadmap(
    num_classes: int | None = None,
    embedding_size: int | None = None,
    *,
    weight: float = 0.1,
    step: SupStep = PUBLISHED,
) -> RankLoss:
    """ROADMAP: Sup-AP with calibration, or with proxies where `num_classes` is given.

    Args:
        num_classes: classes of label column 0; None calibrates pairs instead.
        embedding_size: D, needed with `num_classes`.
        weight: λ in 0..1.
        step: the step of SupRank.

    Raises:
        ValueError: one of `num_classes` and `embedding_size` without the other, another kind of step, or a
            parameter out of range.

    Example:
        >>> type(roadmap().decomposability_loss).__name__, type(roadmap(10, 64).decomposability_loss).__name__
        ('CalibrationLoss', 'ProxyLoss')
    """
    return RankLoss(SupAPLoss(step), _decomposability(num_classes, embedding_size), weight)


def road_recall(
    num_classes: int | None = None,
    embedding_size: int | None = None,
    *,
    weight: float = 0.5,
    step: SupStep = PUBLISHED,
) -> RankLoss:
    """Sup-R@k with calibration, or with proxies where `num_classes` is given (SupRank); see `roadmap`.

    Example:
        >>> road_recall().weight
        0.5
    """
    return RankLoss(SupRecallLoss(step=step), _decomposability(num_classes, embedding_size), weight)


def road_ndcg(
    num_classes: int | None = None,
    embedding_size: int | None = None,
    *,
    weight: float = 0.1,
    step: SupStep = PUBLISHED,
) -> RankLoss:
    """Sup-NDCG with calibration, or with proxies where `num_classes` is given (SupRank); see `roadmap`.

    Example:
        >>> type(road_ndcg(10, 64).rank_loss).__name__
        'SupNDCGLoss'
    """
    return RankLoss(SupNDCGLoss(step), _decomposability(num_classes, embedding_size), weight)


def happier(
    num_classes: int, embedding_size: int, *, weight: float = 0.1, alpha: float = 1.0, step: SupStep = PUBLISHED
) -> RankLoss:
    """HAPPIER: Sup-H-AP with proxies of the finest classes.

    Args:
        num_classes: classes of label column 0.
        embedding_size: D.
        weight: λ in 0..1; the paper's variant that favours the fine level takes 0.5.
        alpha: α of the relevance E12.
        step: the step of SupRank.

    Raises:
        ValueError: a parameter out of range.

    Example:
        >>> happier(10, 64).decomposability_loss.num_classes
        10
    """
    return RankLoss(SupHAPLoss(alpha, step), ProxyLoss(num_classes, embedding_size), weight)


def _decomposability(num_classes: int | None, embedding_size: int | None) -> CalibrationLoss | ProxyLoss:
    if num_classes is None and embedding_size is None:
        return CalibrationLoss()
    if num_classes is None or embedding_size is None:
        missing = "num_classes" if num_classes is None else "embedding_size"
        raise ValueError(f"`{missing}`: got None, expected `num_classes` and `embedding_size` together")
    return ProxyLoss(num_classes, embedding_size)
