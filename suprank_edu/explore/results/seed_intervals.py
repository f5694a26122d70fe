"""Explorer: a table of results as dots: every seed of every loss, with the mean and its 95 % interval, sorted."""

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from suprank_edu._checks import alternatives
from suprank_edu.explore.drawing.palette import EXACT, RIVAL, SMOOTH, SUPRANK, Style, axis, layout, unmarked_axis
from suprank_edu.explore.drawing.traces import seeds, words
from suprank_edu.explore.drawing.words import fixed, pluralise, untagged
from suprank_edu.explore.engine.controls import Choice
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.training.study import NAMES, Interval, runs_by_loss, value_of

COLUMNS = {
    "R@1": "R@1/column0",
    "mAP@R": "mAP@R/column0",
    "H-AP": "H-AP",
    "NDCG": "NDCG",
    "ASI": "ASI",
    "share of mild mistakes": "mild",
    "gap, training classes": "gap/train",
    "gap, unseen classes": "gap/test",
}
"""What is offered, and the column of `suprank_edu.training.study.results.value_of`; of a gap, less is better."""

FAMILIES: dict[str, Style] = {"SupRank": SUPRANK, "with pairs or proxies": EXACT, "Smooth": SMOOTH, "others": RIVAL}
"""Kinds of losses, each with its colour and mark."""

_SUMS = ("roadmap", "road-", "happier")
_FEWEST = 3  # with two seeds the interval is thirteen times as wide as they lie apart: it would hide all others
_ROW = 25  # pixels


class Row(NamedTuple):
    """One loss: its name and family, the values of its seeds in the order of seeds, and their interval."""

    name: str
    family: str
    values: tuple[float, ...]
    interval: Interval


def family(loss: str) -> str:
    """Return the kind of a loss by its name in `LOSSES`.

    Example:
        >>> family("sup-ap"), family("happier"), family("smooth-ndcg"), family("triplet")
        ('SupRank', 'with pairs or proxies', 'Smooth', 'others')
    """
    if loss.startswith(_SUMS):
        return "with pairs or proxies"
    return "SupRank" if loss.startswith("sup-") else "Smooth" if loss.startswith("smooth-") else "others"


def sorted_rows(results: Sequence[dict[str, Any]], metric: str) -> list[Row]:
    """Return a row for each loss with test runs, the best first.

    Args:
        results: what `suprank_edu.training.study.results.load_results` returns.
        metric: one of `COLUMNS`.
    """
    rows = []
    for loss, runs in runs_by_loss(results).items():
        values = tuple(value_of(run, COLUMNS[metric]) for run in runs)
        rows.append(Row(NAMES[loss], family(loss), values, Interval.of(values)))
    sign = 1 if metric.startswith("gap") else -1
    return sorted(rows, key=lambda row: sign * row.interval.mean)


def seed_intervals(sets: Mapping[str, Sequence[dict[str, Any]]], metric: str = "mAP@R") -> Explorer:
    """Return the explorer of tables of results: a set, a metric, and every loss with its seeds, mean and 95 % interval.

    Args:
        sets: by the name of a data set what `suprank_edu.training.study.results.load_results` returns; the first is
            shown at first. Two or more.
        metric: the one of `COLUMNS` that is shown at first; those that all runs of all sets have can be chosen.

    Returns:
        An `Explorer` with the set and the metric.

    Raises:
        ValueError: fewer than two sets, fewer than two losses of one have test runs, or not all of them have `metric`.

    Example:
        >>> run = {"on": "test", "seed": 0, "metrics": dict.fromkeys(COLUMNS.values(), 0.5), "mild": 0.5, "gap": {}}
        >>> other = run | {"loss": "triplet", "metrics": {"H-AP": 0.4}}
        >>> runs = [run | {"loss": "sup-ap"}, other]
        >>> shown = seed_intervals({"a set": runs, "another": runs}, "H-AP")
        >>> shown.readout(name="a set", metric="H-AP").split("\\n")[0]
        'Highest H-AP: Sup-AP, 0.500 (1 seed). Lowest: triplet, 0.400 (1 seed).'
    """
    if len(sets) < 2:
        raise ValueError(f"`sets`: got {len(sets)}, expected two or more, to choose from")
    counts = {name: len(runs_by_loss(results)) for name, results in sets.items()}
    few = [name for name, count in counts.items() if count < 2]
    if few:
        raise ValueError(f"`sets`: got test runs of {counts[few[0]]} losses in {few[0]!r}, expected two or more")
    every = [run for results in sets.values() for run in results]
    metrics = tuple(name for name, column in COLUMNS.items() if _all_have(every, column))
    if metric not in metrics:
        raise ValueError(f"`metric`: got {metric!r}, expected {alternatives(metrics)}, which all runs have")
    rows = functools.cache(lambda name, metric: sorted_rows(sets[name], metric))
    most = max(counts.values())
    made = _layout(most)

    def describe(name: str, metric: str) -> Description:
        return {"data": _traces(rows(name, metric)), "layout": made}

    def readout(name: str, metric: str) -> str:
        return _words(rows(name, metric), metric)

    chosen = next(iter(sets))
    return Explorer(
        FigureFunction(describe),
        [Choice("name", "Set", tuple(sets), chosen), Choice("metric", "Metric", metrics, metric)],
        title="All losses, all seeds",
        alt=(
            f"One row for each of {most} losses, the best above: a small dot for every seed, and a large mark at "
            "their mean, whose shape tells the kind of loss. A bar gives the 95 % interval of the mean, where there "
            "are three seeds or more; a star marks losses with fewer. The order changes with the metric."
        ),
        readout=readout,
    )


def _all_have(results: Sequence[dict[str, Any]], column: str) -> bool:
    try:
        return all(math.isfinite(value_of(run, column)) for runs in runs_by_loss(results).values() for run in runs)
    except KeyError:
        return False


def _traces(rows: list[Row]) -> list[dict[str, Any]]:
    dots = seeds([(value, place) for place, row in enumerate(rows) for value in row.values], metric="x")
    names = [untagged(row.name if len(row.values) >= _FEWEST else f"{row.name} *") for row in rows]
    beside = words([1.0] * len(rows), list(range(len(rows))), names, "middle left", xaxis="x2")
    return [dots, *(_means(rows, kind, style) for kind, style in FAMILIES.items()), beside]


def _means(rows: list[Row], kind: str, style: Style) -> dict[str, Any]:
    """Return the means of one family with their intervals."""
    own = [(place, row) for place, row in enumerate(rows) if row.family == kind]
    return {
        "type": "scatter",
        "x": [row.interval.mean for _, row in own],
        "y": [place for place, _ in own],
        "mode": "markers",
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 11},
        "error_x": {
            "type": "data",
            "array": [row.interval.half if len(row.values) >= _FEWEST else 0.0 for _, row in own],
            "color": style.colour,
            "thickness": 3,
            "width": 0,
        },
        "name": kind,
        "hovertext": [f"{untagged(row.name)}: {row.interval}" for _, row in own],
        "hoverinfo": "text",
    }


def _words(rows: list[Row], metric: str) -> str:
    best, worst = rows[0], rows[-1]
    low, high = ("Lowest", "highest") if metric.startswith("gap") else ("Highest", "lowest")
    lines = [f"{low} {metric}: {_said(best)}. {high.capitalize()}: {_said(worst)}."]
    close = [row for row in rows[1:] if _overlap(row, best)]
    sure = [row for row in rows[1:] if len(row.values) >= _FEWEST]
    if len(best.values) >= _FEWEST and sure:
        lines.append(f"The bars of {len(close)} of {len(sure)} other losses overlap that of {best.name}.")
    if len(sure) < len(rows) - 1:
        lines.append("* two seeds or one: no interval is drawn.")
    return "\n".join(lines)


def _said(row: Row) -> str:
    count = len(row.values)
    if count < _FEWEST:
        return f"{row.name}, {fixed(row.interval.mean, 3)} ({pluralise(count, 'seed')})"
    return f"{row.name}, {row.interval}"


def _overlap(row: Row, best: Row) -> bool:
    if len(row.values) < _FEWEST or math.isnan(row.interval.half):
        return False
    return abs(row.interval.mean - best.interval.mean) <= row.interval.half + best.interval.half


def _layout(count: int) -> dict[str, Any]:
    return layout(
        _ROW * count + 110,
        xaxis=axis("", domain=[0.46, 1.0], autorange=True, zeroline=False, nticks=6),
        xaxis2=axis("", domain=[0.0, 0.45], range=[0, 1], visible=False, anchor="y"),
        yaxis=unmarked_axis((count - 0.4, -0.6)),
        margin={"l": 6, "r": 14, "t": 12, "b": 34},
    )
