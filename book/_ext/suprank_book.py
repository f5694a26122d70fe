"""Sphinx extension of the book: what each page loads, and how docstrings read in the API reference.

* plotly's own script goes to `_static` and is loaded only by pages that hold a figure (it weighs 4 to 5 MB).
* scripts that would restore live widgets are taken off the pages: what is shown is static, and asks no other host.
* printed sentences wrap, columns and code scroll.
* a line of a heading never ends within a word such as H-AP.
* docstrings are plain text with `code`; the rest is escaped for reStructuredText, so that |Ω⁺| stays itself.
* each module of the API reference opens with a table of its public names.
* each chapter opens in Colab or on Binder by one click, once pyproject.toml or `SUPRANK_EDU_REPOSITORY` names a
  repository on GitHub; until then the buttons' place says how to name it.
"""

import os
import re
from importlib import import_module
from importlib.util import find_spec
from inspect import isclass, isroutine
from pathlib import Path
from typing import Any

import tomllib
from docutils import nodes
from myst_parser.mdit_to_docutils.base import default_slugify
from sphinx.application import Sphinx
from sphinx.ext import autosummary
from sphinx.ext.autodoc import ALL

PLOTLY = "plotly.min.js"
WIDGET_STATE = re.compile(
    r'<script type="application/vnd\.jupyter\.widget-(?:state|view)\+json">.*?</script>', re.DOTALL
)
# Names that annotations write without their package: imported for type checkers only, or the names of unions.
ALIASES = {
    "ArrayLike": "numpy",
    "Embeddings": "suprank_edu",
    "Image": "PIL",
    "Photograph": "suprank_edu",
    "Tensor": "torch",
    "nn": "torch",
    "np": "numpy",
    "pd": "pandas",
    "go": "plotly",
}
COLUMNS = re.compile(r"\S {2,}\S|^ +\S", re.MULTILINE)  # spaces that put something under something
HYPHENATED = re.compile(r"(\b\w+-[A-Z]{2,}\w*)")  # H-AP, Sup-NDCG
# What is meant as markup in a docstring: `code` and strong text.
MARKUP = re.compile(r"(`[^`]+`|\*\*\w[^*]*\*\*)")


def copy_plotly(app: Sphinx) -> None:
    """Put the script that the installed plotly brings beside the other static files."""
    if app.builder.format != "html":
        return
    import plotly

    source = Path(plotly.__file__).parent / "package_data" / PLOTLY
    target = Path(app.outdir) / "_static" / PLOTLY
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())


def choose_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add plotly where it is used, and drop what only live widgets would need."""
    body = context.get("body", "")
    if "Plotly.newPlot(" in body:  # a figure written by plotly itself draws as soon as the page reaches it
        app.add_js_file(PLOTLY)
    elif "window.Plotly" in body:  # an explorer waits, so the text comes first
        app.add_js_file(PLOTLY, loading_method="defer")
    context["body"] = WIDGET_STATE.sub("", body)


def mark_printed_sentences(app: Sphinx, doctree: nodes.document) -> None:
    """Give the class `sentences` to what cells print where no column or indent would be lost by wrapping it."""
    for output in doctree.findall(lambda node: "cell_output" in getattr(node, "attributes", {}).get("classes", [])):
        for block in output.findall(nodes.literal_block):
            if not COLUMNS.search(block.astext()):
                block["classes"].append("sentences")


def keep_names_together(app: Sphinx, doctree: nodes.document) -> None:
    """Put the class `together` on H-AP, Sup-AP and the like in headings."""
    for title in doctree.findall(nodes.title):
        for text in [child for child in title.children if isinstance(child, nodes.Text)]:
            parts = HYPHENATED.split(text.astext())
            if len(parts) > 1:
                kept = [
                    nodes.inline("", each, classes=["together"]) if i % 2 else nodes.Text(each)
                    for i, each in enumerate(parts)
                ]
                title.replace(text, [each for each in kept if each.astext()])


def escape_docstring(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Turn `code` into literal text, or a link where it is a public name, and keep all else as it is written."""
    in_example = False  # up to the blank line below it: what an example prints stays as it is, too
    for number, line in enumerate(lines):
        in_example = line.lstrip().startswith(">>>") or (in_example and bool(line.strip()))
        if in_example:
            continue
        parts = MARKUP.split(line)
        for place, part in enumerate(parts):
            if place % 2 == 0:
                parts[place] = re.sub(r"([|*_])(?=\W|$)|(?<!\w)([|*_])", r"\\\1\2", part)
            elif part.startswith("`"):
                parts[place] = literal_or_link(part.strip("`"), name)
        lines[number] = "".join(parts)
    if what in ("attribute", "data", "property"):
        # napoleon would read "word: text" as a type and its description
        app.env.temp_data[f"suprank {name}"] = lines[:]
        lines.clear()


def literal_or_link(code: str, name: str) -> str:
    """Write `code` of the docstring of `name`: a link if it is a name of the package, or a public one of its room."""
    room = name
    while not is_module(room):
        room = room.rpartition(".")[0]
    target = f"{room}.{code}" if code in getattr(import_module(room), "__all__", ()) else code
    linked = target != name and re.fullmatch(r"suprank_edu(\.\w+)+", target) and exists(target)
    return f":py:obj:`{code} <{target}>`" if linked else f"``{code}``"


def is_module(name: str) -> bool:
    """Whether `name` is a module, asked so that a class on the way is no error."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def restore_docstring(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Give attributes their text back once napoleon is done."""
    lines[:] = app.env.temp_data.pop(f"suprank {name}", lines)


def list_names(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """End a module's docstring with a table of the classes and functions below it, each with its first sentence."""
    if what != "module":
        return
    own = [each for each, value in vars(obj).items() if each[0] != "_" and getattr(value, "__module__", "") == name]
    listed = getattr(obj, "__all__", own) if options.members is ALL else options.members
    names = [each for each in listed if isclass(getattr(obj, each)) or isroutine(getattr(obj, each))]
    if len(names) > 1:
        rows = [f"   {each}" for each in sorted(names, key=str.lower)]
        lines += ["", ".. autosummary::", "   :nosignatures:", "", *rows, ""]


def name_what_is_elsewhere(app: Sphinx, env: Any, node: nodes.Element, contnode: nodes.Element) -> nodes.Element | None:
    """Print types that have no page in this book as they are, and let names that do not exist fail the build.

    Those are the types of other libraries, whose pages are on other hosts, and types that the package keeps to itself.
    """
    target = str(node.get("reftarget", ""))
    root, _, _ = target.partition(".")
    if node.get("refdomain") != "py" or not root:
        return None
    if root == "suprank_edu":
        return contnode if node.get("reftype") in ("class", "obj") and exists(target) else None
    return contnode if find_spec(ALIASES.get(root, root)) else None


def exists(name: str) -> bool:
    """Whether `package.module.attribute` can be reached."""
    if is_module(name):
        return True
    owner, _, attribute = name.rpartition(".")
    if is_module(owner):
        return hasattr(import_module(owner), attribute)
    module, _, owner = owner.rpartition(".")
    return is_module(module) and hasattr(getattr(import_module(module), owner, None), attribute)


def slug(title: str) -> str:
    """The anchor of a heading: `e3` for "E3 Average precision" in the equations table, else as myst makes it."""
    number = re.match(r"E\d+(?= )", title)
    return number[0].lower() if number else default_slugify(title)


def repository() -> str:
    """Where the project is published: what `make REPOSITORY=…` says for one build, else what pyproject.toml says."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    return (os.environ.get("SUPRANK_EDU_REPOSITORY") or project["urls"]["Repository"]).rstrip("/")


def launch_buttons(address: str, pagename: str, howto: str) -> list[dict[str, Any]]:
    """Return the buttons of a chapter's header that open it elsewhere, or the one that says what they wait for."""
    if not address.startswith("https://github.com/") or "/OWNER/" in address:
        said = "Colab and Binder open here once the book knows its repository: make address REPOSITORY=https://…"
        link = {"type": "link", "url": howto, "text": said, "label": "no-address"}
        tooltip = "Open in Colab or on Binder: not set up"
        return [{"type": "group", "icon": "fas fa-rocket", "tooltip": tooltip, "label": "launch", "buttons": [link]}]
    owner_and_name = address.removeprefix("https://github.com/")
    file = f"book/{pagename}.ipynb"
    places = {
        "Colab": ("logo_colab.png", f"https://colab.research.google.com/github/{owner_and_name}/blob/main/{file}"),
        "Binder": ("logo_binder.svg", f"https://mybinder.org/v2/gh/{owner_and_name}/main?urlpath=lab/tree/{file}"),
    }
    return [
        {
            "type": "link",
            "url": url,
            "icon": f"_static/images/{icon}",
            "text": place,
            "tooltip": f"Run this chapter, {place}",
            "label": f"launch-{place.lower()}",
        }
        for place, (icon, url) in places.items()
    ]


def add_launch_buttons(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put the buttons before the theme's own on pages that are notebooks."""
    if context.get("page_source_suffix") == ".ipynb":
        howto = context["pathto"]("00_how_to_use_this_book").removesuffix("#") + "#where-to-read-it"
        context["header_buttons"][:0] = launch_buttons(repository(), pagename, howto)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the hooks."""
    # "(E17, ROADMAP Eq. 7)" is no end of a sentence, where the tables of names look for one.
    autosummary.WELL_KNOWN_ABBREVIATIONS = (*autosummary.WELL_KNOWN_ABBREVIATIONS, "Eq.")
    app.connect("builder-inited", copy_plotly)
    app.connect("doctree-read", mark_printed_sentences)
    app.connect("doctree-read", keep_names_together)
    app.connect("html-page-context", choose_scripts)
    app.connect("html-page-context", add_launch_buttons, priority=502)  # after the theme's buttons
    app.connect("missing-reference", name_what_is_elsewhere)
    app.connect("autodoc-process-docstring", escape_docstring, priority=400)  # before napoleon reads the sections
    app.connect("autodoc-process-docstring", restore_docstring, priority=600)
    app.connect("autodoc-process-docstring", list_names, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
