"""Sphinx directive `which-loss`: the questions and answers of that page, computed from the results beside the book."""

from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from suprank_edu.explore.results.which_loss import which_loss

RESULTS = Path(__file__).resolve().parents[1] / "results"


class Which(Directive):
    """Takes nothing; the numbers are those of `book/results` when the page is built."""

    def run(self) -> list[nodes.Node]:
        """Return the block."""
        return [nodes.raw("", which_loss(RESULTS)._repr_html_(), format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("which-loss", Which)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
