"""The class under `as_metric_learning_loss`, in a module of its own because it needs pytorch-metric-learning."""

from pytorch_metric_learning.distances import DotProductSimilarity
from pytorch_metric_learning.losses import BaseMetricLossFunction
from torch import Tensor, nn

from suprank_edu._label_checks import check_labels
from suprank_edu.losses.pairs import IndicesTuple


class MetricLearningLoss(BaseMetricLossFunction):  # type: ignore[misc]  # checked without that library's types
    """A loss of this library as one of pytorch-metric-learning."""

    def __init__(self, loss: nn.Module) -> None:
        super().__init__()
        self.loss = loss

    def get_default_distance(self) -> DotProductSimilarity:
        """Return what scores are, for those who ask."""
        return DotProductSimilarity(normalize_embeddings=False)

    def forward(
        self,
        embeddings: Tensor,
        labels: Tensor,
        indices_tuple: IndicesTuple | None = None,
        ref_emb: Tensor | None = None,
        ref_labels: Tensor | None = None,
    ) -> Tensor:
        """Return the scalar loss of a batch with one column of labels."""
        for name, rows, column in (("labels", embeddings, labels), ("ref_labels", ref_emb, ref_labels)):
            if rows is not None:
                columns = check_labels(column, len(rows), name).shape[1]
                if columns > 1:
                    raise ValueError(f"`{name}`: got {columns} columns, expected one, such as {name}[:, 0]")
        value: Tensor = super().forward(embeddings, labels, indices_tuple, ref_emb, ref_labels)
        return value

    def compute_loss(
        self,
        embeddings: Tensor,
        labels: Tensor,
        indices_tuple: IndicesTuple | None,
        ref_emb: Tensor,
        ref_labels: Tensor,
    ) -> dict[str, dict[str, object]]:
        """Return the loss in the form that the base class reduces."""
        own_gallery = ref_emb is embeddings  # so the base class fills in what was None
        references = () if own_gallery else (ref_emb, ref_labels)
        value = self.loss(embeddings, labels, indices_tuple, *references)
        return {"loss": {"losses": value, "indices": None, "reduction_type": "already_reduced"}}

    def _get_name(self) -> str:
        return "as_metric_learning_loss"


# `CrossBatchMemory` and `SelfSupervisedLoss` ask a loss for the name of its class, and take those which they know.
MetricLearningLoss.__name__ = "ContrastiveLoss"
