"""Sphinx directives for the page of all results: tables computed from `book/results` when the page is built.

* `results-table` takes folders of results: every loss that was tested there, its mean over seeds and its interval.
* `claims-table` sets the papers' claims beside what each set says of them.
* `stages-table` says how long each stage from photographs to a trained head took.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx

from suprank_edu.training.study import NAMES, as_frame, load_results, table
from suprank_edu.training.study.claims import Finding, judge_claims, read_claims

RESULTS = Path(__file__).resolve().parents[1] / "results"
SETS = {
    "groceries": "Groceries, head",
    "omniglot": "Omniglot",
    "rendered-landmarks": "landmarks",
    "groceries-fine-tune": "Groceries, whole network",
}
SIGNS = {"higher": "\\>", "lower": "\\<", "not lower": "≥"}  # a line of Markdown may not begin with a bare >
MARKS = {"supported": "✓", "not told apart": "~", "contradicted": "✕"}


def rows_of_results(folder: str) -> list[list[str]]:
    """Return a head row and a row for each loss of a folder, the best mAP@R first; what no run has is left out."""
    frame = as_frame(table(load_results(RESULTS / folder)))
    frame = frame.loc[:, [column for column in frame if not (frame[column] == "nan").all()]]
    rows = zip(frame.index, frame.values, strict=True)
    return [["loss", *frame.columns], *([name, *map(str, row)] for name, row in rows)]


def rows_of_claims() -> list[list[str]]:
    """Return a head row and a row for each claim of the papers: its sentence, and what each set says of it."""
    claims = read_claims(RESULTS / "claims.md")["Claims"]
    found = [judge_claims(RESULTS, name, claims) for name in SETS]
    rows = [["the claim", "in", *SETS.values()]]
    for claim, *of_sets in zip(claims, *found, strict=True):
        sentence = f"{NAMES[claim.first]} {SIGNS[claim.relation]} {NAMES[claim.second]}".replace(" ", "\u00a0")
        rows.append([sentence, claim.metric.removesuffix("/column0"), *map(_said, of_sets)])
    return rows


def rows_of_stages() -> list[list[str]]:
    """Return a head row and a row for each stage from a folder of photographs to a trained head."""
    stages = json.loads((RESULTS / "groceries-stages" / "stages.json").read_text())["stages"]
    return [
        ["stage", "photographs", "seconds"],
        *([name, f"{took['photographs']:,}", f"{took['seconds']:.1f}"] for name, took in stages.items()),
    ]


def _said(finding: Finding) -> str:
    """Say a verdict, a difference and its interval in a cell; nothing where it was not run."""
    if finding.word == "not run":
        return "—"
    low, high = finding.interval
    numbers = [f"{round(each, 3) + 0.0:+.3f}".replace("-", "−") for each in (finding.difference, low, high)]
    return "{} {} ({}\u00a0to\u00a0{})".format(MARKS[finding.word], *numbers)


class _Table(Directive):
    def table(self, rows: Sequence[Sequence[str]]) -> list[nodes.Node]:
        """Return a table of the page, as one written in Markdown would be."""
        lines = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
        text = [f"| {' | '.join(line)} |" for line in lines]
        node = nodes.container()
        self.state.nested_parse(StringList(text, self.name), self.content_offset, node)
        return node.children


class ResultsTable(_Table):
    """Takes one folder, or several whose rows are named by what the folder's name adds to the first one's."""

    required_arguments = 1
    optional_arguments = 9

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        if len(self.arguments) == 1:
            return self.table(rows_of_results(self.arguments[0]))
        rows = []
        for folder in self.arguments:
            head, *body = rows_of_results(folder)
            ending = folder.partition("-")[2].replace("-", " of ")
            rows += [[f"{name}, {ending}", *cells] for name, *cells in body]
        return self.table([head, *rows])


class ClaimsTable(_Table):
    """Takes nothing."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        return self.table(rows_of_claims())


class StagesTable(_Table):
    """Takes nothing."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        return self.table(rows_of_stages())


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("results-table", ResultsTable)
    app.add_directive("claims-table", ClaimsTable)
    app.add_directive("stages-table", StagesTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
