"""Sphinx extension: words of the glossary and names of the library become links, without anybody writing them.

* The first use of a term in the running text of a page leads to its entry in the glossary, whose text shows when one
  points at it. What authors linked to the glossary leads to the entry too, and is not linked twice.
* The first use of a public name in `code`, and in the code of a cell, leads to its entry in the API reference.

Headings, links, formulas, tables, what cells show, questions and references are left as they are.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from suprank_names import cells_of, code_of, imported, names_of

GLOSSARY = "glossary"
LOOKED_UP = {"glossary", "equations", "api", "bibliography"}  # pages that nobody reads from the first line to the last
ASIDE = (
    nodes.title,
    nodes.reference,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.table,
    addnodes.desc,
)
SECTIONS_ASIDE = {"Quiz", "References"}
# Words that mean something else in many sentences, and the uses of them that mean the entry. What an author sets in
# bold or italics is always meant.
NARROW = {
    "Column": r"label columns?",
    "Level": r"levels",
    "Moment": r"moments of (?:a|the) bins?",
    "Negative": r"negatives",
    "positive": r"positives",
    "Pull": r"pulls? (?:on|of)\b",
    "Score": r"scores?(?! \d)",
    "Step": r"step functions?",
}
CODE_CELL = re.compile(r'<div class="highlight-i?python3? notranslate">.*?</pre>', re.DOTALL)
PLAIN_NAME = re.compile(
    r'(?<!<span class="o">\.</span>)'
    r'(?:<span class="n">(?P<module>\w+)</span><span class="o">\.</span>)?<span class="n">(?P<name>\w+)</span>'
    r'(?!<span class="o">=</span>)'
)


class Term:
    """An entry of the glossary: where it stands, what it says, and the words that mean it."""

    def __init__(self, heading: str, anchor: str, meaning: str) -> None:
        self.anchor = anchor
        self.meaning = meaning
        names = [name for name in heading.split(", ") if len(name) > 1]  # H alone is a symbol
        self.word = re.compile("|".join(map(forms_of, names)))
        uses = "|".join(NARROW.get(name) or forms_of(name) for name in names)
        self.use = re.compile(rf"(?<![\w@-])(?:{uses})(?![\w@-])")


def forms_of(name: str) -> str:
    """Return a pattern of a name of the glossary in a sentence: one or many, any first letter, any place k."""
    words = re.escape(name).replace(r"\ ", r"[\s-]+")
    if re.search("[A-Z]{2}|@", name):  # AP, Sup-R@k
        return f"{words}s?"
    first = f"[{name[0].upper()}{name[0].lower()}]"
    if name.endswith(" at k"):
        return rf"{first}{words[1:-1]}(?:k|\d+)"
    return f"{first}{words[1:-1]}(?:y|ies)" if name.endswith("y") else f"{first}{words[1:]}(?:s|es)?"


def read_terms(glossary: nodes.document) -> list[Term]:
    """Return the entries of the glossary page."""
    return [
        Term(term.astext(), term["ids"][0], item.next_node(nodes.definition).astext().replace("\n", " "))
        for item in glossary.findall(nodes.definition_list_item)
        for term in item.findall(nodes.term)
    ]


@cache  # of one build: all pages ask for the same
def terms_of(env: BuildEnvironment) -> list[Term]:
    """Return the entries of the glossary of this build."""
    return read_terms(env.get_doctree(GLOSSARY))


def is_running(node: nodes.Node) -> bool:
    """Whether a piece of a page is read with the sentences around it."""
    above = []
    while (node := node.parent) is not None:
        above.append(node)
    return any(isinstance(each, nodes.paragraph) for each in above) and not any(map(is_aside, above))


def is_aside(node: nodes.Element) -> bool:
    """Whether what a node holds is no running text."""
    if isinstance(node, nodes.section):
        return node.next_node(nodes.title).astext() in SECTIONS_ASIDE
    if isinstance(node, nodes.bullet_list):  # what a chapter is about, before it begins
        return node.astext().startswith("Objectives")
    return isinstance(node, ASIDE) or "cell" in node.get("classes", [])


class AddLinks(SphinxPostTransform):
    """Link the terms and the names of a page."""

    default_priority = 200  # when the links of authors have their addresses
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Change the page as it is written."""
        room = self.env.docname.split("/")[0]
        if room not in LOOKED_UP and GLOSSARY in self.env.all_docs:
            page = self.app.builder.get_relative_uri(self.env.docname, GLOSSARY)
            link_terms(self.document, terms_of(self.env), page)
        if room not in LOOKED_UP - {"equations"}:
            self.link_names(everywhere=room == "equations")

    def link_names(self, everywhere: bool) -> None:
        """Link public names in `code`: the first of each in running text, or all of them."""
        names = {**names_of(self.env), **imports_of(self.app, self.env.docname)}
        done: set[str] = set()
        for code in list(self.document.findall(nodes.literal)):
            full = names.get(code.astext().split("(")[0], "")
            address = address_of(self.app, self.env.docname, full)
            if address is None:
                continue
            above = code.parent.parent if isinstance(code.parent, nodes.inline) else code.parent
            if isinstance(above, nodes.reference):
                if "api/" in above.get("refuri", ""):  # the page that an author named, now the entry in it
                    above["refuri"] = address
                    done.add(full)
            elif everywhere or (full not in done and is_running(code)):
                link = nodes.reference("", "", internal=True, refuri=address, reftitle=full, classes=["api-name"])
                code.replace_self(link)
                link += code
                done.add(full)


def link_terms(document: nodes.document, terms: list[Term], page: str) -> None:
    """Link the first use of each term to its entry in `page`, and what authors linked to `page` as well."""
    left = list(terms)
    for link in document.findall(nodes.reference):
        for term in left:
            if link.get("refuri", "").split("#")[0] == page and term.word.fullmatch(link.astext()):
                link.replace_self(link_to(page, term, *link.children))
                left.remove(term)
                break
    for text in filter(is_running, list(document.findall(nodes.Text))):
        words = text.astext()
        emphasised = isinstance(text.parent, nodes.strong | nodes.emphasis)
        uses = [
            (use.start(), -use.end(), term)
            for term in left
            if (use := (emphasised and term.word.fullmatch(words)) or term.use.search(words))
        ]
        pieces: list[nodes.Node] = []
        done = 0
        for start, end, term in sorted(uses, key=lambda use: use[:2]):
            if start >= done:  # else part of a longer term
                left.remove(term)
                pieces += [nodes.Text(words[done:start]), link_to(page, term, nodes.Text(words[start:-end]))]
                done = -end
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(words[done:])])


def link_to(page: str, term: Term, *words: nodes.Node) -> nodes.reference:
    """Return a link that says what the term means when one points at it."""
    address = f"{page}#{term.anchor}"
    return nodes.reference("", "", *words, internal=True, refuri=address, reftitle=term.meaning, classes=["term"])


def address_of(app: Sphinx, docname: str, full: str) -> str | None:
    """Return the address of a name's entry in the API reference, as `docname` writes it."""
    entry = app.env.get_domain("py").objects.get(full)
    return entry and f"{app.builder.get_relative_uri(docname, entry.docname)}#{entry.node_id}"


def imports_of(app: Sphinx, docname: str) -> dict[str, str]:
    """Return the full names of what a chapter imports from the library."""
    path = Path(app.env.doc2path(docname))
    return imported(code_of(cells_of(path))) if path.suffix == ".ipynb" else {}


def link_code(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Link the first use of each name of the library in the code that a page shows."""
    names = imports_of(app, pagename) if doctree is not None else {}
    done: set[str] = set()

    def link(use: re.Match[str]) -> str:
        full = names.get(use["name"], "") if use["module"] is None else f"{names.get(use['module'])}.{use['name']}"
        address = None if full in done else address_of(app, pagename, full)
        if address is None:
            return use[0]
        done.add(full)
        return f'<a class="api-name" href="{address}" title="{full}">{use[0]}</a>'

    def link_cell(cell: re.Match[str]) -> str:
        lines = cell[0].splitlines(keepends=True)
        brackets = False  # of an import that goes on below
        for number, line in enumerate(lines):
            if '<span class="kn">' in line:
                brackets = "(" in line and ")" not in line
            elif brackets:
                brackets = ")" not in line
            else:
                lines[number] = PLAIN_NAME.sub(link, line)
        return "".join(lines)

    if names:
        context["body"] = CODE_CELL.sub(link_cell, context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform."""
    app.add_post_transform(AddLinks)
    app.connect("html-page-context", link_code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
