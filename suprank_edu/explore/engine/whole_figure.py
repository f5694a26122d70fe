"""A plotly figure with a kernel that reaches the page with its data in it."""

from typing import Any

from suprank_edu._extras import needs

with needs("explore"):
    import plotly.graph_objects as go


class WholeFigure(go.FigureWidget):  # type: ignore[misc]  # checked without plotly's types
    """A `FigureWidget` whose first message to the page holds its traces and its layout.

    Plotly's own opens empty and sends traces and layout after it. A page that comes to draw the figure between the two
    draws empty axes, and nothing makes it look again.
    """

    _made = False

    def __init__(self, figure: go.Figure) -> None:
        super().__init__(figure)
        self._made = True
        self.open()

    def open(self) -> Any:
        """Open the channel to the page, once there is something to send."""
        return super().open() if self._made else None
