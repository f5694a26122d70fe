"""Sphinx extension: the bibliography's style `linked_once`, in which no work has the same address twice."""

from typing import Any

from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style
from pybtex.style.template import optional, sentence
from sphinx.application import Sphinx


class LinkedOnce(Style):
    """The plain style, with the address of a work only where neither arXiv nor a DOI leads to it."""

    def format_web_refs(self, entry: Entry) -> Any:
        """Return the links of a work."""
        if "eprint" in entry.fields or "doi" in entry.fields:
            return sentence[optional[self.format_eprint(entry)], optional[self.format_doi(entry)]]
        return sentence[optional[self.format_url(entry)]]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the style."""
    register_plugin("pybtex.style.formatting", "linked_once", LinkedOnce)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
