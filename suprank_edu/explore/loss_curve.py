"""Loss curves: live while a network trains, and as a figure of finished runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from suprank_edu.explore.explorer import Explorer, is_static, show_figure
from suprank_edu.explore.palette import RIVAL, SMOOTH, SUPRANK, axis, layout

_STYLES = (SUPRANK, RIVAL, SMOOTH)


def loss_curves(histories: Mapping[str, Sequence[Mapping[str, float]]], smooth: int = 10) -> Explorer:
    """Show the loss of each run over its steps, the mean of the last ``smooth`` steps.

    Args:
        histories: name of the run → its history, as :class:`suprank_edu.training.FitResult` keeps it.
        smooth: steps averaged; 1 shows every step.

    Raises:
        ValueError: no run, more than three, a run without steps, or ``smooth`` below 1.

    Example:
        >>> history = [{"step": 1, "loss": 0.9}, {"step": 2, "loss": 0.7}]
        >>> loss_curves({"Sup-AP": history})
        Explorer('Loss while training', controls=[])
    """
    if not 1 <= len(histories) <= len(_STYLES):
        raise ValueError(f"`histories`: got {len(histories)} runs, expected 1 to {len(_STYLES)}")
    if smooth < 1:
        raise ValueError(f"`smooth`: got {smooth}, expected at least 1")
    traces, words = [], []
    for (name, history), style in zip(histories.items(), _STYLES, strict=False):
        if not history:
            raise ValueError(f"`histories`: got no step in the run {name!r}, expected at least one")
        losses = moving_mean([entry["loss"] for entry in history], smooth)
        traces.append(_trace(name, style, [entry["step"] for entry in history], losses))
        words.append(f"{name} goes from {losses[0]:.2f} to {losses[-1]:.2f} in {len(losses)} steps")
    figure = {"data": traces, "layout": _layout()}
    return show_figure(figure, "Loss while training", f"The loss of each run over its steps. {'; '.join(words)}.")


class LiveLossCurve:
    """A callback for ``fit`` that draws the loss as training goes; silent under ``SUPRANK_EDU_STATIC=1``.

    Args:
        name: what the curve is called.
        every: steps between two drawings.
        smooth: steps averaged.

    Raises:
        ValueError: ``every`` or ``smooth`` is below 1.

    Example:
        >>> curve = LiveLossCurve("Sup-AP", every=1, smooth=1)
        >>> curve(1, {"loss": 0.9})
        >>> curve.steps, curve.losses
        ([1], [0.9])
    """

    def __init__(self, name: str, every: int = 10, smooth: int = 10) -> None:
        if every < 1 or smooth < 1:
            raise ValueError(f"`every`, `smooth`: got {every} and {smooth}, expected at least 1")
        self.name, self.every, self.smooth = name, every, smooth
        self.steps: list[int] = []
        self.losses: list[float] = []
        self._widget: Any = None

    def __call__(self, step: int, metrics: Mapping[str, float]) -> None:
        """Take the metrics of one step, and draw every ``every`` steps."""
        self.steps.append(step)
        self.losses.append(metrics["loss"])
        if not is_static() and in_notebook() and step % self.every == 0:
            self._draw()

    def _draw(self) -> None:
        if self._widget is None:
            import plotly.graph_objects as go
            from IPython.display import display

            self._widget = go.FigureWidget({"data": [_trace(self.name, SUPRANK, [], [])], "layout": _layout()})
            display(self._widget)
        with self._widget.batch_update():
            self._widget.data[0].x = self.steps
            self._widget.data[0].y = moving_mean(self.losses, self.smooth)


def in_notebook() -> bool:
    """Return whether a notebook's kernel runs this code, so that something can be displayed."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def moving_mean(values: Sequence[float], window: int) -> list[float]:
    """Return for each value the mean of it and up to ``window - 1`` before it.

    Example:
        >>> moving_mean([1.0, 3.0, 5.0], 2)
        [1.0, 2.0, 4.0]
    """
    recent = [values[max(0, end - window) : end] for end in range(1, len(values) + 1)]
    return [sum(part) / len(part) for part in recent]


def _trace(name: str, style: Any, steps: Sequence[float], losses: Sequence[float]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(steps),
        "y": [round(loss, 4) for loss in losses],
        "line": {"color": style.colour, "dash": style.dash, "width": 2},
        "hovertemplate": "step %{x}: %{y:.3f}",
    }


def _layout() -> dict[str, Any]:
    return layout(320, xaxis=axis("step"), yaxis=axis("loss", rangemode="tozero"), showlegend=True)
