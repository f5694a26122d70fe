"""Explorer: what a rank loss costs by each way of summing, for a number of queries, positives and gallery items."""

import functools
from typing import Any, NamedTuple

from suprank_edu.explore.drawing.palette import EXACT, RIVAL, SUPRANK, TEXT, Style, axis, heading, layout
from suprank_edu.explore.drawing.traces import ring
from suprank_edu.explore.drawing.words import number
from suprank_edu.explore.engine.controls import Choice, SelectionSlider
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.pairwise import choice

BATCH, LARGE_BATCH, TEST_SET, LARGE = "a batch of 256", "a batch of 4096", "a test set", "64 queries, large gallery"
SIZES: dict[str, tuple[int, int, int]] = {
    BATCH: (256, 3, 256),
    LARGE_BATCH: (4096, 3, 4096),
    TEST_SET: (60_000, 3, 60_000),
    LARGE: (64, 5_000, 60_000),
}
QUERIES = (1, 16, 64, 256, 4096, 60_000)
POSITIVES = (3, 30, 100, 300, 1000, 5000)
GALLERIES = (256, 1024, 4096, 16_000, 60_000, 1_000_000)
SUP, SIGMOID = "H⁻ of SupRank", "σ of Smooth-AP"

# Measured on two CPU cores, forward + backward in float32, by benchmarks/losses.py (dense, a batch of 256) and
# benchmarks/engines.py (the two others): seconds and bytes a term, with scores and gradients. Bytes are
# those of a whole Sup-AP loss above what is held before.
DENSE_SECONDS, DENSE_BYTES = 35e-9, 43
DIRECT_SECONDS = {SUP: 1.4e-9, SIGMOID: 1.2e-9}
DIRECT_BYTES, SORTED_BYTES = 20, 48  # an item
SORTED_SECONDS, SORTED_LEAST = 0.12e-6, 2.5e-3  # an item, and at least
WORTH = choice.PAIRS_PER_ITEM_OF_ODDS  # float32 on a CPU, as many positives as an answer to this needs
BINS = 41  # of 2τ, for scores that spread over 80τ

_ROWS = ("dense", "direct", "sorted")
_STYLES: tuple[Style, Style, Style] = (RIVAL, EXACT, SUPRANK)
_KIB, _MIB, _GIB, _TIB, _PIB = (2.0 ** (10 * power) for power in range(1, 6))
_MINUTE, _HOUR, _DAY, _YEAR = 60.0, 3600.0, 86_400.0, 31_557_600.0
# Each panel: its name, its range as powers of ten with room for words at the right, and its ticks. Where a phone has
# no room for the words of all, every other tick has none.
_PANELS: tuple[tuple[str, tuple[float, float], tuple[float, ...], tuple[str, ...]], ...] = (
    ("terms", (1.5, 21.5), (1e3, 1e6, 1e9, 1e12, 1e15, 1e18), ("10³", "10⁶", "10⁹", "10¹²", "10¹⁵", "10¹⁸")),
    ("memory", (2.5, 25.0), (_KIB, _MIB, _GIB, _TIB, _PIB), ("1 KiB", "", "1 GiB", "", "1 PiB")),
    ("time", (-7.5, 14.5), (1e-6, 1e-3, 1.0, _HOUR, _YEAR), ("1 µs", "1 ms", "1 s", "1 h", "1 year")),
)
_TOPS = (1.0, 0.655, 0.31)
_HEIGHT = 0.225


class Cost(NamedTuple):
    """What one way of summing takes.

    Attributes:
        terms: pairs that are evaluated; for the sorted engine, the pairs that cost as much.
        bytes: memory, scores and gradients included.
        seconds: forward + backward on two CPU cores.
    """

    terms: int
    bytes: float
    seconds: float


def cost_calculator() -> Explorer:
    """Return the explorer of what the sums of a rank loss cost: dense, direct and sorted.

    Sums of E7 over the negatives of each positive. Terms are exact; memory and time follow from constants measured on
    two CPU cores by `benchmarks/`, good for orders of magnitude.

    Returns:
        An `Explorer` with a situation, the numbers of queries, positives and gallery items, and the step.

    Example:
        >>> print(cost_calculator().readout(situation=BATCH, queries=64, positives=5000, gallery=60_000, step=SUP))
        dense: Q·G·G = 64 × 60,000 × 60,000 = 2.3 × 10¹¹ terms, 9 TiB, 2.2 hours
        direct: Q·P·(G − P) = 64 × 5,000 × 55,000 = 1.8 × 10¹⁰ terms, 73 MiB, 25 s
        sorted: Q·G = 64 × 60,000 = 3.8 × 10⁶ items, each worth 128 terms, 180 MiB, 470 ms
        P·(G − P)/(G + 8 · 82 bins) = 4,534 pairs an item, above 128: the library takes the sorted engine.
    """
    names = ("queries", "positives", "gallery")
    return Explorer(
        figure,
        [
            Choice(
                "situation",
                "Situation",
                tuple(SIZES),
                LARGE,
                presets={name: dict(zip(names, sizes, strict=True)) for name, sizes in SIZES.items()},
            ),
            SelectionSlider("queries", "Queries Q", QUERIES, 64),
            SelectionSlider("positives", "Positives P of each", POSITIVES, 5000),
            SelectionSlider("gallery", "Gallery G", GALLERIES, 60_000),
            Choice("step", "Step", (SUP, SIGMOID), SUP),
        ],
        title="What a rank loss costs, by how its sums are made",
        alt=(
            "Three panels with logarithmic axes: the number of terms, the memory and the time on two CPU cores, each "
            "with one line for the dense form over all Q·G·G pairs, one for the direct engine over the pairs of "
            "positives and negatives, and one for the sorted engine, which grows with Q·G alone. A ring marks the "
            "engine that the library takes. With few positives direct is the shortest, with thousands of them sorted."
        ),
        readout=readout,
    )


def costs(queries: int, positives: int, gallery: int, step: str) -> tuple[Cost, Cost, Cost]:
    """Return the cost of the dense form, the direct and the sorted engine; P is held at half the gallery."""
    positives = held(positives, gallery)
    dense = queries * gallery * gallery
    pairs = queries * positives * (gallery - positives)
    items = queries * gallery
    counted = queries * weighed(positives, gallery)
    return (
        Cost(dense, dense * DENSE_BYTES, dense * DENSE_SECONDS),
        Cost(pairs, items * DIRECT_BYTES, pairs * DIRECT_SECONDS[step]),
        Cost(counted * WORTH, items * SORTED_BYTES, max(SORTED_LEAST, counted * SORTED_SECONDS)),
    )


def held(positives: int, gallery: int) -> int:
    """Return P, at most half the gallery."""
    return min(positives, gallery // 2)


def bins_of(positives: int, gallery: int) -> int:
    """Return how many bins hold positives or negatives, at most."""
    return min(positives, BINS) + min(gallery - positives, BINS)


def weighed(positives: int, gallery: int) -> int:
    """Return the items of a query, and those that cost as much as its bins."""
    return gallery + choice.ITEMS_PER_BIN * bins_of(positives, gallery)


def takes_sorted(queries: int, positives: int, gallery: int) -> bool:
    """Return whether the library sorts, as `pairwise.choice` decides it."""
    positives = held(positives, gallery)
    won = choice.pairs_won(positives, gallery - positives, bins_of(positives, gallery), WORTH)
    return won > 0 and queries * won >= choice.FEWEST_PAIRS


@FigureFunction
def figure(situation: str, queries: int, positives: int, gallery: int, step: str) -> Description:
    """Return the description: a line for each way of summing in each panel, and a ring around the one taken."""
    found = costs(queries, positives, gallery, step)
    taken = 2 if takes_sorted(queries, positives, gallery) else 1
    data = []
    for panel, write in enumerate((_terms, _bytes, _seconds)):
        values = [float(cost[panel]) for cost in found]
        data.append(ring(values[taken], 2 - taken, 18, 2, "○ what the library takes", **_axes(panel)))
        data += [_line(panel, row, value, write(value)) for row, value in enumerate(values)]
    return {"data": data, "layout": _layout()}


def readout(situation: str, queries: int, positives: int, gallery: int, step: str) -> str:
    """Return the three products with the current numbers, and the engine that the library takes."""
    dense, direct, by_sort = costs(queries, positives, gallery, step)
    p = held(positives, gallery)
    ratio = p * (gallery - p) / weighed(p, gallery)
    each = f"{ratio:,.0f}" if ratio >= 10 else number(ratio, 2)
    q, g, negatives = f"{queries:,}", f"{gallery:,}", f"{gallery - p:,}"
    words = [f"{_bytes(cost.bytes)}, {_seconds(cost.seconds)}" for cost in (dense, direct, by_sort)]
    if takes_sorted(queries, positives, gallery):
        verdict = f"above {WORTH}: the library takes the sorted engine."
    elif ratio <= WORTH:
        verdict = f"below {WORTH}: the library takes the direct engine."
    else:
        verdict = f"above {WORTH}, but it wins fewer than {choice.FEWEST_PAIRS:,} pairs in all: direct."
    cap = "" if p == positives else f" (P is held at half the gallery, {p:,})"
    return "\n".join(
        [
            f"dense: Q·G·G = {q} × {g} × {g} = {_terms(dense.terms)} terms, {words[0]}",
            f"direct: Q·P·(G − P) = {q} × {p:,} × {negatives} = {_terms(direct.terms)} terms, {words[1]}{cap}",
            f"sorted: Q·G = {q} × {g} = {_terms(queries * gallery)} items, each worth {WORTH} terms, {words[2]}",
            f"P·(G − P)/(G + {choice.ITEMS_PER_BIN} · {bins_of(p, gallery)} bins) = {each} pairs an item, {verdict}",
        ]
    )


def _terms(value: float) -> str:
    return f"{value:,.0f}" if value < 1e6 else number(value, 2)


def _in_units(value: float, units: tuple[tuple[float, str], ...]) -> str:
    """Return `value` with two digits in the largest unit that it reaches."""
    size, name = next(((size, name) for size, name in units if value >= 0.9 * size), units[-1])
    share = float(f"{value / size:.1e}")
    text = f"{share:,.0f}" if 10 <= share < 1e5 else number(share, 2)
    return f"{text} {name}"


def _bytes(value: float) -> str:
    return _in_units(value, ((_PIB, "PiB"), (_TIB, "TiB"), (_GIB, "GiB"), (_MIB, "MiB"), (_KIB, "KiB")))


def _seconds(value: float) -> str:
    units = ((_YEAR, "years"), (_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "min"), (1.0, "s"), (1e-3, "ms"))
    return _in_units(value, (*units, (1e-6, "µs")))


def _axes(panel: int) -> dict[str, str]:
    suffix = "" if panel == 0 else str(panel + 1)
    return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}


def _line(panel: int, row: int, value: float, words: str) -> dict[str, Any]:
    """Return a line from the left edge to the value, its words behind it."""
    style = _STYLES[row]
    return {
        "type": "scatter",
        "x": [10 ** _PANELS[panel][1][0], value],
        "y": [2 - row, 2 - row],
        **_axes(panel),
        "mode": "lines+markers+text",
        "line": {"color": style.colour, "width": 5, "dash": style.dash},
        "marker": {"color": style.colour, "size": [0, 11], "symbol": style.symbol, "opacity": 1},
        "text": ["", f"\u2002{words}"],
        "textposition": "middle right",
        "textfont": {"color": TEXT.colour},
        "cliponaxis": False,
        "name": _ROWS[row],
        "showlegend": False,
        "hovertemplate": f"{_ROWS[row]}: %{{text}}<extra></extra>",
    }


@functools.cache
def _layout() -> dict[str, Any]:
    axes: dict[str, Any] = {}
    notes = []
    for panel, ((name, reach, ticks, words), top) in enumerate(zip(_PANELS, _TOPS, strict=True)):
        suffix = "" if panel == 0 else str(panel + 1)
        axes[f"xaxis{suffix}"] = axis(
            "", type="log", range=list(reach), tickvals=list(ticks), ticktext=list(words), anchor=f"y{suffix}"
        )
        axes[f"yaxis{suffix}"] = axis(
            "",
            range=[-0.6, 2.6],
            domain=[top - _HEIGHT - 0.04, top - 0.04],
            tickvals=[2, 1, 0],
            ticktext=list(_ROWS),
            showgrid=False,
            zeroline=False,
            anchor=f"x{suffix}",
        )
        notes.append(heading(name, top) | {"x": 0, "yanchor": "middle"})
    return layout(520, annotations=notes, margin={"l": 52, "r": 12, "t": 16, "b": 32}, **axes)
