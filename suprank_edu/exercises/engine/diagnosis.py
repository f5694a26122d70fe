"""From what a learner's function did to the one next step: a list of looks, the first that finds something speaks.

Each rung looks at all runs and returns a `Result`, or None when it finds nothing. Earlier rungs make later ones safe:
nobody compares numbers before the shape is right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from suprank_edu.exercises.engine.calls import Run, agree, learner_traceback, run, unfinished, wrong_signature
from suprank_edu.exercises.engine.gradients import look_at_gradient
from suprank_edu.exercises.engine.result import Result
from suprank_edu.exercises.engine.show import show_example, show_input, show_type
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake
from suprank_edu.exercises.engine.titles import HINTS, TITLES

Rung = Callable[[Exercise, Function, list[Run]], Result | None]


def diagnose(exercise: Exercise, fn: Any) -> Result:
    """Run `fn` on every input of `exercise` and return the first thing that a learner should hear."""
    early = _look_at_function(exercise, fn)
    if early is not None:
        return early
    with torch.inference_mode(False), torch.enable_grad():
        return _climb(exercise, fn, [run(exercise, fn, case) for case in exercise.cases])


def _climb(exercise: Exercise, fn: Function, runs: list[Run]) -> Result:
    rungs: tuple[Rung, ...] = (
        _attempted,
        _raised,
        _type,
        _shape,
        _dtype,
        _finite,
        _misread,
        look_at_gradient,
        _modified,
        _wrong,
    )
    for rung in rungs:
        found = rung(exercise, fn, runs)
        if found is not None:
            return found
    return Result(exercise.name, "right", f"right on all {len(runs)} inputs", exercise.praise)


def _look_at_function(exercise: Exercise, fn: Any) -> Result | None:
    if fn is None or fn is ... or fn is NotImplemented:
        return _open(exercise)
    if not callable(fn):
        return Result(
            exercise.name,
            "not-a-function",
            TITLES["not-a-function"],
            f"`check` got {show_type(fn)}. Give it the function itself, with no parentheses after its name: "
            f'`check("{exercise.name}", ex_{exercise.name})`.',
        )
    if wrong_signature(exercise, fn):
        return Result(
            exercise.name,
            "signature",
            TITLES["signature"],
            f"The check calls your function with {len(exercise.arguments)} argument"
            f"{'s' if len(exercise.arguments) > 1 else ''}. Keep the first line of the stub: "
            f"`def {exercise.call}:`.",
        )
    return None


def _open(exercise: Exercise) -> Result:
    return Result(
        exercise.name,
        "not-attempted",
        TITLES["not-attempted"],
        f"Put your own lines in the place of `...` in `ex_{exercise.name}`, return the result, and run this cell "
        "again.",
    )


def _attempted(exercise: Exercise, fn: Function, runs: list[Run]) -> Result | None:
    if any(unfinished(each.error) for each in runs):
        return _open(exercise)
    empty = [each.error is None and _is_empty(each.output) for each in runs]
    return _open(exercise) if all(empty) else None


def _is_empty(output: Any) -> bool:
    return output is None or output is ... or output is NotImplemented


def _raised(exercise: Exercise, fn: Function, runs: list[Run]) -> Result | None:
    for each in runs:
        if each.error is not None:
            return Result(
                exercise.name,
                "exception",
                f"your code stopped with `{type(each.error).__name__}`",
                f"It happened with {each.case.label}: {show_input(exercise, each.case)}. The last lines of your "
                "traceback say where and why; read it from the bottom up.",
                more=exercise.advice.get("shape", "") if _sizes_clash(each.error) else "",
                traceback=learner_traceback(each.error),
                exception=each.error,
            )
    return None


def _sizes_clash(error: BaseException) -> bool:
    return type(error) is RuntimeError and "must match" in str(error)


def _type(exercise: Exercise, fn: Function, runs: list[Run]) -> Result | None:
    for each in runs:
        output = each.output
        if isinstance(output, Tensor) and _plain(output):
            continue
        if exercise.number and isinstance(output, int | float) and not isinstance(output, bool):
            continue
        if _is_empty(output):
            text = f"With {each.case.label} it returned {show_type(output)}. Does every path end in a `return`?"
        else:
            text = exercise.advice.get("type", "") or (
                f"It returned {show_type(output)}; expected is a `torch.Tensor` {exercise.returns}. Stay with torch "
                "from the first line to the last: a detour through lists or numpy also loses the gradient."
            )
        return Result(exercise.name, "type", TITLES["type"], text)
    return None


def _plain(output: Tensor) -> bool:
    """Whether a tensor holds its numbers one by one, on a device where they can be read."""
    return not (output.is_nested or output.is_quantized or output.is_meta) and output.layout is torch.strided


def _shape(exercise: Exercise, fn: Function, runs: list[Run]) -> Result | None:
    for each in runs:
        if each.shape != each.truth.shape:
            text = (
                f"With {each.case.label} it returned shape `{tuple(each.shape)}`, expected "
                f"`{tuple(each.truth.shape)}`: {exercise.returns}."
            )
            return Result(exercise.name, "shape", TITLES["shape"], text, more=exercise.advice.get("shape", ""))
    return None


def _dtype(exercise: Exercise, fn: Function, runs: list[Run]) -> Result | None:
    for each in runs:
        if not isinstance(each.output, Tensor):
            continue
        dtype = each.output.dtype
        whole_numbers = not (dtype.is_floating_point or dtype.is_complex or dtype == torch.bool)
        if dtype.is_floating_point or (whole_numbers and not exercise.floating):
            continue
        wanted = "a floating-point dtype" if exercise.floating else "numbers, floating-point or integers"
        text = exercise.advice.get("dtype", "") or "Convert it with `.to(...)`, for instance to the dtype of the input."
        return Result(exercise.name, "dtype", TITLES["dtype"], f"It returned `{dtype}`, expected is {wanted}. {text}")
    return None


def _finite(exercise: Exercise, fn: Function, runs: list[Run]) -> Result | None:
    for each in runs:
        if not bool(each.values[each.compared].isfinite().all()):
            what = "NaN" if bool(each.values[each.compared].isnan().any()) else "an infinity"
            text = exercise.advice.get("non-finite", "") or "Look for a division by zero or an overflow."
            return Result(
                exercise.name,
                "non-finite",
                TITLES["non-finite"],
                f"With {each.case.label} the result contains {what}. {text}",
                example=show_example(exercise, each),
            )
    return None


def _misread(exercise: Exercise, fn: Function, runs: list[Run]) -> Result | None:
    failed = [each for each in runs if not agree(exercise, each, each.truth)]
    if not failed:
        return None
    # First the mistakes that explain every number; then those that explain the first input that came out wrong.
    mistakes = sorted(exercise.mistakes, key=lambda mistake: HINTS.index(mistake.hint))
    for explained in (runs, failed[:1]):
        for mistake in mistakes:
            if _explains(exercise, mistake, explained):
                return _hint(exercise, mistake, failed)
    return None


def _explains(exercise: Exercise, mistake: Mistake, runs: list[Run]) -> bool:
    return all(agree(exercise, each, mistake.values(*each.case.args)) for each in runs)


def _hint(exercise: Exercise, mistake: Mistake, failed: list[Run]) -> Result:
    example = show_example(exercise, failed[0])
    return Result(exercise.name, mistake.hint, TITLES[mistake.hint], mistake.text, mistake.more, example)


def _smallest(runs: list[Run]) -> Run:
    def size(each: Run) -> tuple[bool, int]:
        numbers = each.case.args[0].numel() if isinstance(each.case.args[0], Tensor) else 1
        return numbers < 3, numbers  # one or two numbers are quickly read, but they seldom show what is wrong

    return min(runs, key=size)


def _modified(exercise: Exercise, fn: Function, runs: list[Run]) -> Result | None:
    for each in runs:
        if each.modified is not None:
            return Result(
                exercise.name,
                "in-place",
                TITLES["in-place"],
                f"After the call `{each.modified}` was no longer what it had been: an operation in place (`x[...] = `, "
                "`x += `, `x.fill_diagonal_()`, any name that ends in `_`) changed it. Whoever called your function "
                "still needs it: make a new tensor, or work on `x.clone()`.",
            )
    return None


def _wrong(exercise: Exercise, fn: Function, runs: list[Run]) -> Result | None:
    failed = [each for each in runs if not agree(exercise, each, each.truth)]
    if not failed:
        return None
    right = len(runs) - len(failed)
    text = f"Right on {right} of {len(runs)} inputs. " if right else ""
    smallest = _smallest(failed)
    text += f"Work the input below out by hand ({smallest.case.label}), line by line: where do you and your code part?"
    more = exercise.advice.get("wrong", "")
    return Result(exercise.name, "wrong", TITLES["wrong"], text, more, show_example(exercise, smallest))
