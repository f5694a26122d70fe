"""From embeddings to per-query losses: the call contract that every ranking loss shares."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from suprank_edu._checks import MAX_LEVEL, check_alpha, check_column, check_index, check_one_of, check_valid
from suprank_edu._embedding_checks import are_unit, check_shapes, check_values
from suprank_edu._label_checks import check_labels
from suprank_edu._looks import Looking
from suprank_edu._warnings import warn
from suprank_edu.losses.one_look import OneLookLoss
from suprank_edu.losses.own_scores import own_scores
from suprank_edu.losses.pairs import IndicesTuple, listed_pairs, refuse_unknown, visible_pairs
from suprank_edu.positives import Widths, as_widths, count_by_level, visible_levels
from suprank_edu.ranking import full_precision
from suprank_edu.relevance import check_weights, count_shared


class EmbeddingLoss(OneLookLoss):
    """A loss called as in pytorch-metric-learning, made of one method `per_query(scores, levels, valid)`.

    Args:
        column: the label column (0 the finest) whose classes make positives; None counts shared levels.
        include_self: with no `ref_emb`, whether a query is its own positive, as in the published code.
        reduction: `"mean"` over the queries that have a positive, or `"none"`.

    Raises:
        ValueError: `column` is negative or `reduction` is unknown.
    """

    def __init__(self, column: int | None = None, include_self: bool = False, reduction: str = "mean") -> None:
        super().__init__()
        if column is not None:
            check_index("column", column)
        check_one_of("reduction", reduction, ("mean", "none"))
        self.column, self.include_self, self.reduction = column, include_self, reduction
        self._min_level = 1
        self._warned_of_norms = self._warned_of_nothing_to_learn = False
        self._widths: Widths | None = None

    def without_looks(self, labels: Tensor) -> EmbeddingLoss:
        """Return a copy that never waits for the device: for CUDA graphs, and for batches all made alike.

        It knows beforehand how many positives a query has at most, and checks nothing that would have to be read: NaN
        passes through, and labels that are no tree are not noticed. A query with more positives than that loses some
        without a word. Scores are compared pair by pair, however many there are: to sort them, as the loss does where
        that is faster, is to read them several times. Parameters are those of the loss.

        Args:
            labels: `(Q,)` or `(Q, L)` integers of a batch whose queries have as many positives as those of any other,
                at each level, such as the first of `suprank_edu.data.MPerClassBatches` for a loss on column 0.

        Raises:
            ValueError: labels of another shape or dtype, or a label column that does not exist.

        Example:
            >>> from suprank_edu.losses import SupAPLoss
            >>> embeddings = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]), dim=1)
            >>> labels, loss = torch.tensor([0, 0, 1]), SupAPLoss()
            >>> torch.equal(loss.without_looks(labels)(embeddings, labels), loss(embeddings, labels))
            True
        """
        labels = check_labels(labels, len(labels))  # (Q, L)
        shared = self._levels(labels, labels)
        levels = visible_levels(shared, visible_pairs(shared, not self.include_self, None, None))
        most = count_by_level(levels, 1 if self.column is not None else labels.shape[1])[1]
        known = copy.copy(self)
        known._widths = replace(as_widths(most.tolist()), beforehand=True)
        return known

    @abstractmethod
    def per_query(self, scores: Tensor, levels: Tensor, valid: Tensor | None, widths: Widths | None = None) -> Tensor:
        """Return the `(Q,)` losses of `(Q, G)` scores and levels; 0 for a query without a positive.

        With `widths` nothing is checked or read from the device again, and levels are -1 where hidden.
        """

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
        own, other = check_shapes(embeddings, labels, ref_emb, ref_labels)
        levels = self._levels(own, other)
        check_valid(valid, levels.shape)
        listed, unknown = listed_pairs(indices_tuple, levels)
        visible = visible_pairs(levels, ref_emb is None and not self.include_self, listed, valid)
        levels = visible_levels(levels, visible)
        above, most = count_by_level(levels, 1 if self.column is not None else own.shape[1])
        if self._widths is not None:
            if ref_emb is not None or indices_tuple is not None:
                raise ValueError(
                    "`ref_emb`: got references or pairs, expected a batch alone, as `without_looks` knows it"
                )
            return self._of_levels(embeddings, ref_emb, levels, above, self._widths)
        norm_error, numbers = yield from check_values(embeddings, own, ref_emb, other, unknown, most)
        self._look_at_norms(norm_error, embeddings.dtype)
        refuse_unknown(numbers[0], levels)
        widths = as_widths(numbers[1:])
        # A memory that has just begun may hold nothing of a batch's classes, and nothing is amiss.
        if ref_emb is None and self.reduction == "mean" and not any(widths.above[self._min_level :]):
            self._warn_of_nothing_to_learn()
        return self._of_levels(embeddings, ref_emb, levels, above, widths)

    def _of_levels(
        self, embeddings: Tensor, ref_emb: Tensor | None, levels: Tensor, above: Tensor, widths: Widths
    ) -> Tensor:
        """Return the loss of `(Q, G)` levels, -1 where hidden, of which `above` counts those at each level."""
        with torch.autocast(embeddings.device.type, enabled=False):
            queries = full_precision(embeddings)
            scores = own_scores(queries) if ref_emb is None else queries @ ref_emb.to(queries.dtype).T  # (Q, G)
            losses = self.per_query(scores, levels, None, widths)  # (Q,)
        if self.reduction == "none":
            return losses
        return losses.sum() / (above[:, self._min_level] > 0).sum().clamp(min=1)

    def _levels(self, labels: Tensor, ref_labels: Tensor) -> Tensor:
        """Return `(Q, G)`: shared levels, or with a `column` whether it agrees."""
        if self.column is None:
            if labels.shape[1] > MAX_LEVEL:
                raise ValueError(f"`labels`: got {labels.shape[1]} columns, expected at most {MAX_LEVEL}")
            return count_shared(labels, ref_labels, torch.int8)
        check_column(self.column, labels.shape[1])
        return labels[:, self.column, None] == ref_labels[None, :, self.column]

    def _look_at_norms(self, norm_error: float, dtype: torch.dtype) -> None:
        """Warn once where scores are no cosines."""
        if not are_unit(norm_error, dtype) and not self._warned_of_norms:
            self._warned_of_norms = True
            warn(
                f"`embeddings`: a norm is off 1 by {norm_error:.3g}, expected unit vectors so that scores are cosine "
                "similarities; apply torch.nn.functional.normalize first",
            )

    def _warn_of_nothing_to_learn(self) -> None:
        if not self._warned_of_nothing_to_learn:
            self._warned_of_nothing_to_learn = True
            warn(
                "`labels`: no query of the batch has a positive, so that its loss is 0 and nothing is learned; "
                "draw several images of a class, as suprank_edu.data.MPerClassBatches does",
            )


class RelevanceLoss(EmbeddingLoss):
    """An `EmbeddingLoss` over all label columns whose items have relevances: by E12, or by weights of levels.

    Args:
        alpha: α of the relevance E12, used without `weights`.
        weights: one weight per label column, the finest first.
        include_self, reduction: as in `EmbeddingLoss`.

    Raises:
        ValueError: a parameter out of range.
    """

    def __init__(self, alpha: float, weights: Sequence[float] | None, include_self: bool, reduction: str) -> None:
        super().__init__(None, include_self, reduction)
        check_alpha(alpha)
        self.alpha, self.weights = alpha, None if weights is None else check_weights(weights)
        if self.weights is not None:  # the lowest shared level with a relevance above 0
            self._min_level = len(self.weights) - max(c for c, weight in enumerate(self.weights) if weight > 0)

    def _levels(self, labels: Tensor, ref_labels: Tensor) -> Tensor:
        if self.weights is not None and len(self.weights) != labels.shape[1]:
            raise ValueError(f"`weights`: got {len(self.weights)}, expected {labels.shape[1]}, one per label column")
        return super()._levels(labels, ref_labels)
