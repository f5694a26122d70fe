"""Losses that close the gap between a batch and the whole set, and pytorch-metric-learning's losses on one column.

Each module holds a loss of pytorch-metric-learning, made in `__init__`, and is called as the ranking losses are.
"""

import torch
from torch import Tensor, nn

from suprank_edu._checks import (
    check_column,
    check_count,
    check_index,
    check_module,
    check_number,
    check_positive,
    check_valid,
)
from suprank_edu._embedding_checks import check_shapes, check_values
from suprank_edu._looks import Looking
from suprank_edu.losses.one_look import OneLookLoss
from suprank_edu.losses.pairs import IndicesTuple, listed_pairs, refuse_unknown, visible_pairs
from suprank_edu.ranking import full_precision


class AtColumn(OneLookLoss):
    """Give a pytorch-metric-learning loss one column of hierarchical labels.

    Args:
        loss: a loss called as `loss(embeddings, labels, indices_tuple, ref_emb, ref_labels)`.
        column: the label column it sees, 0 the finest.

    Raises:
        ValueError: `loss` is no module or `column` is negative.

    Example:
        >>> from pytorch_metric_learning.losses import TripletMarginLoss
        >>> embeddings = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]), dim=1)
        >>> labels = torch.tensor([[0, 5], [1, 5], [2, 6]])
        >>> round(AtColumn(TripletMarginLoss(margin=0.1), column=1)(embeddings, labels).item(), 2)
        0.75
    """

    def __init__(self, loss: nn.Module, column: int) -> None:
        super().__init__()
        check_module("loss", loss)
        check_index("column", column)
        self.loss, self.column = loss, column

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
        every, every_ref = check_shapes(embeddings, labels, ref_emb, ref_labels)
        check_column(self.column, every.shape[1])
        own, other = every[:, self.column], every_ref[:, self.column]
        same = own[:, None] == other[None, :]  # (Q, G)
        check_valid(valid, same.shape)
        listed, unknown = listed_pairs(indices_tuple, same)
        _, numbers = yield from check_values(embeddings, every, ref_emb, every_ref, unknown)
        refuse_unknown(numbers[0], same)
        if valid is not None:
            visible = visible_pairs(same, ref_emb is None, listed, valid)
            assert visible is not None
            positive = same
            if indices_tuple is not None:  # a miner says which pairs are positive, whatever the labels say
                positive = torch.zeros_like(same)
                positive[tuple(index.long().to(same.device) for index in indices_tuple[:2])] = True
            indices_tuple = *(positive & visible).nonzero(as_tuple=True), *(~positive & visible).nonzero(as_tuple=True)
        with torch.autocast(embeddings.device.type, enabled=False):
            queries = full_precision(embeddings)
            if ref_emb is None:
                loss: Tensor = self.loss(queries, own, indices_tuple)
            else:
                loss = self.loss(queries, own, indices_tuple, ref_emb.to(queries.dtype), other)
        return loss


class CalibrationLoss(AtColumn):
    """Pull positive pairs above one score and push negative pairs below another (E20; ROADMAP).

    The mean of the non-zero `[α - s]₊` over positive pairs plus that of the non-zero `[s - β]₊` over negative
    pairs, which is pytorch-metric-learning's `ContrastiveLoss(distance=DotProductSimilarity())`. It normalises
    embeddings. Scores that mean the same in every batch are what closes the decomposability gap.
    That library gives 0 where there are at most one positive and one negative pair in all.

    Args:
        pos_margin: α, the score that positives should reach.
        neg_margin: β, the score that negatives should stay under.
        column: the label column whose classes make positives, 0 the finest.

    Raises:
        ValueError: a margin is not finite or `column` is negative.

    Example:
        >>> embeddings = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]), dim=1)
        >>> round(CalibrationLoss()(embeddings, torch.tensor([0, 0, 1])).item(), 3)  # [.9 - .6]₊ + [.8 - .6]₊
        0.5
    """

    def __init__(self, pos_margin: float = 0.9, neg_margin: float = 0.6, column: int = 0) -> None:
        from pytorch_metric_learning.distances import DotProductSimilarity
        from pytorch_metric_learning.losses import ContrastiveLoss

        check_number("pos_margin", pos_margin)
        check_number("neg_margin", neg_margin)
        super().__init__(ContrastiveLoss(pos_margin, neg_margin, distance=DotProductSimilarity()), column)

    def extra_repr(self) -> str:
        """Return what the loss was made with."""
        return f"pos_margin={self.loss.pos_margin}, neg_margin={self.loss.neg_margin}, {super().extra_repr()}"


class ProxyLoss(OneLookLoss):
    """Classify each embedding against one learned proxy per class of the whole training set (E21; HAPPIER, SupRank).

    `-log softmax(⟨v, p_y⟩/η)` over unit proxies, which is pytorch-metric-learning's `NormalizedSoftmaxLoss`.
    Proxies see all classes in every batch, and the batch only: references, pairs and masks are left unused. Give its
    parameters to the optimiser, with a larger learning rate.

    Args:
        num_classes: classes of the label column, labelled 0..num_classes - 1.
        embedding_size: D.
        temperature: η > 0.
        column: the label column, 0 the finest.

    Raises:
        ValueError: a parameter out of range.

    Example:
        >>> loss = ProxyLoss(num_classes=3, embedding_size=2)
        >>> loss(torch.eye(2), torch.tensor([0, 2])).shape
        torch.Size([])
    """

    def __init__(self, num_classes: int, embedding_size: int, temperature: float = 0.05, column: int = 0) -> None:
        from pytorch_metric_learning.losses import NormalizedSoftmaxLoss

        super().__init__()
        check_count("num_classes", num_classes)
        check_count("embedding_size", embedding_size)
        check_positive("temperature", temperature)
        check_index("column", column)
        self.loss = NormalizedSoftmaxLoss(num_classes, embedding_size, temperature)
        self.num_classes, self.embedding_size, self.column = num_classes, embedding_size, column

    def extra_repr(self) -> str:
        """Return what the loss was made with."""
        return f"{super().extra_repr()}, temperature={self.loss.temperature}"

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
        every, _ = check_shapes(embeddings, labels)
        check_column(self.column, every.shape[1])
        if embeddings.shape[1] != self.embedding_size:
            raise ValueError(f"`embeddings`: got {embeddings.shape[1]} dimensions, expected {self.embedding_size}")
        own = every[:, self.column]
        unknown = ((own < 0) | (own >= self.num_classes)).sum().view(1)
        _, numbers = yield from check_values(embeddings, every, None, every, unknown)
        if numbers != [0]:
            low, high = torch.stack(torch.aminmax(own)).tolist()
            raise ValueError(f"`labels`: got classes from {low} to {high}, expected 0..{self.num_classes - 1}")
        with torch.autocast(embeddings.device.type, enabled=False):
            loss: Tensor = self.loss(full_precision(embeddings), own.long())
        return loss
