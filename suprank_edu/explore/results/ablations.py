"""Explorer: one setting of the papers changed at a time: what it does to a metric, and whether that can be told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from suprank_edu._checks import check_one_of
from suprank_edu.explore.drawing.palette import AXIS, CLEAR, RELATED, SUPRANK, axis, layout, unmarked_axis
from suprank_edu.explore.drawing.traces import QUIET, ring, seeds, words
from suprank_edu.explore.drawing.words import fixed
from suprank_edu.explore.engine.controls import Choice
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.explore.results.ablations_evidence import METRICS, VARIED, Ablations, Varied
from suprank_edu.training.study import NAMES

_MOST = 6  # values of a setting
_LOSSES = 2  # that a setting is varied on
_VERDICTS = {"supported": "higher", "contradicted": "lower", "not told apart": "not told apart"}
_SPREAD_OUT = (-0.45, _MOST - 0.55)


def ablations(results: Path, setting: str = "τ, temperature of the step", metric: str = "mAP@R") -> Explorer:
    """Return the explorer of the papers' settings, each changed alone, on the photographs of Groceries.

    The height of the figure is the same for all settings of a metric, so that a setting that does little looks so.
    Verdicts on the difference from the published value are over seeds and classes, and hold for everything that the
    explorer offers at once; where the metrics of each query are not there (outside of a clone), it says none.

    Args:
        results: the folder of all results, `book/results`.
        setting: the one of `VARIED` that is shown at first.
        metric: the one of `METRICS` that is shown at first.

    Returns:
        An `Explorer` with the setting and the metric.

    Raises:
        ValueError: a setting or a metric that there is not.
        FileNotFoundError: runs are missing.

    Example:
        >>> from suprank_edu.training.study import results_folder
        >>> shown = ablations(results_folder("groceries").parent)
        >>> print(shown.readout(setting="α of the levels", metric="mAP@R").split("\\n")[0])
        mAP@R of Sup-H-AP; 0: 0.396, 0.5: 0.404, 1: 0.411, 2: 0.422, 4: 0.437.
    """
    check_one_of("setting", setting, VARIED)
    check_one_of("metric", metric, METRICS)
    data = Ablations(results)
    made = _layout()

    def describe(setting: str, metric: str) -> Description:
        return {"data": _traces(data, VARIED[setting], metric), "layout": made}

    def readout(setting: str, metric: str) -> str:
        return _words(data, VARIED[setting], metric)

    return Explorer(
        FigureFunction(describe),
        [
            Choice("setting", "What is changed", tuple(VARIED), setting),
            Choice("metric", "Metric", tuple(METRICS), metric),
        ],
        title="One setting changed at a time",
        alt=(
            "The values of the chosen setting from left to right, and the chosen metric upwards: a small dot for every "
            "seed, a large mark at their mean with its 95 % interval, and a ring around the published value. Circles "
            "are the first loss, squares the second, where two were varied. A dotted line is the best of all losses "
            "as published. The height of the panel is the same for every setting."
        ),
        readout=readout,
    )


def _places(count: int) -> list[float]:
    """Return where so many values stand: as far apart as the panel allows."""
    return [i * (_MOST - 1) / (count - 1) for i in range(count)]


def _traces(data: Ablations, varied: Varied, metric: str) -> list[dict[str, Any]]:
    labels = list(next(iter(varied.losses.values())))
    places = _places(len(labels))
    low, high = data.span(metric)
    best_loss, best = data.best(metric)
    ends = [min(low, best), max(high, best)]  # drawn in no colour: they hold the height of the panel
    bounds = {"x": [places[0]] * 2, "y": ends, "mode": "markers", "marker": {"color": CLEAR}} | QUIET
    line = {
        "x": list(_SPREAD_OUT),
        "y": [best, best],
        "mode": "lines",
        "line": {"color": AXIS.colour, "width": 2, "dash": "dot"},
        "name": f"best as published: {NAMES[best_loss]}",
        "hoverinfo": "skip",
    }
    points = [
        (place, value)
        for values in varied.losses.values()
        for place, loss in zip(places, values.values(), strict=True)
        for value in data.values(loss, metric)
    ]
    dots = seeds(points, metric="y")
    means = [_means(data, varied, place, places, metric) for place in range(_LOSSES)]
    at = places[labels.index(varied.published)]
    published = [data.interval(values[varied.published], metric).mean for values in varied.losses.values()]
    around = ring(at, 0.0, 20, 2, "published") | {"x": [at] * len(published), "y": published}
    below = words(places, [0.5] * len(labels), labels, "middle center", yaxis="y2")
    return [*({"type": "scatter"} | each for each in (bounds, line)), dots, *means, around, below]


def _means(data: Ablations, varied: Varied, which: int, places: list[float], metric: str) -> dict[str, Any]:
    """Return the means of the first or the second loss with their intervals; nothing where there is no second."""
    style = (SUPRANK, RELATED)[which]
    there = which < len(varied.losses)
    name, values = [*varied.losses.items()][which] if there else ("", {})
    found = [data.interval(loss, metric) for loss in values.values()]
    return {
        "type": "scatter",
        "x": places if there else [],
        "y": [each.mean for each in found],
        "mode": "lines+markers",
        "line": {"color": style.colour, "width": 1.5},
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 11},
        "error_y": {
            "type": "data",
            "array": [each.half for each in found],
            "color": style.colour,
            "thickness": 3,
            "width": 0,
        },
        "name": name,
        "showlegend": there,
        "hovertext": [f"{name}, {label}: {each}" for label, each in zip(values, found, strict=True)],
        "hoverinfo": "text",
    }


def _words(data: Ablations, varied: Varied, metric: str) -> str:
    lines = []
    for name, values in varied.losses.items():
        means = {label: data.interval(loss, metric).mean for label, loss in values.items()}
        lines.append(f"{metric} of {name}; {', '.join(f'{label}: {fixed(mean, 3)}' for label, mean in means.items())}.")
        span = max(means.values()) - min(means.values())
        lines.append(f"{_against(data, values, varied.published, metric)} The means span {fixed(span, 3)}.")
    return "\n".join(lines)


def _against(data: Ablations, values: Mapping[str, str], published: str, metric: str) -> str:
    """Say which values are told apart from the published one, and by how much."""
    said = {}
    for label, loss in values.items():
        finding = None if label == published else data.findings[loss, metric]
        if finding is not None and finding.word in ("supported", "contradicted"):
            low, high = finding.interval
            ends = f"{fixed(low, 3)} to {fixed(high, 3)}"
            said[label] = f"{label} is {_VERDICTS[finding.word]} by {fixed(abs(finding.difference), 3)} ({ends})"
    others = [label for label in values if label != published and label not in said]
    if any(data.findings[loss, metric].word == "not run" for label, loss in values.items() if label != published):
        return "Verdicts need the metrics of each query, which a clone has."
    told = f"Against {published}: {'; '.join(said.values())}." if said else ""
    rest = f"Not told apart from {published}: {', '.join(others)}." if others else ""
    return f"{told} {rest}".strip()


def _layout() -> dict[str, Any]:
    return layout(
        400,
        xaxis=unmarked_axis(_SPREAD_OUT),
        yaxis=axis("", domain=[0.1, 1.0], autorange=True, zeroline=False, nticks=6),
        yaxis2=unmarked_axis((0, 1), domain=[0.0, 0.08], visible=False),
        margin={"l": 42, "r": 12, "t": 12, "b": 8},
    )
