"""From what a learner's function did to the one next step: a list of looks, and the first that finds something speaks.

Each looks at all runs and returns a `Result`, or None when it finds nothing. Earlier looks make later ones safe: nobody
compares numbers before the shape is right, or gradients before the numbers are.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from suprank_edu.exercises.engine import limit, returned
from suprank_edu.exercises.engine.calls import ABSOLUTE, Run, attempt, compared, copy, is_right, run
from suprank_edu.exercises.engine.evidence import Evidence, close_by, suspect, weigh
from suprank_edu.exercises.engine.gradients import look_at_gradient
from suprank_edu.exercises.engine.result import Result
from suprank_edu.exercises.engine.show import show_example
from suprank_edu.exercises.engine.spec import Answer, Exercise, Mistake

Look = Callable[[Exercise, Answer, list[Run]], Result | None]


def diagnose(exercise: Exercise, fn: Any) -> Result:
    """Run `fn` on every input of `exercise` and return the first thing that a learner should hear."""
    early = returned.look_at_function(exercise, fn)
    if early is not None:
        return early
    with torch.inference_mode(False), torch.enable_grad():
        runs = _runs(exercise, fn)
        for look in LOOKS:
            found = look(exercise, fn, runs)
            if found is not None:
                return found
    return Result.of(exercise, "right", exercise.praise, title=f"right on all {len(runs)} inputs")


def _runs(exercise: Exercise, fn: Answer) -> list[Run]:
    runs: list[Run] = []
    for place in range(len(exercise.cases)):
        runs.append(run(exercise, fn, place))
        if isinstance(runs[-1].error, limit.TimeUp):  # the next input would take as long
            break
    return runs


def _mistaken(exercise: Exercise, fn: Answer, runs: list[Run]) -> Result | None:
    """Name a typical mistake, or ask whether it is one, when the numbers speak for it; NaN on an edge can wait."""
    finite = [each for each in runs if bool(each.values[each.compared].isfinite().all())]
    failed = [each for each in finite if not is_right(exercise, each)]
    if not failed:
        return None
    suspicion = suspect(exercise.mistakes, partial(_evidence, exercise, finite))
    if suspicion is None or not (suspicion.sure or len(finite) == len(runs)):
        return None
    return Result.suspected(exercise, suspicion, show_example(exercise, _smallest(failed)))


def _evidence(exercise: Exercise, runs: list[Run], mistake: Mistake) -> Evidence:
    inputs = (compared(each, exercise.mistaken[mistake][each.place]) for each in runs)
    return weigh(inputs, close_by(exercise.rtol, ABSOLUTE))


def _smallest(runs: list[Run]) -> Run:
    def size(each: Run) -> tuple[bool, int]:
        numbers = each.case.args[0].numel() if isinstance(each.case.args[0], Tensor) else 1
        return numbers < 3, numbers  # one or two numbers are quickly read, but they seldom show what is wrong

    return min(runs, key=size)


def _modified(exercise: Exercise, fn: Answer, runs: list[Run]) -> Result | None:
    for each in runs:
        if each.modified is not None:
            return Result.of(
                exercise,
                "in-place",
                f"After the call `{each.modified}` was no longer what it had been: an operation in place (`x[...] = `, "
                "`x += `, `x.fill_diagonal_()`, any name that ends in `_`) changed it. Whoever called your function "
                "still needs it: make a new tensor, or work on `x.clone()`.",
            )
    return None


def _wrong(exercise: Exercise, fn: Answer, runs: list[Run]) -> Result | None:
    failed = [each for each in runs if not is_right(exercise, each)]
    if not failed:
        return None
    right = len(runs) - len(failed)
    text = f"Right on {right} of {len(runs)} inputs. " if right else ""
    smallest = _smallest(failed)
    text += f"Work the input below out by hand ({smallest.case.label}), line by line: where do you and your code part?"
    more = exercise.further.get("wrong", "")
    return Result.of(exercise, "wrong", text, more=more, example=show_example(exercise, smallest))


def _forbidden(exercise: Exercise, fn: Answer, runs: list[Run]) -> Result | None:
    """Tell a way that is not allowed, though its numbers are right."""
    if exercise.forbidden is None:
        return None
    for each in runs:
        args = [copy(arg) for arg in each.case.args]
        found = exercise.forbidden(lambda args=args: attempt(fn, args), *args)
        if found is not None:
            return Result.of(exercise, found.hint, found.text, more=found.more)
    return None


LOOKS: tuple[Look, ...] = (
    returned.is_attempted,
    returned.raised,
    returned.has_type,
    returned.has_shape,
    returned.has_dtype,
    _mistaken,
    returned.is_finite,
    _modified,
    _wrong,
    look_at_gradient,
    _forbidden,
)
"""What is looked at, in this order."""
