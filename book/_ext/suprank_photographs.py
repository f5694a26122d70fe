"""Sphinx directives of the landing page, which has no cells: photographs of the groceries that come with the library.

* `order-photographs` is the explorer of that name: a query and its list, dragged into another order.
* `photographs` is a row of pictures, each with a word below it.
"""

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.application import Sphinx

from suprank_edu._html import template
from suprank_edu.data import load_samples
from suprank_edu.explore import order_photographs
from suprank_edu.explore.drawing.thumbnails import as_photograph, names_of

_ROW = template(
    '<div class="photographs" role="group" aria-label="{{ title }}">{% for source, name, word in pictures %}<figure>'
    '<img src="{{ source }}" alt="{{ name }}" width="96" height="96"><figcaption>{{ word }}</figcaption></figure>'
    "{% endfor %}</div>"
)


class OrderPhotographs(Directive):
    """`:query:` is a place in the test split, `:items:` are places in the train split, the best first."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {
        "query": directives.nonnegative_int,
        "items": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Return the explorer as it stands in a page."""
        order = order_photographs(
            load_samples("groceries", "test"),
            self.options["query"],
            load_samples("groceries", "train"),
            [int(item) for item in self.options["items"].split()],
            self.arguments[0],
            lines=["score"],
        )
        return [nodes.raw("", order._repr_html_(), format="html")]


class Photographs(Directive):
    """One line for each picture: its split, its place there, and a word. The argument says what the row shows."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the row."""
        pictures = []
        for line in self.content:
            split, place, word = line.split(maxsplit=2)
            photographs = load_samples("groceries", split)
            name = names_of(photographs, int(place))[0]
            pictures.append((as_photograph(photographs, int(place), 128), name, word))
        return [nodes.raw("", _ROW.render(title=self.arguments[0], pictures=pictures), format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("order-photographs", OrderPhotographs)
    app.add_directive("photographs", Photographs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
