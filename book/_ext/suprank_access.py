"""Sphinx extension: pages for those who hear them, work them by keys, or read them on a phone.

* What unfolds in the list of contents has a name; other lines that unfold are called what they say.
* The corner of a table is no heading.
* The parameters of a long signature are no list of definitions without terms; works cited are items of a list.
* H-AP and the like stay on one line in the lists of contents and in the links to the next page, as in headings.
"""

import re
from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.application import Sphinx
from suprank_book import HYPHENATED

SIGNATURE = re.compile(r'<dt class="sig[ "].*?</dt>', re.DOTALL)
PARAMETERS = {
    "<dl>": '<div class="sig-params">',
    "</dl>": "</div>",
    "<dd>": '<div class="sig-line">',
    "</dd>": "</div>",
}


def mend_body(body: str) -> str:
    """Return the text of a page with roles and names that say what is there."""
    # The words "Show the code" are there; the theme's label would be read in their place.
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    # Sphinx puts entries of a bibliography, which have a role of their own by now, into a list.
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')
    body = body.replace("<th></th>", "<td></td>")  # the corner of a table is no heading
    return SIGNATURE.sub(
        lambda signature: re.sub("</?d[ld]>", lambda tag: PARAMETERS[tag[0]], signature[0]),
        body,
    )


def name_what_unfolds(contents: BeautifulSoup) -> None:
    """Call each sign that unfolds a part of the list of contents by the page whose parts it shows."""
    for sign in contents.select("details > summary"):
        sign["aria-label"] = f"Pages of {sign.find_previous('a').get_text()}"


def keep_names_together(contents: BeautifulSoup) -> None:
    """Let no line end within H-AP."""
    for text in [each for each in contents.find_all(string=HYPHENATED) if each.parent.get("class") != ["together"]]:
        text.replace_with(BeautifulSoup(HYPHENATED.sub(r'<span class="together">\1</span>', str(text)), "html.parser"))


def mend_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Mend the text of a page, and what the theme makes of the contents around it."""
    if "body" in context:
        context["body"] = mend_body(context["body"])
    for side in ("prev", "next"):
        if context.get(side):
            title = BeautifulSoup(context[side]["title"], "html.parser")
            keep_names_together(title)
            context[side] = context[side] | {"title": str(title)}
    book, page = context.get("generate_toctree_html"), context.get("generate_toc_html")
    if book is None or page is None:  # another theme, or a page that has none
        return

    def contents_of_book(*words: Any, **options: Any) -> BeautifulSoup:
        made = book(*words, **options)
        name_what_unfolds(made)
        keep_names_together(made)
        return made

    def contents_of_page(*words: Any) -> BeautifulSoup | str:
        made = page(*words)
        if made:  # else a page without sections
            keep_names_together(made)
        return made

    context |= {"generate_toctree_html": contents_of_book, "generate_toc_html": contents_of_page}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the hook, after the theme's own."""
    app.connect("html-page-context", mend_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
