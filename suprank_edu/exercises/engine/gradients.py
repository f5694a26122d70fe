"""The gradient of a learner's function against finite differences of the definition."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu.exercises.engine.calls import Run, agree, attempt, copy, learner_traceback
from suprank_edu.exercises.engine.result import Result
from suprank_edu.exercises.engine.show import show_value, table
from suprank_edu.exercises.engine.spec import Exercise, Function
from suprank_edu.exercises.engine.titles import TITLES

_STEP = 1e-6


def look_at_gradient(exercise: Exercise, fn: Function, runs: list[Run]) -> Result | None:
    """Compare the gradient to the first argument on every input where the truth has one; None when all is well."""
    if not exercise.gradient:
        return None
    values_right = all(agree(exercise, each, each.truth) for each in runs)
    for each in runs:
        if each.case.smooth:
            found = _look_at_run(exercise, fn, each, values_right)
            if found is not None:
                return found
    return None


def _look_at_run(exercise: Exercise, fn: Function, each: Run, values_right: bool) -> Result | None:
    name = exercise.arguments[0]
    expected = finite_differences(exercise.truth, each)
    came, error = learner_gradient(fn, each)
    if error is not None:
        # An input that was changed in place breaks autograd; the rung for that says what to do about it.
        return None if each.modified is not None else _raised(exercise, error)
    if came is None:
        text = exercise.advice.get("no-gradient", "") or (
            "A comparison, `argsort`, `.detach()`, `.item()`, `.tolist()`, numpy and a fresh `torch.tensor(...)` all "
            "cut the graph."
        )
        return _result(exercise, "no-gradient", f"The result does not depend on `{name}` any more. {text}")
    if not bool(came.isfinite().all()):
        text = exercise.advice.get("non-finite-gradient", "") or "Look for 0/0 or ∞/∞ in a branch that is not used."
        return _result(
            exercise, "non-finite", f"The value is finite, but its gradient is not: {show_value(came)}. {text}"
        )
    if bool((came.abs() <= 1e-9).all()) and not bool((expected.abs() <= 1e-6).all()):
        text = exercise.advice.get("zero-gradient", "") or (
            "A comparison, `round`, `argsort` or a change to integers is flat: its slope is 0 almost everywhere."
        )
        return _result(exercise, "no-gradient", f"The gradient to `{name}` is 0 in every entry. {text}")
    if not values_right or _close(came, expected):
        return None
    return _name_the_mistake(exercise, each, came, expected)


def _name_the_mistake(exercise: Exercise, each: Run, came: Tensor, expected: Tensor) -> Result:
    name = exercise.arguments[0]
    # The result has many entries, a gradient is of one number: their sum, with weights that let no two errors cancel.
    example = table(
        f"{each.case.label}: the gradient of the result's weighted sum",
        [(name, show_value(each.case.args[0])), ("came", show_value(came)), ("expected", show_value(expected))],
    )
    if _close(came, -expected):
        return _result(exercise, "sign", "The value is right, but its gradient points the other way.", example)
    for mistake in exercise.gradient_mistakes:
        if _close(came, finite_differences(mistake.values, each)):
            return _result(exercise, mistake.hint, mistake.text, example, mistake.more)
    text = "Finite differences, (f(s + ε) − f(s − ε)) / 2ε, give other numbers than autograd on your code. " + (
        exercise.advice.get("wrong-gradient", "") or "Which part of your code should let the gradient through?"
    )
    return _result(exercise, "wrong-gradient", text, example)


def learner_gradient(fn: Function, each: Run) -> tuple[Tensor | None, BaseException | None]:
    """Return autograd's gradient of the weighted result to the first argument, None where there is none."""
    with torch.enable_grad():
        leaf = each.case.args[0].clone().requires_grad_()
        # The function gets a copy of the leaf: changing a leaf in place would raise before anything can be said.
        args = [leaf.clone(), *(copy(arg) for arg in each.case.args[1:])]
        output, error = attempt(fn, args)
        if error is not None or not isinstance(output, Tensor) or not output.requires_grad:
            return None, error
        total = weighted(output, each.compared)
        grads, error = attempt(_grad, [total, leaf])
        return grads, error


def _grad(total: Tensor, leaf: Tensor) -> Tensor | None:
    return torch.autograd.grad(total, leaf, allow_unused=True)[0]


def finite_differences(definition: Function, each: Run) -> Tensor:
    """Return the central differences of the weighted `definition` at the first argument, in float64."""
    start = each.case.args[0].to(torch.float64)
    rest = each.case.args[1:]
    gradient = torch.zeros_like(start)
    for i in range(start.numel()):
        sides = []
        for move in (_STEP, -_STEP):
            moved = start.clone()
            moved.view(-1)[i] += move
            sides.append(float(weighted(definition(moved, *rest), each.compared)))
        gradient.view(-1)[i] = (sides[0] - sides[1]) / (2 * _STEP)
    return gradient


def weighted(output: Tensor, compared: Tensor) -> Tensor:
    """Sum the entries that count, with weights from 1 to 2, so that no two errors cancel."""
    seen = output[compared.to(output.device)]
    return (seen * torch.linspace(1, 2, seen.numel(), dtype=seen.dtype, device=seen.device)).sum()


def _close(came: Tensor, expected: Tensor) -> bool:
    scale = float(expected.abs().max()) if expected.numel() else 0.0
    return bool(((came.to(expected) - expected).abs() <= 1e-3 * scale + 1e-5).all())


def _raised(exercise: Exercise, error: BaseException) -> Result:
    return Result(
        exercise.name,
        "exception",
        f"your code stopped with `{type(error).__name__}`",
        f"On plain numbers it runs; it stops when `{exercise.arguments[0]}` asks for a gradient, as it does in "
        "training. Your traceback says where.",
        traceback=learner_traceback(error),
        exception=error,
    )


def _result(exercise: Exercise, hint: str, text: str, example: str = "", more: str = "") -> Result:
    return Result(exercise.name, hint, TITLES[hint], text, more, example)
