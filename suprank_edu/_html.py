"""HTML by jinja2, which escapes every value: nothing that a user names can become markup."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template


@cache
def template(source: str) -> Template:
    """Compile a template, its lines put together; mark what is markup already with `|safe`.

    Example:
        >>> template("<b>{{ name }}</b>").render(name="<script>")
        '<b>&lt;script&gt;</b>'
    """
    from jinja2 import Environment  # comes with torch; needed only where something is shown

    return Environment(autoescape=True).from_string("".join(line.strip() for line in source.splitlines()))
