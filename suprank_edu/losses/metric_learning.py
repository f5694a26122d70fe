"""The losses inside pytorch-metric-learning's wrappers, which know losses by name or base class."""

from torch import nn

from suprank_edu.losses.base import EmbeddingLoss
from suprank_edu.losses.decomposability_losses import AtColumn
from suprank_edu.losses.sums import RankLoss

_INSTEAD = (
    "suprank_edu.training.MemoryBank keeps earlier batches, and suprank_edu.training.gather_with_gradient brings "
    "processes together"
)


def as_metric_learning_loss(loss: nn.Module) -> nn.Module:
    """Let `CrossBatchMemory`, `SelfSupervisedLoss` and `DistributedLossWrapper` take a loss of this library.

    The three are pytorch-metric-learning's. They pass one column of labels, `(N,)`, and never pair an item with its own
    copy among the references, whatever `include_self` says. Pairs or triplets that a miner lists restrict the sums of
    ranks to them.

    Args:
        loss: a loss of one label column without proxies: `SupAPLoss`, `SupRecallLoss`, `SmoothAPLoss`,
            `SmoothRecallLoss`, `SoftBinAPLoss`, `BlackBoxAPLoss`, `CalibrationLoss`, `AtColumn`, or a `RankLoss` of
            two of them, such as `roadmap()`.

    Raises:
        ValueError: a loss that the wrappers cannot serve: over several columns, of another column than 0, with proxies
            or other parameters, or with `reduction="none"`; the message says what to use instead.

    Example:
        >>> import torch
        >>> from pytorch_metric_learning.losses import CrossBatchMemory
        >>> from suprank_edu.losses import SupAPLoss
        >>> loss = CrossBatchMemory(as_metric_learning_loss(SupAPLoss()), embedding_size=2, memory_size=64)
        >>> embeddings, labels = torch.eye(2).repeat(2, 1), torch.tensor([0, 1, 0, 1])
        >>> loss(embeddings, labels), loss(embeddings, labels)
        (tensor(0.), tensor(0.))
    """
    from suprank_edu.losses._metric_learning_loss import MetricLearningLoss

    if not isinstance(loss, EmbeddingLoss | AtColumn | RankLoss):
        raise ValueError(f"`loss`: got {type(loss).__name__}, expected a loss of suprank_edu.losses without proxies")
    if any(True for _ in loss.parameters()):
        raise ValueError(
            "`loss`: got one with proxies, which those wrappers do not keep alike in all processes, expected a loss "
            f"without parameters; add a ProxyLoss to what the wrapper gives, or do without it: {_INSTEAD}"
        )
    for part in loss.modules():
        _check_part(part)
    return MetricLearningLoss(loss)


def _check_part(part: nn.Module) -> None:
    name = type(part).__name__
    if isinstance(part, EmbeddingLoss) and part.reduction != "mean":
        raise ValueError(f"`loss`: got {name} with reduction={part.reduction!r}, expected 'mean'")
    if isinstance(part, EmbeddingLoss) and part.column is None:
        raise ValueError(
            f"`loss`: got {name}, which needs all label columns, and those wrappers carry one, expected a loss of one "
            f"column; instead of them, {_INSTEAD}"
        )
    if isinstance(part, EmbeddingLoss | AtColumn) and part.column != 0:
        raise ValueError(
            f"`loss`: got {name} of column {part.column}, and those wrappers carry one column, expected column 0; "
            f"give them labels[:, {part.column}]"
        )
