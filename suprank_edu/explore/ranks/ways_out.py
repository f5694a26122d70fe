"""The stand-ins for AP that explorers compare: value of each on the scores of one query, and the pull on one item."""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from suprank_edu.explore.drawing.palette import NEGATIVE, POSITIVE, RIVAL, SMOOTH, SUPRANK, Style, axis
from suprank_edu.explore.drawing.words import number
from suprank_edu.losses import black_box_ap, smooth_ap, soft_bin_ap, sup_ap

TRIPLET, SMOOTH_AP, SOFT_BIN, BLACK_BOX, SUP_AP = "triplet", "Smooth-AP", "SoftBin-AP", "BlackBox-AP", "Sup-AP"
MARGIN = 0.1
"""By how much the triplet loss wants a positive to lead."""


def triplet(scores: Tensor, levels: Tensor) -> Tensor:
    """Return the `(Q,)` means of `max(0, s_n − s_p + margin)` over all pairs of a positive p and a negative n."""
    lead = scores[:, None, :] - scores[:, :, None] + MARGIN  # (Q, P, N) of all items
    asked = (levels[:, :, None] > 0) & (levels[:, None, :] == 0)
    return (lead.clamp(min=0) * asked).sum(dim=(1, 2)) / asked.sum(dim=(1, 2))


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    TRIPLET: triplet,
    SMOOTH_AP: smooth_ap,
    SOFT_BIN: soft_bin_ap,
    BLACK_BOX: black_box_ap,
    SUP_AP: sup_ap,
}
"""Name → loss of `(Q, G)` scores and levels, each with its default constants."""

STYLES: dict[str, Style] = {
    TRIPLET: NEGATIVE._replace(dash="dashdot"),
    SMOOTH_AP: SMOOTH,
    SOFT_BIN: RIVAL,
    BLACK_BOX: POSITIVE,
    SUP_AP: SUPRANK,
}


@functools.cache
def value_and_pulls(loss: str, scores: tuple[float, ...], relevant: tuple[int, ...]) -> tuple[float, tuple[float, ...]]:
    """Return the loss of one query, and minus its derivative by each score.

    Example:
        >>> value, pulls = value_and_pulls("BlackBox-AP", (0.50, 0.52), (1, 0))
        >>> value, pulls
        (0.5, (0.125, -0.125))
    """
    own = torch.tensor([scores], dtype=torch.float64, requires_grad=True)  # one query: λ of BlackBox belongs to it
    value = LOSSES[loss](own, torch.tensor([relevant]))[0]
    (slope,) = torch.autograd.grad(value, own)
    return float(value.detach()), tuple((0.0 - slope[0]).tolist())


def moved(scores: tuple[float, ...], item: int, score: float) -> tuple[float, ...]:
    """Return `scores` once `item` has `score`.

    Example:
        >>> moved((0.9, 0.5, 0.2), 1, 0.7)
        (0.9, 0.7, 0.2)
    """
    return (*scores[:item], score, *scores[item + 1 :])


_LINEAR = 0.01  # pulls well below it are drawn in proportion, those above by their logarithm


def height(pull: float) -> float:
    """Return where a pull is drawn: by its size on a logarithm that goes through 0, so that its sign is seen.

    Example:
        >>> height(0.0), height(-1.0) == -height(1.0)
        (0.0, True)
    """
    return round(math.asinh(pull / _LINEAR), 6)


def pull_axis(ticks: Sequence[float], **more: Any) -> dict[str, Any]:
    """Return the axis of `height`, with pulls written at their heights."""
    return axis("", tickvals=[height(tick) for tick in ticks], ticktext=[number(tick) for tick in ticks], **more)
