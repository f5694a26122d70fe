"""The explorer with a kernel: ipywidgets controls and a plotly `FigureWidget`, only data sent at each move."""

from __future__ import annotations

import html
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from suprank_edu._extras import needs
from suprank_edu.explore.engine.controls import Choice, Control, Toggle, Value
from suprank_edu.explore.engine.figures import Description, describe

if TYPE_CHECKING:
    from suprank_edu.explore.engine.explorer import Explorer

_WIDGET = "application/vnd.jupyter.widget-view+json"
_HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"


class LiveExplorer:
    """The widgets of one explorer, wired to its figure function.

    Args:
        explorer: what to show.
        announce: read a changed readout out to those who do not see it.

    Attributes:
        box: the widget to display.
        figure: the `FigureWidget`.
        inputs: the control widgets by name; setting `.value` moves the explorer.
    """

    def __init__(self, explorer: Explorer, announce: bool = True) -> None:
        with needs("explore"):
            import ipywidgets
            import plotly.graph_objects as go

        from suprank_edu.explore.engine.drag_marks import DragMarks
        from suprank_edu.explore.engine.keys import KeepKeys
        from suprank_edu.explore.engine.theme import FollowTheme
        from suprank_edu.explore.engine.whole_figure import WholeFigure

        self.explorer = explorer
        self._polite = "polite" if announce else "off"
        self.inputs = {control.name: _input(control) for control in explorer.controls}
        self._shown = describe(explorer.figure, explorer.parameters)
        self.figure = WholeFigure(go.Figure(self._shown))
        self.text = ipywidgets.HTML(self._readout())
        self._busy = False
        for control in explorer.controls:
            self.inputs[control.name].observe(self._handler(control), names="value")
        helpers: list[Any] = [KeepKeys()]
        if explorer.drags:
            helpers.append(DragMarks(explorer, self._move))
        if self._shown["layout"].get("template") == {}:  # else its colours are not the palette's
            helpers.append(FollowTheme())
        self.box = ipywidgets.VBox([*self._head(ipywidgets), self.figure, self.text, *helpers])

    @property
    def parameters(self) -> dict[str, Value]:
        """The parameters that the controls stand at."""
        return {name: widget.value for name, widget in self.inputs.items()}

    def draw(self) -> None:
        """Bring the figure and the readout to the controls: assign what differs from what is shown, at once."""
        fresh = describe(self.explorer.figure, self.parameters)
        with self.figure.batch_update():
            for number, (new, old) in enumerate(zip(fresh["data"], self._shown["data"], strict=True)):
                for path, value in changes(new, old):
                    self.figure.data[number][path] = value
        self._shown = fresh
        self.text.value = self._readout()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """Return the widgets, and the alt text."""
        return mimebundle(self.box, f"{self.explorer.title}. {self.explorer.alt}")

    def reset(self, _button: Any = None) -> None:
        """Return every control to where it stood at first."""
        self._move(self.explorer.parameters)

    def _move(self, values: dict[str, Value]) -> None:
        """Set several controls and draw once."""
        self._busy = True
        try:
            for name, value in values.items():
                self.inputs[name].value = value
        finally:
            self._busy = False
        self.draw()

    def _handler(self, control: Control) -> Any:
        def moved(change: Any) -> None:
            if self._busy:
                return
            presets = control.presets if isinstance(control, Choice) else {}
            self._move(dict(presets.get(change["new"], {})))

        return moved

    def _head(self, ipywidgets: Any) -> list[Any]:
        explorer = self.explorer
        title = ipywidgets.HTML(
            f'<strong>{html.escape(explorer.title)}</strong><span style="{_HIDDEN}">{html.escape(explorer.alt)}</span>'
        )
        if not self.inputs:
            return [title]
        reset = ipywidgets.Button(description="Reset", layout={"width": "6rem"})
        reset.on_click(self.reset)
        row = {"flex_flow": "row wrap", "align_items": "center", "grid_gap": "0 1rem"}  # so that no label touches a box
        rows = ipywidgets.Box([*self.inputs.values(), reset], layout=row)
        return [title, rows]

    def _readout(self) -> str:
        lines = html.escape(self.explorer.readout(**self.parameters)).replace("\n", "<br>")
        return f'<div role="status" aria-live="{self._polite}" style="line-height:1.5">{lines}</div>' if lines else ""


def changes(new: Any, old: Any, path: str = "") -> list[tuple[str, Any]]:
    """Return the dotted paths at which two plain descriptions of a trace differ, with the new values.

    Example:
        >>> changes({"y": [1, 2], "line": {"width": 2}}, {"y": [1, 3], "line": {"width": 2}})
        [('y', [1, 2])]
    """
    if new is old:
        return []
    if isinstance(new, dict) and isinstance(old, dict):
        found = []
        for key, value in new.items():
            found += changes(value, old.get(key), f"{path}.{key}" if path else key)
        return found
    if isinstance(new, np.ndarray) or isinstance(old, np.ndarray):
        return [] if np.array_equal(new, old, equal_nan=_is_float(new) and _is_float(old)) else [(path, new)]
    return [] if new == old else [(path, new)]


def mimebundle(widget: Any, plain: str) -> Any:
    """Return what a notebook shows of a widget, with `plain` as its text, and what Colab needs to know.

    Colab draws widgets of other packages, plotly's among them, once its manager of custom widgets is on, and looks for
    that manager's address in the metadata. ipywidgets 7, which Colab has, knows no bundle of a widget.
    """
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    data = {"text/plain": plain, _WIDGET: view}
    if "google.colab" not in sys.modules:
        return data
    from google.colab import output  # type: ignore[import-not-found, import-untyped, unused-ignore]

    output.enable_custom_widget_manager()
    url = getattr(getattr(output, "_widgets", None), "_installed_url", None)
    return data, {} if url is None else {_WIDGET: {"colab": {"custom_widget_manager": {"url": url}}}}


def _input(control: Control) -> Any:
    with needs("explore"):
        import ipywidgets

    style = {"description_width": "initial"}
    wide = {"width": "20rem", "max_width": "100%"}
    if isinstance(control, Toggle):
        return ipywidgets.Checkbox(value=control.value, description=control.label, indent=False, layout=wide)
    options = list(zip(control.labels, control.values, strict=True))
    kind = ipywidgets.Dropdown if isinstance(control, Choice) else ipywidgets.SelectionSlider
    return kind(options=options, value=control.value, description=control.label, style=style, layout=wide)


def _is_float(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


__all__ = ["Description", "LiveExplorer", "changes", "mimebundle"]
