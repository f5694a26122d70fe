"""Answers by readers of the chapters: every right one passes, no wrong one does, and each gets the hint meant for it.

The files hold functions `right_…` and `wrong_…`, over each wrong one a line that names its mistake, and a table
`VERDICTS`: the hint that this mistake deserves → the wrong answers that have it. `ties` is stated as a fact, `ties?`
asked as a question, and `wrong` is the honest "work it out by hand".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from modules import load

from suprank_edu.exercises import EXERCISES, HINTS, check
from suprank_edu.exercises.engine import limit

FILES = sorted((Path(__file__).parent / "answers").glob("*/*.py"))


def answers(module: ModuleType, kind: str) -> dict[str, Callable[..., Any]]:
    return {name[6:]: fn for name, fn in vars(module).items() if name.startswith(f"{kind}_")}


def verdicts(module: ModuleType) -> dict[str, str]:
    """Answer → the verdict that is meant for it."""
    pairs = [(name, verdict) for verdict, names in module.VERDICTS.items() for name in names.split()]
    assert len(dict(pairs)) == len(pairs), "an answer stands under two verdicts"
    return dict(pairs)


MODULES = [(path, load(path, f"answers_{path.parent.name}_{path.stem}")) for path in FILES]
RIGHT = [
    pytest.param(path.stem, fn, id=f"{path.stem}-{name}")
    for path, module in MODULES
    for name, fn in answers(module, "right").items()
]
WRONG = [
    pytest.param(path.stem, fn, verdicts(module).get(name, ""), id=f"{path.stem}-{name}")
    for path, module in MODULES
    for name, fn in answers(module, "wrong").items()
]


@pytest.mark.parametrize(("name", "fn"), RIGHT)
def test_right_answers_pass(name: str, fn: Callable[..., Any]) -> None:
    result = check(name, fn)
    assert result.passed, repr(result)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "fn", "verdict"), WRONG)
def test_wrong_answers_get_the_hint_meant_for_them(
    name: str, fn: Callable[..., Any], verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if verdict == "time":
        monkeypatch.setattr(limit, "SECONDS", 0.2)
    result = check(name, fn)
    assert not result.passed
    assert f"{result.hint}{'' if result.sure else '?'}" == verdict, repr(result)


@pytest.mark.parametrize(("path", "module"), MODULES, ids=[path.stem for path in FILES])
def test_each_wrong_answer_has_one_verdict(path: Path, module: ModuleType) -> None:
    assert path.stem in EXERCISES
    assert set(verdicts(module)) == set(answers(module, "wrong"))
    assert {verdict.rstrip("?") for verdict in module.VERDICTS} <= set(HINTS)


def test_every_exercise_has_ten_wrong_and_four_right() -> None:
    right, wrong = Counter(), Counter()
    for path, module in MODULES:
        right[path.stem] += len(answers(module, "right"))
        wrong[path.stem] += len(answers(module, "wrong"))
    asked = sum(verdict.endswith("?") for _, module in MODULES for verdict in verdicts(module).values())
    plain = sum(verdict == "wrong" for _, module in MODULES for verdict in verdicts(module).values())
    print(
        f"{right.total()} right and {wrong.total()} wrong answers to {len(right)} exercises: "
        f"{asked} asked about, {plain} left to be worked out by hand"
    )
    assert set(right) == set(EXERCISES)
    assert min(right.values()) >= 4
    assert min(wrong.values()) >= 10
