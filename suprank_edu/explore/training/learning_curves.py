"""Explorer: the loss of every batch over the training, one loss in front of all others."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from suprank_edu._checks import check_one_of
from suprank_edu.explore.drawing.palette import AXIS, SUPRANK, axis, layout
from suprank_edu.explore.drawing.traces import QUIET
from suprank_edu.explore.drawing.words import fixed, pluralise
from suprank_edu.explore.engine.controls import Choice
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.training.study import NAMES, runs_by_loss

Array = np.ndarray[Any, Any]
_WINDOW = 3  # recorded steps that are averaged: a batch is easy or hard by chance


def shares(results: Sequence[dict[str, Any]]) -> dict[str, Array]:
    """Return for each loss, in the order of `NAMES`, `(seeds, steps)`: batches' losses as shares of the first.

    Args:
        results: what `suprank_edu.training.study.results.load_results` returns; only test runs count.
    """
    of_loss = runs_by_loss(results)
    return {NAMES[loss]: np.stack([_share(run) for run in of_loss[loss]]) for loss in NAMES if loss in of_loss}


def _share(run: dict[str, Any]) -> Array:
    values = np.array([value for _, value in run["curve"]])
    smooth = np.convolve(values, np.ones(_WINDOW) / _WINDOW, mode="valid")
    share: Array = smooth / smooth[0]
    return share


def learning_curves(results: Sequence[dict[str, Any]], loss: str) -> Explorer:
    """Return the explorer of learning curves, each a share of its own beginning, for losses differ in their units.

    Args:
        results: what `suprank_edu.training.study.results.load_results` returns; all runs of as many steps.
        loss: the name, as in `suprank_edu.training.study.named_losses.NAMES`, that stands in front at first.

    Returns:
        An `Explorer` with the loss in front.

    Raises:
        ValueError: fewer than two losses have test runs, `loss` is none of them, or their steps differ.
    """
    steps = _steps(results)
    curves = shares(results)
    if len(curves) < 2:
        raise ValueError(f"`results`: got test runs of {len(curves)} losses, expected two or more")
    check_one_of("loss", loss, curves)
    middle = steps[_WINDOW // 2 : len(steps) - _WINDOW // 2]
    behind = [_line(middle, values.mean(axis=0), AXIS.colour, 1.2, 0.5) for values in curves.values()]
    most = max(len(values) for values in curves.values())
    made = _layout(int(steps[-1]))

    @functools.cache
    def front(loss: str) -> list[dict[str, Any]]:
        values = curves[loss]
        rows = [values[seed] if seed < len(values) else np.full(len(middle), np.nan) for seed in range(most)]
        seeds = [_line(middle, row, SUPRANK.colour, 1, 0.6) for row in rows]
        return [*seeds, _line(middle, values.mean(axis=0), SUPRANK.colour, 4, 1)]

    def describe(loss: str) -> Description:
        return {"data": [*behind, *front(loss)], "layout": made}

    def readout(loss: str) -> str:
        last = curves[loss][:, -1]
        mean, low, high = (fixed(float(value), 2) for value in (last.mean(), last.min(), last.max()))
        seeds = pluralise(len(last), "seed")
        return f"{loss}, {seeds}: at the end {mean} of the beginning, from {low} to {high} by seed."

    return Explorer(
        FigureFunction(describe),
        [Choice("loss", "In front", tuple(curves), loss)],
        title="Learning curves, each a share of its own beginning",
        alt=(
            f"The loss of the batches over {steps[-1]} steps, divided by where it began, for {len(curves)} losses: "
            "thin grey lines for the means of all, the chosen one in front as a thick line with a thin line for each "
            "seed. Losses have units of their own: how deep one falls says nothing of how well its network retrieves."
        ),
        readout=readout,
    )


def _steps(results: Sequence[dict[str, Any]]) -> Array:
    """Return the recorded steps, or raise unless all test runs have the same, as many as are averaged or more."""
    of_runs = {tuple(step for step, _ in run["curve"]) for run in results if run["on"] == "test"}
    if len(of_runs) > 1:
        raise ValueError("`results`: got test runs recorded at different steps, expected the same for all")
    steps = np.array([step for steps in of_runs for step in steps])
    if of_runs and len(steps) < _WINDOW:
        raise ValueError(f"`results`: got {len(steps)} recorded steps, expected {_WINDOW} or more")
    return steps


def _line(steps: Array, values: Array, colour: str, width: float, opacity: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": steps,
        "y": np.round(values, 3),
        "mode": "lines",
        "line": {"color": colour, "width": width},
        "opacity": opacity,
        **QUIET,
    }


def _layout(steps: int) -> dict[str, Any]:
    return layout(
        340,
        xaxis=axis("step", range=[0, steps]),
        yaxis=axis("", range=[0, 1.3]),
        margin={"l": 36, "r": 12, "t": 12, "b": 44},
    )
