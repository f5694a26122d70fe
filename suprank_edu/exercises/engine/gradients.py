"""The gradient of a learner's function against finite differences of the definition, once the values are right."""

from dataclasses import dataclass

import torch
from torch import Tensor

from suprank_edu.exercises.engine.calls import Run, attempt, copy, learner_traceback
from suprank_edu.exercises.engine.evidence import Compared, suspect, weigh
from suprank_edu.exercises.engine.limit import TimeUp
from suprank_edu.exercises.engine.result import Result
from suprank_edu.exercises.engine.returned import out_of_time
from suprank_edu.exercises.engine.show import show_value, table
from suprank_edu.exercises.engine.spec import Answer, Exercise, Function, Mistake

_STEP = 1e-6
_TURNED = "The value is right, but its gradient points the other way."


@dataclass(frozen=True)
class _Slope:
    """The gradient that came on one input, and what finite differences give."""

    run: Run
    came: Tensor
    expected: Tensor


def look_at_gradient(exercise: Exercise, fn: Answer, runs: list[Run]) -> Result | None:
    """Compare the gradient to the first argument on every input where the truth has one; None when all is well."""
    if not exercise.gradient:
        return None
    slopes = []
    for each in runs:
        if each.case.smooth:
            expected = finite_differences(exercise.truth, each)
            came, error = learner_gradient(fn, each)
            if error is not None:
                return _raised(exercise, error)
            missing = _missing(exercise, came, expected)
            if missing is not None or came is None:
                return missing
            slopes.append(_Slope(each, came.to(expected), expected))
    wrong = [slope for slope in slopes if not bool(_close(slope.came, slope.expected).all())]
    return _wrong(exercise, slopes, wrong[0]) if wrong else None


def _missing(exercise: Exercise, came: Tensor | None, expected: Tensor) -> Result | None:
    """Tell a gradient that does not come back, is not finite, or is 0 everywhere."""
    name = exercise.arguments[0]
    if came is None:
        text = exercise.advice.get("no-gradient", "") or (
            "A comparison, `argsort`, `.detach()`, `.item()`, `.tolist()`, numpy and a fresh `torch.tensor(...)` all "
            "cut the graph."
        )
        return _say(exercise, "no-gradient", f"The values are right, but no gradient leads back to `{name}`. {text}")
    if not bool(came.isfinite().all()):
        text = exercise.advice.get("non-finite-gradient", "") or "Look for 0/0 or ∞/∞ in a branch that is not used."
        return _say(
            exercise,
            "non-finite",
            f"The value is finite, but its gradient is not: {show_value(came)}. {text}",
            further="non-finite-gradient",
        )
    if bool((came.abs() <= 1e-9).all()) and not bool((expected.abs() <= 1e-6).all()):
        text = exercise.advice.get("zero-gradient", "") or (
            "A comparison, `round`, `argsort` or a change to integers is flat: its slope is 0 almost everywhere."
        )
        return _say(exercise, "no-gradient", f"The gradient to `{name}` is 0 in every entry. {text}")
    return None


def _wrong(exercise: Exercise, slopes: list[_Slope], shown: _Slope) -> Result:
    """Name the mistake when the gradients are those of one on enough numbers and inputs; else ask, or show them."""
    # The result has many entries, a gradient is of one number: their sum, with weights that let no two errors cancel.
    example = table(
        f"{shown.run.case.label}: the gradient of the result's weighted sum",
        [
            (exercise.arguments[0], show_value(shown.run.case.args[0])),
            ("came", show_value(shown.came)),
            ("expected", show_value(shown.expected)),
        ],
    )
    turned = Mistake("sign", _TURNED, lambda *args: -exercise.truth(*args))
    candidates = (turned, *exercise.gradient_mistakes)
    suspicion = suspect(candidates, lambda mistake: weigh(_compared(slopes, mistake), _close))
    if suspicion is not None:
        return Result.suspected(exercise, suspicion, example)
    text = "Finite differences, (f(s + ε) − f(s − ε)) / 2ε, give other numbers than autograd on your code. " + (
        exercise.advice.get("wrong-gradient", "") or "Which part of your code should let the gradient through?"
    )
    return _say(exercise, "wrong-gradient", text, example)


def _compared(slopes: list[_Slope], mistake: Mistake) -> list[Compared]:
    return [
        Compared(s.came.flatten(), s.expected.flatten(), finite_differences(mistake.values, s.run).flatten())
        for s in slopes
    ]


def learner_gradient(fn: Answer, each: Run) -> tuple[Tensor | None, BaseException | None]:
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


def _close(came: Tensor, expected: Tensor) -> Tensor:
    scale = float(expected.abs().max()) if expected.numel() else 0.0
    return (came - expected).abs() <= 1e-3 * scale + 1e-5


def _raised(exercise: Exercise, error: BaseException) -> Result:
    name = exercise.arguments[0]
    if isinstance(error, TimeUp):
        return out_of_time(exercise, error, f"When `{name}` asked for a gradient")
    return Result.of(
        exercise,
        "exception",
        f"On plain numbers it runs; it stops when `{name}` asks for a gradient, as it does in training. Your traceback "
        "says where.",
        title=f"your code stopped with `{type(error).__name__[:60]}`",
        traceback=learner_traceback(error),
        exception=error,
    )


def _say(exercise: Exercise, hint: str, text: str, example: str = "", further: str = "") -> Result:
    return Result.of(exercise, hint, text, more=exercise.further.get(further or hint, ""), example=example)
