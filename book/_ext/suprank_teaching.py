"""Sphinx extension for those who teach: what the chapters say of their own time and exercises, always as they stand.

* the role `minutes` adds up the reading times of chapters: {minutes}`4 5`.
* the directive `exercise-counts` is a table of how many exercises of each kind each chapter has.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.parsers.rst.states import Inliner
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from suprank_names import cells_of

BOOK = Path(__file__).resolve().parents[1]
TIME = re.compile(r"\*\*Time\*\*: (\d+) minutes")
QUESTION = re.compile(r"(ByHand|Predict|Quiz)\(")
KINDS = ("by hand", "in code", "to judge", "quiz", "predictions")


def chapter(number: int) -> Path:
    """Return the notebook of a chapter."""
    return next(BOOK.glob(f"{number:02}_*.ipynb"))


def minutes_of(notebook: Path) -> int:
    """Return how long a chapter takes to read with its exercises, as it says under its title."""
    found = TIME.search("".join(cells_of(notebook)[0]["source"]))
    if found is None:
        raise ValueError(f"{notebook.name}: expected '**Time**: … minutes' under its title")
    return int(found[1])


def exercises_of(notebook: Path) -> Counter[str]:
    """Count a chapter's exercises by hand, in code and of judgement, its quiz questions and its predictions.

    What asks to diagnose, tune or decide is a question with choices under a heading that begins with "Exercise".
    """
    counts: Counter[str] = Counter()
    heading = ""
    for cell in cells_of(notebook):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            heading = (re.findall(r"^##+ (.*)", source, re.MULTILINE) or [heading])[-1]
        elif "exercise" in cell["metadata"].get("tags", []):
            counts["in code"] += 1
        elif question := QUESTION.match(source):
            judged = heading.startswith("Exercise") and question[1] != "ByHand"
            kind = {"ByHand": "by hand", "Predict": "predictions", "Quiz": "quiz"}[question[1]]
            counts["to judge" if judged else kind] += 1
    return counts


def minutes(
    name: str, rawtext: str, text: str, lineno: int, inliner: Inliner, options: Any = None, content: Any = None
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Write the reading times of chapters, added up, in minutes."""
    return [nodes.Text(str(sum(minutes_of(chapter(int(number))) for number in text.split())))], []


class ExerciseCounts(Directive):
    """A row for each chapter, and one for all of them."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows, total = [], Counter()
        for notebook in sorted(BOOK.glob("[0-9][0-9]_*.ipynb")):
            counts = exercises_of(notebook)
            total += counts
            row = [f"[{int(notebook.stem[:2])}]({notebook.name})", minutes_of(notebook), *(counts[k] for k in KINDS)]
            rows.append(row)
        rows.append(["all", sum(row[1] for row in rows), *(total[kind] for kind in KINDS)])
        head = ["Chapter", "Minutes", *KINDS]
        lines = [head, ["---"] * len(head), *rows]
        text = [f"| {' | '.join(map(str, line))} |" for line in lines]
        node = nodes.container()
        self.state.nested_parse(StringList(text, "exercise-counts"), self.content_offset, node)
        return node.children


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the role and the directive."""
    app.add_role("minutes", minutes)
    app.add_directive("exercise-counts", ExerciseCounts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
