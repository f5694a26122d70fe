"""A plotly figure with a kernel that reaches the page with its data in it, and sends plotly's script once."""

from functools import cache
from typing import Any

import traitlets

from suprank_edu._extras import needs

with needs("explore"):
    import ipywidgets
    import plotly.graph_objects as go

# The module is kept on the model that carries its text: a page reads plotly once, however many figures it shows.
_SCRIPT = """
const module = async (model) => {
  const carrier = await model.widget_manager.get_model(model.get("script").slice("IPY_MODEL_".length));
  if (!carrier.plotly) {
    const address = URL.createObjectURL(new Blob([carrier.get("text")], { type: "text/javascript" }));
    carrier.plotly = import(address).finally(() => URL.revokeObjectURL(address));
  }
  return (await carrier.plotly).default;
};

export default () => {
  let figure;
  return {
    async initialize(of) {
      const plotly = await module(of.model);
      figure = typeof plotly === "function" ? await plotly() : plotly;
      await figure.initialize?.(of);
    },
    async render(of) {
      return figure.render(of);
    },
  };
};
"""


class Script(ipywidgets.Widget):  # type: ignore[misc]  # checked without ipywidgets' types
    """The text of a script that the widgets of a kernel share."""

    text: traitlets.Unicode[str, str | bytes] = traitlets.Unicode().tag(sync=True)


def plotly_script() -> Script:
    """Return the widget that carries plotly's script to the page: one for all figures of a kernel."""
    if _opened_script().comm is None:  # `Widget.close_all()` has closed it
        _opened_script.cache_clear()
    return _opened_script()


@cache
def _opened_script() -> Script:
    return Script(text=str(go.FigureWidget._esm))


class WholeFigure(go.FigureWidget):  # type: ignore[misc]  # checked without plotly's types
    """A `FigureWidget` whose first message to the page holds its traces and its layout, and not plotly's script.

    Plotly's own opens empty and sends traces and layout after it. A page that comes to draw the figure between the two
    draws empty axes, and nothing makes it look again. And each of plotly's own brings the five megabytes of its script
    along, which Colab writes into the notebook once for each figure; here all figures refer to one `plotly_script`.
    """

    _esm = _SCRIPT
    script: traitlets.Instance[Script] = traitlets.Instance(Script).tag(sync=True, **ipywidgets.widget_serialization)

    _made = False

    def __init__(self, figure: go.Figure) -> None:
        super().__init__(figure)
        self._made = True
        self.open()

    @traitlets.default("script")
    def _shared(self) -> Script:
        return plotly_script()

    def open(self) -> Any:
        """Open the channel to the page, once there is something to send."""
        return super().open() if self._made else None
