"""The cells of chapter 13 on the device, in their order; a cell that fails does not stop those after it.

Explorers and quizzes need plotly and a notebook: where there is none they are left out, and named. Writes
`chapter.json`.
"""

import importlib.util
import re
import sys
import time
import traceback
from typing import Any

from benchmarks.cuda.machine import ROOT, Options, options

CHAPTER = ROOT / "book" / "13_training_for_real.md"
SHOWN = ("ByHand", "Dashboard", "Predict", "Quiz", "check", "show_figure", "show_retrieved")
_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SKIPPED = ("skip-execution", "exercise")
_FEW = 7  # up to the first training, of a second, for a rehearsal


class NotShown:
    """Stands where a figure would: it can be called, and gives callbacks that do nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __call__(self, *_: Any, **__: Any) -> None:
        """Show nothing."""

    def run(self, name: str) -> "NotShown":
        """Return what would draw the curves of a run."""
        return self

    def add(self, *_: Any) -> None:
        """Draw no run."""


def cells(text: str) -> list[str]:
    """Return the code of each cell that a page runs.

    Example:
        >>> cells("```{code-cell}\\n:tags: [remove-cell]\\n\\nx = 1\\n```\\n")
        ['x = 1\\n']
    """
    found = []
    for cell in _CELL.findall(text):
        head, code = _divided(cell)
        if not any(tag in head for tag in _SKIPPED):
            found.append(code)
    return found


def _divided(cell: str) -> tuple[str, str]:
    """Return what stands above the code, its tags, and the code."""
    if cell.startswith("---\n"):
        _, head, code = cell.split("---\n", 2)
        return head, code
    lines = cell.splitlines(keepends=True)
    count = next((i for i, line in enumerate(lines) if not line.startswith(":")), len(lines))
    return "".join(lines[:count]), "".join(lines[count:]).lstrip("\n")


def left_out() -> list[str]:
    """Return the names that cannot be had without plotly and IPython."""
    there = all(importlib.util.find_spec(name) for name in ("plotly", "IPython", "ipywidgets", "anywidget"))
    return [] if there else list(SHOWN)


def outcome(code: str, name: str, space: dict[str, Any]) -> dict[str, str]:
    """Run a cell; return its status, and of one that failed what it said.

    Example:
        >>> outcome("import no_such_package", "cell", {})["status"]
        'left out: No module named \'no_such_package\''
    """
    try:
        exec(compile(code, name, "exec"), space)
    except ModuleNotFoundError as error:
        return {"status": f"left out: {error}"}
    except Exception:
        return {"status": "failed", "said": traceback.format_exc()[-2000:]}
    return {"status": "passed"}


def run(given: Options) -> bool:
    """Run the cells until the time is over; return whether none has failed."""
    space: dict[str, Any] = {"__name__": "__main__"}
    found: dict[str, Any] = {"left_out": left_out(), "cells": []}
    every = cells(CHAPTER.read_text(encoding="utf-8"))
    for number, code in enumerate(every[:_FEW] if given.small else every):
        row: dict[str, Any] = {"cell": number, "begins": code.strip().splitlines()[0]}
        start = time.monotonic()
        if given.has_time():
            row |= outcome(code, f"<cell {number}>", space)
        else:
            row["status"] = "no time was left"
        row["seconds"] = round(time.monotonic() - start, 2)
        space |= {name: NotShown() if name[0].islower() else NotShown for name in found["left_out"] if name in space}
        found["cells"].append(row)
        print(f"cell {number}: {row['status']}, {row['seconds']} s: {row['begins']}", row.get("said", ""), flush=True)
        given.write("chapter", found)
    return all(row["status"] != "failed" for row in found["cells"])


if __name__ == "__main__":
    sys.exit(0 if run(options(__doc__)) else 1)
