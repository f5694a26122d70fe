"""The pieces of HTML that checks and quizzes share: escaped by jinja2, and readable on light and on dark pages."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup

# White words on a filled ground: the contrast (at least 6.5 to 1) is the same whatever the theme of the page, and
# no verdict is told by colour alone.
_BADGES = {"right": ("#00664f", "✓ Right"), "hint": ("#8f4300", "→ Not yet"), "open": ("#4a5568", "○ To do")}

# JupyterLab takes keys for itself, unless the very element that has the focus asks it not to.
KEYS = 'data-lm-suppress-shortcuts="true"'

# Themes give code a colour of their own, and the book's gives every output a pale ground on dark pages: inside these
# boxes both follow the page. The doubled `:has` outweighs the theme's own rule.
STYLE = (
    ":is(.suprank-check,.suprank-ask) code{color:inherit;background:rgba(127,127,127,.16);border:0;"
    "padding:.05em .25em;border-radius:3px;font-weight:inherit}"
    'html[data-theme="dark"] .bd-content div.cell_output .text_html:has(.suprank-check,.suprank-ask)'
    ":has(.suprank-check,.suprank-ask){background:none;color:inherit;padding:0}"
)

_BADGE = (
    '<span style="display:inline-block;padding:.05em .55em;border-radius:4px;background:{};'
    'color:#fff;font-weight:600;white-space:nowrap">{}</span>'
)


@cache
def template(source: str) -> Template:
    """Compile a template, its lines put together, that escapes every value; `text|inline` shows `…` as code."""
    return _environment().from_string(source.replace("\n", ""))


@cache
def _environment() -> Environment:
    from jinja2 import Environment  # comes with torch; needed only where something is shown
    from markupsafe import Markup

    def inline(text: str) -> Markup:
        return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(Markup.escape(text))))

    def badge(kind: str) -> Markup:
        return Markup(_BADGE).format(*_BADGES[kind])

    environment = Environment(autoescape=True)
    environment.filters.update(inline=inline, badge=badge, raw=Markup)
    environment.globals.update(keys=Markup(KEYS), style=Markup(STYLE))
    return environment
