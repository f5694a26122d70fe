"""Figure functions: pure functions of an explorer's parameters, kept as the plain description they build.

plotly takes several milliseconds to validate a figure, and a built page needs thousands of them. A figure function
therefore returns the plain `{"data": [...], "layout": {...}}`; calling it gives the validated plotly figure, and
`describe` the description alone. Both come from the same lines, so they cannot disagree.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from suprank_edu._extras import needs

Description: TypeAlias = dict[str, Any]
"""`{"data": [one dict a trace], "layout": {...}}`, as in plotly's schema."""


class FigureFunction:
    """A figure function made of a function that returns the figure's plain description; used as a decorator.

    Args:
        describe: parameters → `{"data": [...], "layout": {...}}`; the same parameters always give the same.

    Example:
        >>> @FigureFunction
        ... def line(slope):
        ...     return {"data": [{"type": "scatter", "x": [0, 1], "y": [0, slope]}], "layout": {}}
        >>> line(slope=2).data[0].y, line.describe(slope=2)["data"][0]["y"]
        ((0, 2), [0, 2])
    """

    def __init__(self, describe: Callable[..., Description]) -> None:
        self.describe = describe
        functools.update_wrapper(self, describe)

    def __call__(self, **parameters: Any) -> Any:
        """Return the plotly figure of `parameters`, validated."""
        with needs("explore"):
            import plotly.graph_objects as go

        return go.Figure(self.describe(**parameters))


def describe(figure: Callable[..., Any], parameters: Mapping[str, Any]) -> Description:
    """Return the plain description of `figure(**parameters)`, without plotly where the function allows it."""
    if isinstance(figure, FigureFunction):
        return _checked(figure.describe(**parameters))
    made = figure(**parameters)
    if not hasattr(made, "to_dict"):
        raise ValueError(
            f"`figure`: got a function that returns {type(made).__name__}, expected a plotly.graph_objects.Figure"
        )
    plain = made.to_dict()
    return {"data": _decoded(list(plain.get("data", []))), "layout": _decoded(plain.get("layout", {}))}


def _checked(description: Any) -> Description:
    if not isinstance(description, dict) or not {"data", "layout"} <= description.keys():
        came = list(description) if isinstance(description, dict) else type(description).__name__
        raise ValueError(f"`figure`: got a function that describes {came}, expected a dict of 'data' and 'layout'")
    return description


def _decoded(value: Any) -> Any:
    """Undo plotly's base64 form of numeric arrays, at any depth."""
    if isinstance(value, dict):
        if "bdata" in value and "dtype" in value:
            import base64

            array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=np.dtype(value["dtype"]))
            shape = [int(n) for n in str(value["shape"]).split(",")] if "shape" in value else [-1]
            return array.reshape(shape)
        return {key: _decoded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_decoded(inner) for inner in value]
    return value
