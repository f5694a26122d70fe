"""The explorer: one figure function and its controls, shown live in a notebook and without a kernel in a page."""

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from suprank_edu._checks import check_text
from suprank_edu._progress import is_static
from suprank_edu.explore.engine import payload
from suprank_edu.explore.engine.controls import Choice, Control, SelectionSlider, Slider, Toggle, Value
from suprank_edu.explore.engine.drags import Drag, check_drags
from suprank_edu.explore.engine.figures import FigureFunction, describe
from suprank_edu.explore.engine.payload import Script
from suprank_edu.explore.engine.static import Block, block_html


class Explorer:
    """A figure that answers to controls: with a kernel through widgets, in the built page through its own data.

    Args:
        figure: a pure function parameters → `plotly.graph_objects.Figure` (or a `FigureFunction`); traces keep
            their number and kind and the layout stays, only data change.
        controls: the controls, in the order shown; their names are the parameters of `figure`. None at all shows
            a figure that only has a theme and an alternative text.
        title: what the reader sees above the figure; plain text, it is escaped.
        alt: what the figure shows, for those who do not see it; plain text, one or more sentences.
        readout: parameters → text under the figure, the formula with the current numbers; lines end in `\\n`.
        square: the built page makes the figure no taller than it is wide, for rings on a narrow screen; its layout
            has a height, the largest.
        drags: the marks that can be dragged, each in the place of a slider, which stays.
        script: what the built page computes its frames with, where their grid would be too large to store.

    Raises:
        ValueError: a control that `figure` does not take, two controls of one name, a preset or a drag that names
            no control or value, an empty title or alt text, or a grid of more than 20,000 frames without a script.

    Example:
        >>> from suprank_edu.explore import FigureFunction, Slider
        >>> def describe(slope):
        ...     return {"data": [{"type": "scatter", "x": [0, 1], "y": [0, slope]}], "layout": {"height": 300}}
        >>> line = Explorer(
        ...     FigureFunction(describe), [Slider("slope", "Slope", 0, 4, 1, 2)], title="A line", alt="A line from 0.",
        ...     readout=lambda slope: f"y(1) = {slope}",
        ... )
        >>> line.parameters, line.readout(slope=3), "<script" in line.html()
        ({'slope': 2}, 'y(1) = 3', True)
    """

    def __init__(
        self,
        figure: Callable[..., Any],
        controls: Sequence[Control],
        title: str,
        alt: str,
        readout: Callable[..., str] | None = None,
        square: bool = False,
        drags: Sequence[Drag] = (),
        script: Script | None = None,
    ) -> None:
        self.figure = figure
        self.script = script
        self.square = square
        self.drags = tuple(drags)
        self.controls = tuple(controls)
        self.title = _text("title", title)
        self.alt = _text("alt", alt)
        self._readout = readout
        _check_controls(self.controls)
        check_drags(self.drags, self.controls)
        _check_takes("figure", figure, self.controls)
        if readout is not None:
            _check_takes("readout", readout, self.controls)
        if script is None:
            payload.check_size([len(control.values) for control in self.controls])

    @property
    def parameters(self) -> dict[str, Value]:
        """The parameters that the explorer starts with."""
        return {control.name: control.value for control in self.controls}

    def grid(self) -> Iterator[dict[str, Value]]:
        """Yield the parameters of every frame, the last control fastest."""
        return payload.grid(self.controls)

    def readout(self, **parameters: Value) -> str:
        """Return the text under the figure for `parameters`; empty where there is none.

        Raises:
            ValueError: a parameter is missing, belongs to no control, or lies outside what its control can take.
        """
        _check_parameters(self.controls, parameters)
        return self._readout(**parameters) if self._readout is not None else ""

    @functools.cached_property
    def payload(self) -> payload.Payload:
        """Every frame of the grid, each thing that changes stored once (see `payload.build`); or their script."""
        if self.script is not None:
            return payload.scripted(self.figure, self.controls, self._readout, self.script)
        return payload.build(self.figure, self.controls, self._readout)

    def html(self) -> str:
        """Return the self-contained block of the built page: text, controls, data, style and script."""
        start = self.readout(**self.parameters)
        return block_html(
            Block(self.title, self.alt, self.controls, start, self.payload, square=self.square, drags=self.drags)
        )

    @functools.cached_property
    def widget(self) -> Any:
        """The live form: an `ipywidgets.VBox` of controls, figure and readout (see `live.LiveExplorer`)."""
        from suprank_edu.explore.engine.live import LiveExplorer

        return LiveExplorer(self).box

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """Return the static block under `SUPRANK_EDU_STATIC=1`, else the widgets; always the alt text."""
        plain = f"{self.title}. {self.alt}"
        if is_static():
            return {"text/html": self.html(), "text/plain": plain}
        from suprank_edu.explore.engine.live import mimebundle

        return mimebundle(self.widget, plain)

    def __repr__(self) -> str:
        return f"Explorer({self.title!r}, controls={[control.name for control in self.controls]})"


def show_figure(figure: Any, title: str, alt: str) -> Explorer:
    """Return a finished plotly figure as an explorer without controls: visible in the built page, themed, with alt.

    Args:
        figure: a `plotly.graph_objects.Figure`, or a plain description of one.
        title: what the reader sees above the figure; plain text.
        alt: what the figure shows, for those who do not see it; plain text.

    Raises:
        ValueError: an empty title or alt text, or something else than a figure.

    Example:
        >>> show_figure({"data": [{"type": "bar", "y": [1, 2]}], "layout": {}}, "Two bars", "Bars of 1 and 2.")
        Explorer('Two bars', controls=[])
    """
    make = FigureFunction(lambda: figure) if isinstance(figure, dict) else (lambda: figure)
    describe(make, {})
    return Explorer(make, [], title, alt)


def _text(name: str, value: str) -> str:
    check_text(name, value)
    return value.strip()


def _check_controls(controls: Sequence[Control]) -> None:
    by_name: dict[str, Control] = {}
    for control in controls:
        if not isinstance(control, Slider | SelectionSlider | Choice | Toggle):
            raise ValueError(f"`controls`: got a {type(control).__name__}, expected sliders, choices and toggles")
        if control.name in by_name:
            raise ValueError(f"`controls`: got the name {control.name!r} twice, expected different names")
        by_name[control.name] = control
    for control in controls:
        if not isinstance(control, Choice):
            continue
        for option, preset in control.presets.items():
            for name, value in preset.items():
                if name not in by_name or name == control.name:
                    raise ValueError(f"`presets`: got {name!r} in {option!r}, expected the name of another control")
                if value not in by_name[name].values:
                    raise ValueError(f"`presets`: got {name} = {value!r} in {option!r}, expected one of its values")


def _check_parameters(controls: Sequence[Control], parameters: Mapping[str, Value]) -> None:
    names = [control.name for control in controls]
    if parameters.keys() != set(names):
        raise ValueError(f"`parameters`: got {list(parameters)}, expected {names}")
    for control in controls:
        value = parameters[control.name]
        if isinstance(control, Choice | Toggle):
            if value not in control.values:
                raise ValueError(f"`{control.name}`: got {value!r}, expected one of {control.values!r}")
        else:
            low, high = min(control.values), max(control.values)
            if not isinstance(value, int | float) or not low <= value <= high:
                raise ValueError(f"`{control.name}`: got {value!r}, expected {low} to {high}")


def _check_takes(argument: str, function: Callable[..., Any], controls: Sequence[Control]) -> None:
    names = [control.name for control in controls]
    try:
        inspect.signature(function).bind(**dict.fromkeys(names))
    except TypeError as error:
        raise ValueError(f"`{argument}`: got a function that cannot be called with {names}: {error}") from None
