"""Histograms of the scores of positive and negative pairs, one panel for each network, against the margins."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from suprank_edu._checks import check_number
from suprank_edu.explore.drawing.palette import NEGATIVE, POSITIVE, Style, axis, heading, layout
from suprank_edu.explore.drawing.traces import upright
from suprank_edu.explore.drawing.words import fixed, untagged
from suprank_edu.explore.engine.explorer import Explorer, show_figure

_BINS = 50
_EACH = 170  # pixels of height for each panel
_SPACE = 0.035
_KINDS = {"positive pairs": POSITIVE, "negative pairs": NEGATIVE}


def score_histograms(
    scores: Mapping[str, tuple[Tensor, Tensor]], alpha: float | None = None, beta: float | None = None
) -> Explorer:
    """Show how the scores of positive and of negative pairs are spread, with the margins of calibration (E20).

    Args:
        scores: the name of a network → the scores of its positive pairs and of its negative pairs, each `(n,)`.
        alpha: α, the score that positives should reach; None draws no line.
        beta: β, the score that negatives should stay under; None draws no line.

    Raises:
        ValueError: no network, scores that are no `(n,)` tensor, empty or not finite, or a margin that is no number.

    Example:
        >>> score_histograms({"a": (torch.tensor([0.8, 0.9]), torch.tensor([0.1, 0.5]))}, alpha=0.9, beta=0.6)
        Explorer('The scores of positive and of negative pairs', controls=[])
    """
    if not scores:
        raise ValueError("`scores`: got no network, expected at least one")
    margins = _margins(alpha, beta)
    traces, words, names = [], [], []
    axes: dict[str, Any] = {}
    top, share = 1.0, (1 - _SPACE * (len(scores) - 1)) / len(scores)
    for place, (name, pairs) in enumerate(scores.items(), 1):
        suffix, last = "" if place == 1 else str(place), place == len(scores)
        kinds = _checked(name, pairs)
        heights = [_heights(values) for values in kinds.values()]
        highest = 1.25 * max(map(max, heights))
        traces += [_steps(each, kind, suffix) for kind, each in zip(kinds, heights, strict=True)]
        traces += [_margin(*margin, highest, suffix) for margin in margins]
        words += [f"{name}, {kind}: mean {fixed(float(values.mean()), 2)}" for kind, values in kinds.items()]
        up = axis("", range=[0, highest], domain=[top - share, top], showticklabels=False, showgrid=False)
        axes[f"yaxis{suffix}"] = up | {"ticks": "", "anchor": f"x{suffix}"}
        across = axis("score" if last else "", range=[-0.5, 1.0], anchor=f"y{suffix}", zeroline=False)
        axes[f"xaxis{suffix}"] = across | {"showticklabels": last}
        names.append(heading(untagged(name), top - 0.01))
        top -= share + _SPACE
    figure = {"data": traces, "layout": layout(80 + _EACH * len(scores), annotations=names, **axes)}
    lines = ", with lines at the margins" if margins else ""
    alt = f"Histograms of the scores from −0.5 to 1, one panel for each network{lines}. {'; '.join(words)}."
    return show_figure(figure, "The scores of positive and of negative pairs", alt)


def _checked(name: str, pairs: Sequence[Tensor]) -> dict[str, Tensor]:
    """Return the scores of a network by kind of pairs, or raise unless both kinds are finite."""
    if len(pairs) != len(_KINDS):
        raise ValueError(f"`scores`: got {len(pairs)} kinds of pairs of {name!r}, expected positive and negative ones")
    for kind, values in zip(_KINDS, pairs, strict=True):
        if not isinstance(values, Tensor):
            raise ValueError(f"`scores`: got {type(values).__name__} for the {kind} of {name!r}, expected a tensor")
        if values.ndim != 1 or not len(values):
            shape = tuple(values.shape)
            raise ValueError(f"`scores`: got shape {shape} for the {kind} of {name!r}, expected (n,), at least one")
        if not values.isfinite().all():
            raise ValueError(f"`scores`: got NaN or infinity in the {kind} of {name!r}, expected finite values")
    return {kind: values.float() for kind, values in zip(_KINDS, pairs, strict=True)}


def _margins(alpha: float | None, beta: float | None) -> list[tuple[float, Style, str]]:
    found = []
    for argument, value, style, name in (("alpha", alpha, POSITIVE, "α"), ("beta", beta, NEGATIVE, "β")):
        if value is not None:
            check_number(argument, value)
            found.append((value, style, name))
    return found


def _heights(values: Tensor) -> list[float]:
    """Return the share of the scores in each bin from −1 to 1."""
    shares: list[float] = (torch.histc(values.clamp(-1, 1), bins=2 * _BINS, min=-1, max=1) / len(values)).tolist()
    return shares


def _steps(heights: list[float], kind: str, suffix: str) -> dict[str, Any]:
    style, width = _KINDS[kind], 1 / _BINS
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


def _margin(value: float, style: Style, name: str, height: float, suffix: str) -> dict[str, Any]:
    line = upright(value, (0, height), {"color": style.colour, "width": 1.5, "dash": "dot"})
    where = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "hoverinfo": "skip"}
    return line | {"name": name, "showlegend": not suffix} | where
