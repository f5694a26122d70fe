"""Histograms of the scores of positive and negative pairs, one panel for each network, against the margins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from suprank_edu.explore.explorer import Explorer, show_figure
from suprank_edu.explore.palette import NEGATIVE, POSITIVE, Style, axis, heading, layout

_BINS = 50
_EACH = 170  # pixels of height for each panel
_SPACE = 0.035


def score_histograms(
    scores: Mapping[str, tuple[Tensor, Tensor]], alpha: float | None = None, beta: float | None = None
) -> Explorer:
    """Show how the scores of positive and of negative pairs are spread, with the margins of calibration (E20).

    Args:
        scores: the name of a network → the scores of its positive pairs and of its negative pairs, each ``(n,)``.
        alpha: α, the score that positives should reach; None draws no line.
        beta: β, the score that negatives should stay under; None draws no line.

    Raises:
        ValueError: no network, or one without scores of a kind.

    Example:
        >>> score_histograms({"a": (torch.tensor([0.8, 0.9]), torch.tensor([0.1, 0.5]))}, alpha=0.9, beta=0.6)
        Explorer('The scores of positive and of negative pairs', controls=[])
    """
    if not scores:
        raise ValueError("`scores`: got no network, expected at least one")
    traces, words, names = [], [], []
    axes: dict[str, Any] = {}
    top = 1.0
    share = (1 - _SPACE * (len(scores) - 1)) / len(scores)
    for place, (name, kinds) in enumerate(scores.items(), 1):
        suffix = "" if place == 1 else str(place)
        highest = 0.0
        for values, style, kind in zip(kinds, (POSITIVE, NEGATIVE), ("positive pairs", "negative pairs"), strict=True):
            if not len(values):
                raise ValueError(f"`scores`: got no score of {kind} of {name!r}, expected at least one")
            heights = (torch.histc(values.float().clamp(-1, 1), bins=_BINS * 2, min=-1, max=1) / len(values)).tolist()
            highest = max(highest, *heights)
            traces.append(_steps(heights, style, kind, suffix))
            words.append(f"{name}, {kind}: mean {values.float().mean():.2f}")
        for value, style, margin in ((alpha, POSITIVE, "α"), (beta, NEGATIVE, "β")):
            if value is not None:
                traces.append(_margin(value, 1.25 * highest, style, margin, suffix))
        rows = axis("", range=[0, 1.25 * highest], domain=[top - share, top], showticklabels=False, showgrid=False)
        axes[f"yaxis{suffix}"] = rows | {"ticks": "", "anchor": f"x{suffix}"}
        last = place == len(scores)
        across = axis("score" if last else "", range=[-0.5, 1.0], anchor=f"y{suffix}", zeroline=False)
        axes[f"xaxis{suffix}"] = across | {"showticklabels": last}
        names.append(heading(name, top - 0.01))
        top -= share + _SPACE
    figure = {"data": traces, "layout": layout(80 + _EACH * len(scores), annotations=names, **axes)}
    alt = "Histograms of the scores from −0.5 to 1, one panel for each network, with lines at the margins. "
    return show_figure(figure, "The scores of positive and of negative pairs", alt + "; ".join(words) + ".")


def _steps(heights: list[float], style: Style, kind: str, suffix: str) -> dict[str, Any]:
    width = 1 / _BINS
    return {
        "type": "scatter",
        "x": [round(-1 + width * (k + 0.5), 3) for k in range(2 * _BINS)],
        "y": [round(height, 5) for height in heights],
        "mode": "lines",
        "fill": "tozeroy",
        "fillcolor": style.soft,
        "line": {"color": style.colour, "width": 2, "shape": "hvh", "dash": style.dash},
        "name": kind,
        "showlegend": not suffix,
        "xaxis": f"x{suffix}",
        "yaxis": f"y{suffix}",
        "hovertemplate": "score %{x:.2f}: %{y:.1%}<extra>" + kind + "</extra>",
    }


def _margin(value: float, height: float, style: Style, name: str, suffix: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [value, value],
        "y": [0, height],
        "mode": "lines",
        "line": {"color": style.colour, "width": 1.5, "dash": "dot"},
        "name": name,
        "showlegend": not suffix,
        "xaxis": f"x{suffix}",
        "yaxis": f"y{suffix}",
        "hoverinfo": "skip",
    }
