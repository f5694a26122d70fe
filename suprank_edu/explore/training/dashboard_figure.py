"""What the training dashboard shows: curves of each run over its steps, one panel under the other."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suprank_edu.explore.drawing.palette import EXACT, RIVAL, SMOOTH, SUPRANK, Style, axis, heading, layout
from suprank_edu.explore.drawing.words import untagged
from suprank_edu.explore.engine.figures import Description

STYLES = (SUPRANK, RIVAL, SMOOTH, EXACT)
LOSS, LEARNING_RATE, SPEED = "loss", "learning rate", "images a second"
MOST_POINTS = 400
"""Points drawn of one curve, so that a long run is drawn as fast as a short one."""


@dataclass
class Curves:
    """One run so far.

    Attributes:
        steps: how many steps it is to take.
        batch_size: images a step.
        monitor: the metric that decides which weights are best, or None.
        history: one entry a step, as `suprank_edu.training.FitResult` keeps it.
        evaluations: one entry an evaluation.
        ended: whether it trains no more, after all its steps or before.
    """

    steps: int
    batch_size: int
    monitor: str | None
    history: list[dict[str, float]] = field(default_factory=list)
    evaluations: list[dict[str, float]] = field(default_factory=list)
    ended: bool = False


def metrics_of(runs: Mapping[str, Curves]) -> list[str]:
    """Return the metrics that any run evaluates, those first that decide which weights are best."""
    watched = [run.monitor for run in runs.values() if run.monitor]
    found = [name for run in runs.values() for entry in run.evaluations[:1] for name in entry if name != "step"]
    return list(dict.fromkeys([*watched, *found]))


def describe(runs: Mapping[str, Curves], metric: str | None, smooth: int, named: bool = True) -> Description:
    """Return the figure of the runs: loss, the metric where there is one, learning rate, images a second.

    Args:
        runs: one to four, by name.
        metric: the metric to show, or None for no panel of it.
        smooth: steps over which the loss and the speed are averaged.
        named: write the metric's name on its panel.
    """
    panels = [LOSS, *([] if metric is None else [metric]), LEARNING_RATE, SPEED]
    traces = []
    for (name, run), style in zip(runs.items(), STYLES, strict=False):
        for place, panel in enumerate(panels, 1):
            x, y = _evaluated(run, panel) if panel == metric else _curve(run, panel, smooth)
            traces.append(_trace(name, style, place, x, y, panel == metric))
    titles = ["evaluation" if panel == metric and not named else panel for panel in panels]
    return {"data": traces, "layout": _layout(titles, max(run.steps for run in runs.values()))}


def tell(name: str, run: Curves, metric: str | None, smooth: int) -> str:
    """Return one line on a run: how far it is, and its newest numbers.

    Example:
        >>> history = [{"step": s, "loss": 1 / s, "lr": 0.01, "seconds": s / 2} for s in (1, 2)]
        >>> tell("mine", Curves(4, 32, None, history), None, smooth=1)
        'mine: step 2 of 4 · loss 0.500 · learning rate 0.01 · 64 images a second · 1 s left'
    """
    if not run.history:
        return f"{name}: begins"
    now = run.history[-1]
    done, seconds = int(now["step"]), now["seconds"]
    losses = moving_mean([entry["loss"] for entry in run.history[-smooth:]], smooth)
    speed = _speeds(run, smooth)[-1]
    parts = [f"step {done} of {run.steps}", f"loss {losses[-1]:.3f}", f"learning rate {now['lr']:.3g}"]
    parts.append(f"{speed:.0f} images a second")
    if run.ended:
        parts.append(f"{'stopped' if done < run.steps else 'done'} after {_duration(seconds)}")
    else:
        parts.append(f"{_duration((run.steps - done) * run.batch_size / speed)} left")
    if metric is not None and run.evaluations and metric in run.evaluations[-1]:
        parts.append(f"{metric} {_and_best(run.evaluations, metric)}")
    return f"{name}: {' · '.join(parts)}"


def _and_best(evaluations: Sequence[Mapping[str, float]], metric: str) -> str:
    """Return the newest value of a metric and the best; one that is no number is never the best."""
    newest = evaluations[-1][metric]
    told = "not a number" if math.isnan(newest) else f"{newest:.3f}"
    numbers = [entry for entry in evaluations if not math.isnan(entry[metric])]
    if not numbers:
        return told
    best = max(numbers, key=lambda entry: entry[metric])
    return f"{told}, best {best[metric]:.3f} at step {best['step']:.0f}"


def moving_mean(values: Sequence[float], window: int) -> list[float]:
    """Return for each value the mean of it and up to `window - 1` before it.

    Example:
        >>> moving_mean([1.0, 3.0, 5.0], 2)
        [1.0, 2.0, 4.0]
    """
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])  # (N + 1,)
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(0, ends - window)
    return [float(mean) for mean in (sums[ends] - sums[starts]) / (ends - starts)]


def _curve(run: Curves, panel: str, smooth: int) -> tuple[list[float], list[float]]:
    if panel == LOSS:
        values = moving_mean([entry["loss"] for entry in run.history], smooth)
    elif panel == LEARNING_RATE:
        values = [entry["lr"] for entry in run.history]
    else:
        values = _speeds(run, smooth).tolist()
    kept = _kept(len(values))
    return [run.history[at]["step"] for at in kept], [float(f"{values[at]:.4g}") for at in kept]


def _evaluated(run: Curves, metric: str) -> tuple[list[float], list[float]]:
    entries = [entry for entry in run.evaluations if metric in entry]
    return [entry["step"] for entry in entries], [float(f"{entry[metric]:.4g}") for entry in entries]


def _speeds(run: Curves, window: int) -> NDArray[np.float64]:
    """Return for each step the images a second over it and up to `window - 1` before it, evaluations included."""
    seconds = np.array([0.0, *(entry["seconds"] for entry in run.history)])  # (N + 1,)
    ends = np.arange(1, len(seconds))
    starts = np.maximum(0, ends - window)
    speeds: NDArray[np.float64] = run.batch_size * (ends - starts) / np.maximum(seconds[ends] - seconds[starts], 1e-9)
    return speeds


def _kept(count: int) -> range:
    """Return at most `MOST_POINTS` positions, evenly spaced, the last one among them."""
    stride = -(-count // MOST_POINTS) or 1
    return range((count - 1) % stride, count, stride)


def _trace(name: str, style: Style, place: int, x: list[float], y: list[float], marks: bool) -> dict[str, Any]:
    shown = untagged(name)  # plotly reads tags in names
    return {
        "type": "scatter",
        "mode": "lines+markers" if marks else "lines",
        "name": shown,
        "legendgroup": shown,
        "showlegend": place == 1,
        "x": x,
        "y": y,
        "xaxis": "x",
        "yaxis": "y" if place == 1 else f"y{place}",
        "cliponaxis": not marks,  # a mark on the edge is shown whole
        "line": {"color": style.colour, "dash": style.dash, "width": 2},
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 7},
        "hovertemplate": "step %{x}: %{y:.4g}<extra>" + shown + "</extra>",
    }


def _layout(panels: list[str], steps: int) -> dict[str, Any]:
    """Return the panels under one another, over one axis of steps; the loss is twice as high as the others."""
    heights = [2.0, *[1.0] * (len(panels) - 1)]
    gap = 0.09  # room for the name of a panel, above it
    unit = (1 - gap * (len(panels) - 1)) / sum(heights)
    axes: dict[str, Any] = {"xaxis": axis("step", range=[0, 1.01 * steps], anchor=f"y{len(panels)}")}
    annotations, top = [], 1.0
    for place, (panel, height) in enumerate(zip(panels, heights, strict=True), 1):
        bottom = max(0.0, top - height * unit)
        domain = [round(bottom, 4), round(top, 4)]
        mode = "normal" if place > 1 and panel not in (LEARNING_RATE, SPEED) else "tozero"
        axes["yaxis" if place == 1 else f"yaxis{place}"] = axis("", domain=domain, rangemode=mode, nticks=4)
        annotations.append(heading(panel, round(top, 4)) | {"x": 0, "yanchor": "bottom"})
        top = bottom - gap
    made = layout(180 + 100 * len(panels), **axes, annotations=annotations, showlegend=True)
    return made | {"legend": made["legend"] | {"y": 1.07}}


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
