"""All exercises at once: every truth stands on its own, every mistake is one, and the inputs tell it from all others."""

import ast
import itertools
import re

import pytest
import torch
from exercises.cells import CELLS, cells

from suprank_edu.exercises import EXERCISES, HINTS, check
from suprank_edu.exercises.engine.evidence import ENOUGH_INPUTS, ENOUGH_NUMBERS
from suprank_edu.exercises.engine.spec import Exercise, Mistake

MISTAKES = [
    pytest.param(
        exercise,
        mistake,
        id=f"{exercise.name}-{i}-{mistake.hint}",
    )
    for exercise in EXERCISES.values()
    for i, mistake in enumerate(exercise.mistakes)
]
STUBS = {cell.name: cell.source for path in CELLS for cell in cells(path) if cell.kind == "exercise"}
SOLUTIONS = {cell.name: cell.source for path in CELLS for cell in cells(path) if cell.kind == "solution"}


def numbers_of(exercise: Exercise, rule, case) -> torch.Tensor:
    values = rule(*case.args).to(torch.float64)
    return values[exercise.compared(*case.args)] if exercise.compared else values.flatten()


def differences(exercise: Exercise, one, other) -> list[int]:
    """On each input, how many numbers two rules give differently, by more than twice what is forgiven."""
    found = []
    for case in exercise.cases:
        a, b = numbers_of(exercise, one, case), numbers_of(exercise, other, case)
        found.append(int(((a - b).abs() > 2 * (1e-4 + exercise.rtol * torch.maximum(a.abs(), b.abs()))).sum()))
    return found


@pytest.mark.parametrize("name", EXERCISES)
def test_inputs_and_words_are_there(name: str) -> None:
    exercise = EXERCISES[name]
    assert exercise.praise.endswith(".")
    assert len({case.label for case in exercise.cases}) == len(exercise.cases) >= 2
    for case in exercise.cases:
        truth = exercise.truth(*case.args)
        assert truth.dtype == torch.float64
        assert truth.isfinite().all()
        if exercise.compared:
            assert exercise.compared(*case.args).shape == truth.shape


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_each_mistake_is_told_as_a_fact(exercise: Exercise, mistake: Mistake) -> None:
    result = check(exercise.name, mistake.values)
    assert (result.hint, result.message, result.more) == (mistake.hint, mistake.text, mistake.more), repr(result)
    assert result.sure


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_each_mistake_differs_from_the_truth_on_enough_numbers(exercise: Exercise, mistake: Mistake) -> None:
    assert mistake.hint in HINTS
    assert mistake.hint != "right"
    for case in exercise.cases:
        assert mistake.values(*case.args).shape == exercise.truth(*case.args).shape
    differs = differences(exercise, exercise.truth, mistake.values)
    assert sum(differs) >= ENOUGH_NUMBERS
    assert sum(count > 0 for count in differs) >= ENOUGH_INPUTS


@pytest.mark.parametrize("name", EXERCISES)
def test_some_input_tells_each_mistake_from_every_other(name: str) -> None:
    """Forms of one mistake have the same words; any two others differ on some input."""
    exercise = EXERCISES[name]
    for one, other in itertools.combinations(exercise.mistakes, 2):
        if one.text != other.text:
            assert any(differences(exercise, one.values, other.values)), f"{one.text}\n{other.text}"


@pytest.mark.parametrize("name", EXERCISES)
def test_advice_is_for_hints_that_exist(name: str) -> None:
    own = {"zero-gradient", "non-finite-gradient"}
    exercise = EXERCISES[name]
    assert set(exercise.advice) | set(exercise.further) <= set(HINTS) | own


def first_words(exercise: Exercise) -> list[str]:
    """What a learner reads before asking for a further hint."""
    return [*exercise.advice.values(), *(m.text for m in exercise.mistakes + exercise.gradient_mistakes)]


def code_of(source: str) -> set[str]:
    """Return the telling pieces of code of a solution: what it returns and assigns, calls with arguments, comparisons."""
    pieces = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Return | ast.Assign) and node.value is not None:
            pieces.add(ast.unparse(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args + node.keywords:
            arguments = [ast.unparse(part) for part in node.args + node.keywords]
            pieces.add(f".{node.func.attr}({', '.join(arguments)})")
        if isinstance(node, ast.BinOp | ast.Compare):
            pieces.add(ast.unparse(node))
    return {piece.replace(" ", "") for piece in pieces if len(piece) >= 8}


@pytest.mark.parametrize("name", EXERCISES)
def test_no_first_hint_gives_the_solution_away(name: str) -> None:
    body = SOLUTIONS[name].split("\n", 1)[1].rsplit("check(", 1)[0]
    solution = code_of(body) - code_of(STUBS[name].rsplit("check(", 1)[0])
    for text in first_words(EXERCISES[name]):
        for span in re.findall(r"`([^`]+)`", text):
            given = [piece for piece in solution if piece in span.replace(" ", "")]
            assert not given, f"{span!r} holds {given} of the solution: {text}"


@pytest.mark.parametrize("name", EXERCISES)
def test_what_is_asked_is_said_in_the_stub(name: str) -> None:
    exercise, stub = EXERCISES[name], STUBS[name]
    returns = stub[stub.index("returns:") :]
    assert exercise.gradient == ("gradient" in returns and name != "two_pass_gradient"), stub
    assert exercise.number == ("one number" in returns), stub
    assert exercise.same_dtype == ("dtype of" in returns), stub
