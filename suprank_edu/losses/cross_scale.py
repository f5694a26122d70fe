"""Cross-scale learning, the rival of the papers' tables that knows a hierarchy: on scores, and with its proxies."""

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from suprank_edu._checks import check_count, check_number, check_one_of, check_positive, check_ranking, check_valid
from suprank_edu._embedding_checks import check_shapes, check_values
from suprank_edu._label_checks import check_labels, check_tree
from suprank_edu._looks import Looking
from suprank_edu._transforms import left_by_compiler
from suprank_edu.losses.one_look import OneLookLoss
from suprank_edu.losses.pairs import IndicesTuple
from suprank_edu.ranking import full_precision
from suprank_edu.relevance import count_shared

_INFINITY = float("inf")
MARGINS = (0.25, 0.35, 0.45)
"""The published margins of three label columns, the finest first."""


@left_by_compiler
def csl(
    scores: Tensor,
    levels: Tensor,
    *,
    margins: Sequence[float] = MARGINS,
    scale: float = 32.0,
    valid: Tensor | None = None,
) -> Tensor:
    """Cross-scale learning: one's own class ahead of others, by more the coarser they differ (E25; Sun et al., 2021).

    `Σ_c log(1 + Σ_k exp(scale · (s_k - s_own + margin_c)))`, k the classes that differ in label column c, which share
    fewer than L - c levels; a class of another coarse class counts in every column. As in the published code the
    similarity to one's own *finest* class is the reference in all columns.

    Args:
        scores: `(Q, C)` floats, the similarity of each item to each of the finest classes.
        levels: `(Q, C)` integers, the levels that item and class share; L, the number of `margins`, for its own class.
        margins: one per label column, the finest first.
        scale: what multiplies scores and margins, above 0.
        valid: `(Q, C)` bool, False hides a class from an item.

    Returns:
        `(Q,)` losses in float32 or better, 0 for an item whose own class is not there.

    Raises:
        ValueError: a shape, a dtype or a value is not as described.

    Example:
        >>> scores, levels = torch.tensor([[0.8, 0.5, 0.5]]), torch.tensor([[2, 1, 0]])
        >>> round(csl(scores, levels, margins=(0.25, 0.35)).item(), 4)  # ln(1 + 2 exp(-1.6)) + ln(1 + exp(1.6))
        2.1231
    """
    margins = _checked_margins(margins)
    check_positive("scale", scale)
    check_ranking(scores, levels, most=len(margins))
    check_valid(valid, scores.shape)
    return _csl(full_precision(scores), levels, margins, scale, valid)


def _csl(scores: Tensor, levels: Tensor, margins: Sequence[float], scale: float, valid: Tensor | None) -> Tensor:
    own = levels == len(margins)
    own = own if valid is None else own & valid
    there = own.any(dim=1)
    reference = (
        (-scale * scores).masked_fill(~own & there[:, None], -_INFINITY).logsumexp(dim=1, keepdim=True)
    )  # (Q, 1)
    nothing, loss = torch.zeros_like(reference), torch.zeros_like(scores[:, 0])
    for column, margin in enumerate(margins):
        differs = levels < len(margins) - column
        differs = differs if valid is None else differs & valid
        excess = (scale * (scores + margin) + reference).masked_fill(~differs, -_INFINITY)  # (Q, C)
        loss = loss + torch.cat([nothing, excess], dim=1).logsumexp(dim=1)
    return torch.where(there, loss, 0.0)


class CSLLoss(OneLookLoss):
    """Cross-scale learning against one learned proxy per finest class (E25; Sun et al., CVPR 2021), see `csl`.

    Called as the other losses. Proxies see the batch only, so references, pairs and masks are left unused. Embeddings
    and proxies are normalised. Give its parameters to the optimiser, with a larger learning rate.

    Args:
        labels: `(N, L)` integers, a tree, column 0 the finest: those of the training set, from which the proxies know
            their coarser classes. Classes may have any numbers.
        embedding_size: D.
        margins: one per label column, the finest first; None takes 0.25, 0.35, 0.45, …, which are published for three.
        scale: what multiplies cosine similarities, above 0.
        reduction: `"mean"`, or `"none"` for one value per item.

    Raises:
        ValueError: labels that are no tree, or a parameter out of range.

    Example:
        >>> loss = CSLLoss(torch.tensor([[4, 0], [7, 0], [9, 1], [9, 1]]), embedding_size=2)
        >>> loss.proxies.shape, loss.margins
        (torch.Size([3, 2]), (0.25, 0.35))
        >>> loss(torch.eye(2), torch.tensor([[9, 1], [4, 0]])).shape
        torch.Size([])
    """

    classes: Tensor

    def __init__(
        self,
        labels: Tensor,
        embedding_size: int,
        margins: Sequence[float] | None = None,
        scale: float = 32.0,
        *,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        known = check_labels(labels, len(labels) if isinstance(labels, Tensor) and labels.ndim else 0)
        check_tree(known)
        check_count("embedding_size", embedding_size)
        check_positive("scale", scale)
        check_one_of("reduction", reduction, ("mean", "none"))
        columns = known.shape[1]
        self.margins = tuple(0.25 + 0.1 * c for c in range(columns)) if margins is None else _checked_margins(margins)
        if len(self.margins) != columns:
            raise ValueError(f"`margins`: got {len(self.margins)}, expected {columns}, one per label column")
        self.embedding_size, self.scale, self.reduction = embedding_size, scale, reduction
        self.register_buffer("classes", torch.unique(known, dim=0).long())  # (C, L)
        proxies = torch.empty(len(self.classes), embedding_size, device=labels.device)  # (C, D)
        self.proxies = nn.Parameter(proxies)
        nn.init.uniform_(self.proxies, -1 / math.sqrt(embedding_size), 1 / math.sqrt(embedding_size))

    def extra_repr(self) -> str:
        """Return what the loss was made with."""
        return f"num_classes={len(self.classes)}, {super().extra_repr()}"

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
        own, _ = check_shapes(embeddings, labels)
        if embeddings.shape[1] != self.embedding_size:
            raise ValueError(f"`embeddings`: got {embeddings.shape[1]} dimensions, expected {self.embedding_size}")
        if own.shape[1] != len(self.margins):
            raise ValueError(f"`labels`: got {own.shape[1]} columns, expected {len(self.margins)}")
        levels = count_shared(own, self.classes)  # (Q, C)
        known = (levels == len(self.margins)).any(dim=1)
        _, numbers = yield from check_values(embeddings, own, None, own, (~known).sum().view(1))
        if numbers != [0]:
            raise ValueError(
                f"`labels`: got {own[~known][0].tolist()}, expected classes of the labels that the loss was made with"
            )
        with torch.autocast(embeddings.device.type, enabled=False):
            queries = full_precision(embeddings)
            scores = normalize(queries, dim=1) @ normalize(self.proxies.to(queries.dtype), dim=1).T  # (Q, C)
            losses = _csl(scores, levels, self.margins, self.scale, None)
        return losses if self.reduction == "none" else losses.mean()


def _checked_margins(margins: Sequence[float]) -> tuple[float, ...]:
    if (
        not isinstance(margins, Iterable) or getattr(margins, "ndim", 1) == 0
    ):  # torch and numpy call one number iterable
        raise ValueError(f"`margins`: got {margins!r}, expected one per label column")
    margins = tuple(margins)
    if not margins:
        raise ValueError("`margins`: got none, expected one per label column")
    for margin in margins:
        check_number("margins", margin)
    return margins
