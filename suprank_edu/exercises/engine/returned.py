"""Looks at what was handed in and what came back, before any number is compared: None, type, shape, dtype, NaN."""

import ast
import inspect
import numbers
import textwrap
import tokenize
from typing import Any

import numpy as np
import torch
from torch import Tensor

from suprank_edu.exercises.engine import limit
from suprank_edu.exercises.engine.calls import Run, learner_line, learner_traceback, unfinished, wrong_signature
from suprank_edu.exercises.engine.result import Result
from suprank_edu.exercises.engine.show import show_example, show_input, show_type
from suprank_edu.exercises.engine.spec import Answer, Exercise


def look_at_function(exercise: Exercise, fn: Any) -> Result | None:
    """Tell whether `fn` can be called with the arguments of the exercise."""
    if fn is None or fn is ... or fn is NotImplemented:
        return _open(exercise)
    if not callable(fn):
        return Result.of(
            exercise,
            "not-a-function",
            f"`check` got {show_type(fn)}. Give it the function itself, with no parentheses after its name: "
            f'`check("{exercise.name}", ex_{exercise.name})`.',
        )
    if wrong_signature(exercise, fn):
        return Result.of(
            exercise,
            "signature",
            f"The check calls your function with {len(exercise.arguments)} argument"
            f"{'s' if len(exercise.arguments) > 1 else ''}. Keep the first line of the stub: "
            f"`def {exercise.call}:`.",
        )
    return None


def _open(exercise: Exercise) -> Result:
    return Result.of(
        exercise,
        "not-attempted",
        f"Put your own lines in the place of `...` in `ex_{exercise.name}`, return the result, and run this cell "
        "again.",
    )


def is_attempted(exercise: Exercise, fn: Answer, runs: list[Run]) -> Result | None:
    """Tell an unfinished stub, and work that is never returned."""
    if any(unfinished(each.error) for each in runs):
        return _open(exercise)
    if not all(each.error is None and _is_empty(each.output) for each in runs):
        return None
    works, prints = _works(fn)
    if not works:
        return _open(exercise)
    text = (
        "It prints its result, and what is printed is lost to whoever called the function: `return` it instead."
        if prints
        else "It works something out, but no line of it gives the result back. Let it end with `return` and the result."
    )
    return Result.of(exercise, "no-return", f"Your function returned `None`. {text}")


def _is_empty(output: Any) -> bool:
    return output is None or output is ... or output is NotImplemented


def _works(fn: Answer) -> tuple[bool, bool]:
    """Whether the body of `fn` is more than a stub, and whether it prints; a stub has a `...` or an empty `return`."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(fn)))
    except (OSError, TypeError, SyntaxError, tokenize.TokenError):  # no source, or that of a lambda inside a line
        return False, False
    definition = tree.body[0] if tree.body else None
    if not isinstance(definition, ast.FunctionDef) or definition.name != getattr(fn, "__name__", ""):
        return False, False
    statements = [node for node in definition.body if not _is_text(node)]
    prints = any(isinstance(n, ast.Call) and ast.unparse(n.func) == "print" for s in statements for n in ast.walk(s))
    left_open = not statements or any(_is_placeholder(node) for node in statements)
    return prints or not left_open, prints


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_placeholder(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr | ast.Return):
        return node.value is None or (isinstance(node.value, ast.Constant) and node.value.value in (..., None))
    return isinstance(node, ast.Pass)


def raised(exercise: Exercise, fn: Answer, runs: list[Run]) -> Result | None:
    """Show what the learner's code raised, or the line at which it ran out of time."""
    for each in runs:
        if isinstance(each.error, limit.TimeUp):
            return out_of_time(exercise, each.error, f"With {each.case.label}")
        if each.error is not None:
            return Result.of(
                exercise,
                "exception",
                f"It happened with {each.case.label}: {show_input(exercise, each.case)}. The last lines of your "
                "traceback say where and why; read it from the bottom up.",
                title=f"your code stopped with `{type(each.error).__name__[:60]}`",
                more=exercise.further.get("shape" if _sizes_clash(each.error) else "exception", ""),
                traceback=learner_traceback(each.error),
                exception=each.error,
            )
    return None


def out_of_time(exercise: Exercise, error: BaseException, when: str) -> Result:
    """Say that a call was stopped, and where."""
    line = learner_line(error)
    where = f" at `{line}`" if line else ""
    return Result.of(
        exercise,
        "time",
        f"{when} it was still at work after {limit.SECONDS:g} seconds and was stopped{where}. "
        "What must happen for its loop to end, and does it ever happen?",
        exception=error,
    )


def _sizes_clash(error: BaseException) -> bool:
    return type(error) is RuntimeError and "must match" in str(error)


def has_type(exercise: Exercise, fn: Answer, runs: list[Run]) -> Result | None:
    """Tell a result that is no tensor, nor a number where one will do."""
    for each in runs:
        output = each.output
        if isinstance(output, Tensor) and _plain(output):
            continue
        if exercise.number and not isinstance(output, bool | np.bool_) and isinstance(output, numbers.Real):
            continue
        if _is_empty(output):
            text = f"With {each.case.label} it returned {show_type(output)}. Does every path end in a `return`?"
        elif exercise.number:
            wanted = "a tensor with no axes" if exercise.gradient else "a Python number, or a tensor with no axes"
            text = f"It returned {show_type(output)}; expected is one number: {wanted}."
        else:
            text = exercise.advice.get("type", "") or (
                f"It returned {show_type(output)}; expected is a `torch.Tensor` {exercise.returns}."
            )
        return Result.of(exercise, "type", text)
    return None


def _plain(output: Tensor) -> bool:
    """Whether a tensor holds its numbers one by one, on a device where they can be read."""
    return not (output.is_nested or output.is_quantized or output.is_meta) and output.layout is torch.strided


def has_shape(exercise: Exercise, fn: Answer, runs: list[Run]) -> Result | None:
    """Tell a result of another shape."""
    for each in runs:
        if each.shape != each.truth.shape:
            text = (
                f"With {each.case.label} it returned shape `{tuple(each.shape)}`, expected "
                f"`{tuple(each.truth.shape)}`: {exercise.returns}. {exercise.advice.get('shape', '')}"
            )
            return Result.of(exercise, "shape", text.rstrip(), more=exercise.further.get("shape", ""))
    return None


def has_dtype(exercise: Exercise, fn: Answer, runs: list[Run]) -> Result | None:
    """Tell a result that holds no numbers, or integers where floats are asked."""
    for each in runs:
        if not isinstance(each.output, Tensor):
            continue
        dtype, wanted = each.output.dtype, "numbers, floating-point or integers"
        if exercise.same_dtype:
            right = dtype == each.case.args[0].dtype
            wanted = f"the dtype of `{exercise.arguments[0]}`, here `{each.case.args[0].dtype}`"
        elif exercise.floating:
            right, wanted = dtype.is_floating_point, "a floating-point dtype"
        else:
            right = not (dtype.is_complex or dtype == torch.bool)
        if not right:
            text = f"With {each.case.label} it returned `{dtype}`, expected is {wanted}."
            text = f"{text} {exercise.advice.get('dtype', '')}".rstrip()
            return Result.of(exercise, "dtype", text, more=exercise.further.get("dtype", ""))
    return None


def is_finite(exercise: Exercise, fn: Answer, runs: list[Run]) -> Result | None:
    """Tell a result with NaN or infinities."""
    for each in runs:
        values = each.values[each.compared]
        if not bool(values.isfinite().all()):
            what = "NaN" if bool(values.isnan().any()) else "an infinity"
            text = exercise.advice.get("non-finite", "") or "Look for a division by zero or an overflow."
            return Result.of(
                exercise,
                "non-finite",
                f"With {each.case.label} the result contains {what}. {text}",
                more=exercise.further.get("non-finite", ""),
                example=show_example(exercise, each),
            )
    return None
