"""HTML by jinja2, which escapes every value: nothing that a user names can become markup."""

from __future__ import annotations

from functools import cache
from importlib import resources
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


@cache
def asset(package: str, name: str) -> str:
    """Return a script or style that lies in a package, without comment lines and indentation."""
    lines = (line.strip() for line in resources.files(package).joinpath(name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))
