"""The training dashboard: curves that grow while a network trains, and the finished figure of all its runs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from suprank_edu._checks import check_count, check_number, check_text
from suprank_edu._progress import is_static
from suprank_edu.explore.engine.controls import Choice, Control, SelectionSlider
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import FigureFunction
from suprank_edu.explore.engine.live import LiveExplorer
from suprank_edu.explore.training.dashboard_figure import STYLES, Curves, describe, metrics_of, tell
from suprank_edu.training import FitResult, Recipe, TrainingLog
from suprank_edu.training.callbacks import evaluation_metrics

SHARE = 0.01
"""Of the time of training, what drawing may take at most."""

TITLE = "Training, step by step"


class Dashboard:
    """Loss, evaluations, learning rate and speed of one to four runs, live in a notebook while they train.

    `fit(..., callbacks=[dashboard.run("Sup-AP")])` draws the run over those before it. Drawing waits until it
    takes less than a hundredth of the time of training. Under `SUPRANK_EDU_STATIC=1` the cell shows the finished
    figure instead, and in a script nothing is shown. The dashboard itself, as the last line of a cell, is an explorer
    of what it has seen.

    Args:
        every: seconds between two drawings, at least.
        smooth: steps over which the loss and the speed are averaged while training.

    Raises:
        ValueError: `every` is negative or not finite, or `smooth` is no integer of at least 1.

    Example:
        >>> from suprank_edu.data import read
        >>> from suprank_edu.losses import SupAPLoss
        >>> from suprank_edu.training import fit
        >>> recipe = Recipe(steps=2, batch_size=16, image_size=16, channels=(8, 8))
        >>> dashboard = Dashboard()
        >>> mine = dashboard.run("Sup-AP")
        >>> result = fit(recipe, read("standin"), SupAPLoss(), callbacks=[mine], device="cpu", progress=False)
        >>> dashboard.explorer()
        Explorer('Training, step by step', controls=['smooth'])
    """

    def __init__(self, every: float = 1.0, smooth: int = 10) -> None:
        check_number("every", every, minimum=0)
        check_count("smooth", smooth)
        self.every, self.smooth = every, smooth
        self.runs: dict[str, Curves] = {}

    def run(self, name: str) -> WatchedRun:
        """Return a callback for `fit` that shows its run as `name`; a run of that name before it is forgotten."""
        return WatchedRun(self, _checked(name))

    def add(self, name: str, recipe: Recipe, result: FitResult) -> None:
        """Take a finished run that was not watched.

        Raises:
            ValueError: an empty name, or a fifth run.
        """
        size = recipe.steps, recipe.batch_size
        self.put(_checked(name), Curves(*size, None, result.history, result.evaluations, ended=True))

    def put(self, name: str, run: Curves) -> None:
        """Keep a run under its name, at the end; that many runs can be told apart.

        Raises:
            ValueError: a fifth run.
        """
        self.runs.pop(name, None)
        if len(self.runs) == len(STYLES):
            raise ValueError(f"`name`: got a run number {len(STYLES) + 1}, {name!r}, expected at most {len(STYLES)}")
        self.runs[name] = run

    def explorer(self) -> Explorer:
        """Return the figure of all runs, with the choice of the metric and of the steps averaged.

        Raises:
            ValueError: there is no run.
        """
        if not self.runs:
            raise ValueError("`run`: got no run yet, expected fit(..., callbacks=[dashboard.run(name)])")
        runs, metrics = dict(self.runs), metrics_of(self.runs)
        controls: list[Control] = []
        if len(metrics) > 1:
            controls.append(Choice("metric", "Evaluation", tuple(metrics), metrics[0]))
        steps = tuple(sorted({1, 3, 10, 30, self.smooth}))
        controls.append(SelectionSlider("smooth", "Steps averaged", steps, self.smooth))
        only = metrics[0] if len(metrics) == 1 else None

        def figure(smooth: int, metric: str | None = only) -> dict[str, Any]:
            return describe(runs, metric, smooth, named=len(metrics) == 1)

        def readout(smooth: int, metric: str | None = only) -> str:
            return "\n".join(tell(name, run, metric, smooth) for name, run in runs.items())

        shown = metrics[0] if metrics else None
        return Explorer(FigureFunction(figure), controls, TITLE, self._alt(readout(self.smooth, shown)), readout)

    def growing(self) -> LiveExplorer:
        """Return the widget of all runs, the last of which still trains; `draw()` brings it up to date."""
        metrics, smooth = metrics_of(self.runs), self.smooth
        metric, runs = metrics[0] if metrics else None, dict(self.runs)
        shown = Explorer(
            FigureFunction(lambda: describe(runs, metric, smooth)),
            [],
            TITLE,
            self._alt("The last of them still trains."),
            lambda: "\n".join(tell(name, run, metric, smooth) for name, run in runs.items()),
        )
        return LiveExplorer(shown, announce=False)

    def _alt(self, words: str) -> str:
        names = ", ".join(self.runs)
        return f"Loss, evaluations, learning rate and images a second over the steps, of the runs {names}. {words}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """Return what the explorer of all runs shows."""
        if not self.runs:
            return {"text/plain": repr(self)}
        return self.explorer()._repr_mimebundle_(include, exclude)

    def __repr__(self) -> str:
        return f"Dashboard(runs={list(self.runs)})"


class WatchedRun:
    """One run of a dashboard, an observer for `fit`; made by `Dashboard.run`.

    Args:
        dashboard: which shows it.
        name: what the run is called; plain text.
    """

    def __init__(self, dashboard: Dashboard, name: str) -> None:
        self.dashboard, self.name = dashboard, name
        self._curves = Curves(1, 1, None)
        self._live: LiveExplorer | None = None
        self._next = 0.0

    def start(self, recipe: Recipe, log: TrainingLog, monitor: str | None) -> None:
        """Show the dashboard with this run, which may go on from a checkpoint."""
        history, evaluations = list(log.history), list(log.evaluations)
        self._curves = Curves(recipe.steps, recipe.batch_size, monitor, history, evaluations)
        self.dashboard.put(self.name, self._curves)
        self._live = None
        if in_notebook() and not is_static():
            from IPython.display import display

            self._live = self.dashboard.growing()
            self._next = time.perf_counter() + self.dashboard.every
            display(self._live)

    def __call__(self, step: int, metrics: Mapping[str, float]) -> None:
        """Take the metrics of one step; draw when it is time."""
        of_step = {name: metrics[name] for name in ("loss", "lr", "seconds")}
        self._curves.history.append({"step": step} | of_step)
        if of_evaluation := evaluation_metrics(metrics):
            self._curves.evaluations.append({"step": step} | of_evaluation)
        if self._live is not None and time.perf_counter() >= self._next:
            self._draw(self._live)

    def close(self) -> None:
        """Draw the end, or the finished figure where outputs are stored."""
        self._curves.ended = True
        if self._live is not None:
            self._draw(self._live)
        elif in_notebook() and self._curves.history:
            from IPython.display import display

            display(self.dashboard)

    def _draw(self, live: LiveExplorer) -> None:
        start = time.perf_counter()
        live.draw()
        now = time.perf_counter()
        self._next = now + max(self.dashboard.every, (now - start) * (1 / SHARE - 1))


def in_notebook() -> bool:
    """Return whether a notebook's kernel runs this code, so that something can be displayed."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def _checked(name: str) -> str:
    check_text("name", name)
    return name.strip()
