"""How pictures stand in a list: rows of square cells, a frame and a mark for each, the query first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from suprank_edu.explore.drawing.palette import ACCENT, CLEAR, TEXT, axis, level_style
from suprank_edu.explore.drawing.traces import QUIET

COLUMNS = 6
"""Pictures in a row."""

PIXELS = 72
"""Pixels a side of a picture."""

_HALF = 0.44  # half the width of a picture, in cells
_ROW = 1.32  # height of a row: a picture, and its rank below


@dataclass(frozen=True)
class Mark:
    """How an item of one level is framed and marked."""

    colour: str
    symbol: str
    dash: str
    text: str


def mark_of(level: int, num_levels: int) -> Mark:
    """Return the mark of `level`: ● all levels shared, ■ all but one, □ fewer, ✕ none."""
    style = level_style(level, num_levels)
    if 0 < level < num_levels - 1:
        return Mark(style.colour, "square-open", "dot", "□")
    return Mark(style.colour, style.symbol, style.dash, style.mark)


def picture_axes(rows: int, bottom: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the axes of the pictures: no lines, square cells on every screen, from `bottom` to the top."""
    across = axis("", range=[-0.5, COLUMNS - 0.5], constrain="domain", visible=False)
    down = axis(
        "",
        range=[rows * _ROW - 0.5, -0.52],
        domain=[bottom, 1.0],
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
        visible=False,
    )
    return across, down


def centre(place: int) -> tuple[float, float]:
    """Return the middle of a place: 0 is the query's, 1 that of the best item."""
    row, column = divmod(place, COLUMNS)
    return float(column), row * _ROW


def picture(source: str, place: int, opacity: float = 1.0, pixels: int = PIXELS) -> dict[str, Any]:
    """Return one picture of `pixels` × `pixels` in its place."""
    x, y = centre(place)
    step = 2 * _HALF / pixels
    return {
        "type": "image",
        "source": source,
        "x0": x - _HALF + step / 2,  # the middle of the first pixel
        "y0": y - _HALF + step / 2,
        "dx": step,
        "dy": step,
        "opacity": opacity,
        "zsmooth": "fast",
        "hoverinfo": "skip",
    }


def _outline(place: int) -> tuple[list[float | None], list[float | None]]:
    x, y = centre(place)
    left, right, top, bottom = x - _HALF, x + _HALF, y - _HALF, y + _HALF
    return [left, right, right, left, left, None], [top, top, bottom, bottom, top, None]


def frames(mark: Mark, places: Sequence[int]) -> dict[str, Any]:
    """Return the frames of all items of one level."""
    outlines = [_outline(place) for place in places]
    return {
        "type": "scatter",
        "x": [x for xs, _ in outlines for x in xs],
        "y": [y for _, ys in outlines for y in ys],
        "mode": "lines",
        "line": {"color": mark.colour, "width": 3, "dash": mark.dash},
        **QUIET,
    }


def query_frame() -> dict[str, Any]:
    """Return the frame of the query, and the word below it."""
    xs, ys = _outline(0)
    x, y = centre(0)
    return {
        "type": "scatter",
        "x": [*xs, x],
        "y": [*ys, y + 0.64],
        "mode": "lines+text",
        "line": {"color": ACCENT.colour, "width": 3, "dash": "solid"},
        "text": ["", "", "", "", "", "", "<b>query</b>"],
        "textfont": {"color": TEXT.colour},
        **QUIET,
    }


def marks(mark: Mark, places: Sequence[int], name: str) -> dict[str, Any]:
    """Return the marks and ranks below all items of one level, which name it in the legend."""
    centres = [centre(place) for place in places]
    return {
        "type": "scatter",
        "x": [x - 0.12 for x, _ in centres],
        "y": [y + 0.64 for _, y in centres],
        "mode": "markers+text",
        "marker": {"color": mark.colour, "symbol": mark.symbol, "size": 9},
        "text": [f" {place}" for place in places],
        "textposition": "middle right",
        "textfont": {"color": TEXT.colour},
        "name": name,
        "hoverinfo": "skip",
    }


def hovers(texts: Sequence[str], size: int) -> dict[str, Any]:
    """Return marks that cannot be seen, which say what the pictures from rank 1 on show; `size` in pixels."""
    centres = [centre(place) for place in range(1, len(texts) + 1)]
    return {
        "type": "scatter",
        "x": [x for x, _ in centres],
        "y": [y for _, y in centres],
        "mode": "markers",
        "marker": {"color": CLEAR, "size": size},
        "hovertext": list(texts),
        "hoverinfo": "text",
        "showlegend": False,
    }
