"""The few pieces of HTML that checks and quizzes share: escaped, and readable on light and on dark pages."""

from __future__ import annotations

import re
from html import escape as _escape

# White words on a filled ground: the contrast (at least 6.5 to 1) is the same whatever the theme of the page, and
# no verdict is told by colour alone.
_BADGES = {
    "right": ("#00664f", "✓ Right"),
    "hint": ("#8f4300", "→ Not yet"),
    "open": ("#4a5568", "○ To do"),
}

# JupyterLab takes keys for itself, unless the very element that has the focus asks it not to.
KEYS = 'data-lm-suppress-shortcuts="true"'

# Themes give code a colour of their own, and the book's gives every output a pale ground on dark pages: inside these
# boxes both follow the page. The doubled `:has` outweighs the theme's own rule.
STYLE = (
    ":is(.suprank-check,.suprank-quiz) code{color:inherit;background:rgba(127,127,127,.16);border:0;"
    "padding:.05em .25em;border-radius:3px;font-weight:inherit}"
    'html[data-theme="dark"] .bd-content div.cell_output .text_html:has(.suprank-check,.suprank-quiz)'
    ":has(.suprank-check,.suprank-quiz){background:none;color:inherit;padding:0}"
)


def escape(text: str) -> str:
    """Escape `text` for HTML, in attributes too."""
    return _escape(text, quote=True)


def inline(text: str) -> str:
    """Escape `text` and show what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def badge(kind: str) -> str:
    """Return a verdict as a word and a sign on a filled ground: `kind` is right, hint or open."""
    colour, words = _BADGES[kind]
    return (
        f'<span style="display:inline-block;padding:.05em .55em;border-radius:4px;background:{colour};'
        f'color:#fff;font-weight:600;white-space:nowrap">{words}</span>'
    )
