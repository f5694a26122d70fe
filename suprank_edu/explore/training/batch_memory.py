"""Explorer: what a training step must hold in memory, and how much of the training set its queries see."""

import functools
from typing import Any

from suprank_edu.explore.drawing.palette import (
    ACCENT,
    EXACT,
    RIVAL,
    SUPRANK,
    Style,
    axis,
    heading,
    layout,
    with_lower_legend,
)
from suprank_edu.explore.drawing.traces import LOWER, QUIET, strokes, words
from suprank_edu.explore.engine.controls import Choice, SelectionSlider
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.explore.training.batch_memory_needs import CARDS, NETWORKS, OTHERS, closest, needs, size

_ROWS = ("weights", "graph", "scores", "memory", "together")
_LEFT, _LABELS = 1e3, 7e11  # where stems begin, and where their sizes are written: beyond the largest


def batch_memory() -> Explorer:
    """Return the explorer of what a batch takes and what it shows: two passes, memory bank, several processes.

    Memory is that of one process, in float32: weights with their gradient and Adam's two moments, the graph of the
    images embedded at a time, one matrix of scores, and the memory bank. What an operation needs for a moment is not
    counted. In sight are images drawn at random, all different.

    Returns:
        An `Explorer` with the network, the batch size, the images with a graph at a time, the memory and processes.

    Example:
        >>> start = batch_memory().parameters
        >>> print(batch_memory().readout(**start))
        Graph: 128 images × 86 MB = 11 GB. One pass: each image is embedded once.
        Scores: 128 × (128 + 0) × 4 bytes = 65.5 kB. Together 11.4 GB: fits on a card of 24 GB.
        Each query sees 127 of 59,550 others: the closest of them is, on average, the 465th closest of the set.
    """
    return Explorer(
        figure,
        [
            Choice("network", "Network", tuple(NETWORKS), next(iter(NETWORKS))),
            SelectionSlider("batch_size", "Batch size", (32, 64, 128, 256, 512, 1024, 2048, 4096), 128),
            SelectionSlider("at_once", "With a graph at a time, at most", (4, 16, 64, 256, 4096), 4096),
            SelectionSlider("memory_size", "Memory bank", (0, 1024, 4096, 16384, 59550), 0),
            SelectionSlider("processes", "Processes, a card each", (1, 2, 4, 8), 1),
        ],
        title="What a batch takes, and what it shows",
        alt=(
            "Above, on a logarithmic scale, what one process holds: weights with gradient and the "
            "moments of Adam, the graph of the images embedded at a time, the scores, the memory bank, and all "
            "together, with dotted lines for cards of 8, 24 and 80 GB. Below, over the number of images that a query "
            "sees, how close the closest of them is: a straight line that falls from beyond the thousandth closest "
            "of the set to the very closest when everything is in sight; a mark for the batch, another for batch and "
            "memory."
        ),
        readout=readout,
    )


@FigureFunction
def figure(network: str, batch_size: int, at_once: int, memory_size: int, processes: int) -> Description:
    """Return the description: a row for each thing that takes memory, and the line of the closest in sight."""
    now = needs(network, batch_size, at_once, memory_size, processes)
    # Four digits, as the page keeps them: the dots lie where the page draws them.
    sizes = tuple(float(f"{part:.4g}") for part in (now.weights, now.graph, now.scores, now.memory, now.together))
    data = [
        _cards(),
        strokes([(_LEFT, part or _LEFT) for part in sizes], range(len(sizes)), width=2),
        _dots(sizes[:4], SUPRANK, _ROWS[:4]),
        _dots(sizes[4:], EXACT, _ROWS[4:]),
    ]
    labels = [size(part) if part else "none" for part in sizes]
    data += [words([_LABELS] * len(sizes), list(range(len(sizes))), labels, "middle right"), _line()]
    data += [_mark(now.in_sight, SUPRANK, "batch and memory"), _mark(batch_size - 1, RIVAL, "batch alone")]
    return {"data": data, "layout": _layout()}


def readout(network: str, batch_size: int, at_once: int, memory_size: int, processes: int) -> str:
    """Return the sums with the current numbers, whether they fit on a card, and what is in sight."""
    now = needs(network, batch_size, at_once, memory_size, processes)
    how_often = "One pass: each image is embedded once." if now.passes == 1 else "Two passes: each is embedded twice."
    card = next((card for card in CARDS if now.together <= card), None)
    fits = f"fits on a card of {size(card)}" if card else "does not fit on a card of 80 GB"
    memory = f"memory: {memory_size:,} × {NETWORKS[network].embedding_size} × 4 bytes = {size(now.memory)}. "
    return "\n".join(
        [
            f"Graph: {now.at_once:,} images × {size(NETWORKS[network].per_image)} = {size(now.graph)}. {how_often}",
            f"Scores: {batch_size:,} × ({batch_size:,} + {memory_size:,}) × 4 bytes = {size(now.scores)}"
            + (f", {memory}" if memory_size else ". ")
            + f"Together {size(now.together)}: {fits}.",
            f"Each query sees {now.in_sight:,} of {OTHERS:,} others: the closest of them is, on average, the "
            f"{_ordinal(closest(now.in_sight))} closest of the set.",
        ]
    )


def _ordinal(place: float) -> str:
    whole = round(place)
    ending = "th" if whole % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return "very" if whole == 1 else f"{whole:,}{ending}"


@functools.cache
def _cards() -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [x for card in CARDS for x in (card, card, None)],
        "y": [y for _ in CARDS for y in (-0.6, len(_ROWS) - 0.4, None)],
        "mode": "lines",
        "line": {"color": ACCENT.colour, "width": 1, "dash": ACCENT.dash},
        "name": "cards of 8, 24, 80 GB",
        "hoverinfo": "skip",
    }


def _dots(sizes: tuple[float, ...], style: Style, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [part or None for part in sizes],
        "y": [_ROWS.index(name) for name in names],
        "mode": "markers",
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 12},
        **QUIET,
    }


@functools.cache
def _line() -> dict[str, Any]:
    seen = (15, 63, 255, 1023, 4095, 16383, OTHERS)
    return {
        "type": "scatter",
        "x": list(seen),
        "y": [closest(n) for n in seen],
        **LOWER,
        "mode": "lines",
        "line": {"color": EXACT.colour, "width": 2},
        **QUIET,
    }


@functools.cache
def _mark(in_sight: int, style: Style, name: str) -> dict[str, Any]:
    place = closest(in_sight)
    # Without a memory the two marks are one above the other: a ring, and a triangle in it.
    shape = {"symbol": "circle-open", "size": 20, "line": {"width": 3}} if style is SUPRANK else {"size": 10}
    return {
        "type": "scatter",
        "x": [in_sight],
        "y": [place],
        **LOWER,
        "mode": "markers",
        "marker": {"color": style.colour, "symbol": style.symbol} | shape,
        "name": name,
        "legend": "legend2",
        "hovertext": f"{name}: {in_sight:,} in sight, the closest is number {round(place):,}",
        "hoverinfo": "text",
    }


@functools.cache
def _layout() -> dict[str, Any]:
    ticks = {"type": "log", "zeroline": False}
    made = layout(
        560,
        xaxis=axis(
            "",
            range=[3, 14.2],
            anchor="y",
            tickvals=[1e3, 1e6, 1e9, 1e12],
            ticktext=["1 kB", "1 MB", "1 GB", "1 TB"],
            **ticks,
        ),
        yaxis=axis(
            "",
            range=[len(_ROWS) - 0.4, -0.6],
            domain=[0.55, 1.0],
            tickvals=list(range(len(_ROWS))),
            ticktext=list(_ROWS),
            showgrid=False,
            zeroline=False,
        ),
        xaxis2=axis(
            "other images that a query sees",
            range=[1.1, 5.0],
            anchor="y2",
            tickvals=[100, 1000, 10000],
            ticktext=["100", "1,000", "10,000"],
            **ticks,
        ),
        yaxis2=axis(
            "",
            range=[-0.35, 4.1],
            domain=[0.0, 0.41],
            tickvals=[1, 10, 100, 1000],
            ticktext=["1", "10", "100", "1,000"],
            **ticks,
        ),
        annotations=[heading("place of the closest one in sight", 0.47) | {"x": 0}],
    )
    return with_lower_legend(made, orientation="v", x=1, xanchor="right", y=0.41, yanchor="top")
