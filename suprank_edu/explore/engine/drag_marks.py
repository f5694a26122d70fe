"""Dragging the marks of a figure with a kernel: the script of the built page, which tells Python of each move."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import traitlets

from suprank_edu._extras import needs
from suprank_edu._html import asset
from suprank_edu.explore.engine.controls import Value
from suprank_edu.explore.engine.drags import as_json

with needs("explore"):
    import anywidget

if TYPE_CHECKING:
    from suprank_edu.explore.engine.explorer import Explorer

_SCRIPT = """
export default {
  render({ model, el }) {
    el.style.display = "none";
    let handles, waiting;
    const find = () => {
      const root = el.closest(".widget-vbox");
      const plot = root && root.querySelector(".js-plotly-plot");
      if (!plot || !plot._fullLayout || !plot.on || !plot.data.length) {
        waiting = setTimeout(find, 50);  // not in the page yet, or without its traces
        return;
      }
      const drags = model.get("drags");
      handles = makeHandles(plot, drags, (drag, index) => model.send([drags.indexOf(drag), index]));
    };
    find();
    return () => {
      clearTimeout(waiting);
      if (handles) handles.remove();
    };
  },
};
"""


class DragMarks(anywidget.AnyWidget):  # type: ignore[misc]  # checked without anywidget's types
    """A widget without a look that lets the marks of the figure in its box be dragged.

    Args:
        explorer: whose drags they are.
        move: takes the values of controls by name, sets them, and draws.
    """

    _esm = asset(__package__, "handles.js") + _SCRIPT
    _css = asset(__package__, "handles.css")
    drags: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(self, explorer: Explorer, move: Callable[[dict[str, Value]], None]) -> None:
        super().__init__(drags=as_json(explorer.drags, explorer.controls))
        values = {control.name: control.values for control in explorer.controls}

        def moved(_widget: Any, message: list[int], _buffers: Any) -> None:
            drag = explorer.drags[message[0]]
            move({**drag.sets, drag.control: values[drag.control][message[1]]})

        self.on_msg(moved)
