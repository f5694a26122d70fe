"""Colours and marks that mean the same through the whole book, told apart without colour vision.

Every meaning has a colour for light pages, one for dark pages, and a mark or dash of its own, so that nothing is
said by colour alone. Figures are made with the light colours; the built page exchanges them for the dark ones.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Style(NamedTuple):
    """How one meaning is drawn: a colour for each theme, a plotly marker symbol, a line dash and a text mark."""

    light: str
    dark: str
    symbol: str
    dash: str
    mark: str

    @property
    def colour(self) -> str:
        """The colour that figures are made with: the light one."""
        return self.light

    @property
    def soft(self) -> str:
        """The same colour at a fifth of its strength, for areas."""
        return _transparent(self.light)


POSITIVE = Style("#0067b1", "#5cb8ff", "circle", "solid", "●")
"""An item that shares the finest level with the query."""

RELATED = Style("#00805d", "#34d3a4", "square", "solid", "■")
"""An item that shares a coarser level only."""

NEGATIVE = Style("#c4450c", "#ff9a66", "x", "dash", "✕")
"""An item that shares no level."""

EXACT = Style("#3b4048", "#d4d8de", "diamond", "solid", "◆")
"""The exact step, rank or metric: what is wanted."""

SUPRANK = Style("#7a3aa8", "#cf9cf5", "circle", "solid", "●")
"""The step and the losses of SupRank."""

SMOOTH = Style("#9c6500", "#e8b64c", "square", "dash", "■")
"""The sigmoid and the Smooth baselines."""

RIVAL = Style("#b0266b", "#ff8fc0", "triangle-up", "dot", "▲")
"""Another loss or method that is compared."""

ACCENT = Style("#1f2328", "#f0f3f6", "line-ns", "dot", "│")
"""What the reader moves: the probe, the chosen item."""

TEXT = Style("#3b4048", "#d4d8de", "circle", "solid", "")
GRID = Style("#dfe2e6", "#3a414a", "circle", "solid", "")
AXIS = Style("#868d96", "#8b949e", "circle", "solid", "")
GROUND = Style("#f6f7f9", "#23282f", "circle", "solid", "")
"""What the words of a mark stand on, when it is pointed at."""

CLEAR = "rgba(0,0,0,0)"
"""No colour at all."""

_STYLES = (POSITIVE, RELATED, NEGATIVE, EXACT, SUPRANK, SMOOTH, RIVAL, ACCENT, TEXT, GRID, AXIS, GROUND)

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def level_style(level: int, num_levels: int) -> Style:
    """Return the style of an item that shares `level` of `num_levels` levels with the query.

    Args:
        level: 0 (nothing shared) to `num_levels` (the finest).
        num_levels: number of label columns, at least 1.

    Raises:
        ValueError: `level` lies outside 0..num_levels.

    Example:
        >>> level_style(2, 2).mark, level_style(1, 2).mark, level_style(0, 2).mark
        ('●', '■', '✕')
    """
    if not 0 <= level <= num_levels:
        raise ValueError(f"`level`: got {level!r}, expected a number of shared levels in 0..{num_levels}")
    if level == num_levels:
        return POSITIVE
    return RELATED if level else NEGATIVE


def dark_colours() -> dict[str, str]:
    """Return light colour → dark colour, for every colour of the palette and its soft form."""
    pairs = {style.light: style.dark for style in _STYLES}
    return pairs | {_transparent(light): _transparent(dark) for light, dark in pairs.items()}


def dark_rule(selector: str, declarations: str) -> str:
    """Return a rule of CSS for dark pages: the book's own, and JupyterLab's.

    Example:
        >>> dark_rule(".right", "color:red")
        'html[data-theme="dark"] .right,body[data-jp-theme-light="false"] .right{color:red}'
    """
    pages = ('html[data-theme="dark"]', 'body[data-jp-theme-light="false"]')
    return f"{','.join(f'{page} {selector}' for page in pages)}{{{declarations}}}"


def axis(title: str, **more: Any) -> dict[str, Any]:
    """Return the layout of one axis: readable at phone width, fixed so that a finger scrolls the page."""
    made: dict[str, Any] = {
        "gridcolor": GRID.colour,
        "linecolor": AXIS.colour,
        "tickcolor": AXIS.colour,
        "zerolinecolor": AXIS.colour,
        "zerolinewidth": 1,
        "showline": True,
        "ticks": "outside",
        "ticklen": 4,
        "fixedrange": True,
        "automargin": True,
    }
    if title:
        made["title"] = {"text": title, "standoff": 8}
    return made | more


def unmarked_axis(span: Sequence[float], **more: Any) -> dict[str, Any]:
    """Return an axis without ticks, numbers and grid: the rows of a list, which have names of their own."""
    return axis("", range=list(span), **more, showticklabels=False, ticks="", showgrid=False, zeroline=False)


def heading(text: str, y: float) -> dict[str, Any]:
    """Return the name of a panel, set inside its upper left corner, where an axis title would cost width."""
    return {
        "text": f"<b>{text}</b>",
        "xref": "paper",
        "yref": "paper",
        "x": 0.01,
        "y": y,
        "xanchor": "left",
        "yanchor": "top",
        "showarrow": False,
    }


def layout(height: int, **more: Any) -> dict[str, Any]:
    """Return the layout that all explorers share: white paper (clear in the built page), legend on top."""
    made: dict[str, Any] = {
        "template": {},
        "height": height,
        "margin": {"l": 36, "r": 12, "t": 12, "b": 44},
        "font": {"family": FONT, "size": 13, "color": TEXT.colour},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "hoverlabel": {"bgcolor": GROUND.colour, "font": {"family": FONT, "size": 13, "color": TEXT.colour}},
        "hovermode": "closest",
        "dragmode": False,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.0,
            "yanchor": "bottom",
            "bgcolor": CLEAR,
            "itemclick": False,
            "itemdoubleclick": False,
        },
    }
    return made | more


def with_lower_legend(made: dict[str, Any], **where: Any) -> dict[str, Any]:
    """Return a layout with a second legend, for the lower panel; `where` is what differs from the first."""
    return made | {"legend2": made["legend"] | where}


def _transparent(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.2)"
