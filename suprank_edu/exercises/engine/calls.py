"""Call a learner's function and keep whatever happens: what it returned, or its own exception and traceback."""

from __future__ import annotations

import dis
import inspect
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Case, Exercise

_CELL = re.compile(r"ipykernel_\d+|<ipython-input")


@dataclass(frozen=True)
class Run:
    """What came of one call.

    Attributes:
        case: the input.
        truth: what was expected, float64.
        compared: which entries of it are looked at, a bool tensor of the same shape.
        output: what the function returned; None when it raised.
        error: what it raised, or None.
        modified: the name of an argument that the call changed, or None.
    """

    case: Case
    truth: Tensor
    compared: Tensor
    output: Any
    error: BaseException | None
    modified: str | None

    @property
    def shape(self) -> torch.Size:
        """The shape that came back, `()` for a plain number."""
        return self.output.shape if isinstance(self.output, Tensor) else torch.Size()

    @property
    def values(self) -> Tensor:
        """The returned numbers as a float64 tensor on the CPU."""
        if isinstance(self.output, Tensor):
            return self.output.detach().to("cpu", torch.float64)
        return torch.tensor(self.output, dtype=torch.float64)


def run(exercise: Exercise, fn: Callable[..., Any], case: Case) -> Run:
    """Call `fn` on copies of the inputs of `case`."""
    truth = exercise.truth(*case.args)
    compared = exercise.compared(*case.args) if exercise.compared else torch.ones_like(truth, dtype=torch.bool)
    args = [copy(arg) for arg in case.args]
    output, error = attempt(fn, args)
    modified = None
    for name, before, after in zip(exercise.arguments, case.args, args, strict=True):
        if isinstance(before, Tensor) and not same(before, after):
            modified = name
    return Run(case, truth, compared, output, error, modified)


def attempt(fn: Callable[..., Any], args: list[Any]) -> tuple[Any, BaseException | None]:
    """Return what `fn(*args)` returns, or None and what it raised; an interrupt from the keyboard passes."""
    try:
        return fn(*args), None
    except (Exception, SystemExit) as error:
        return None, error


def copy(arg: Any) -> Any:
    """Return a tensor's own copy; anything else as it is."""
    return arg.clone() if isinstance(arg, Tensor) else arg


def same(before: Tensor, after: Tensor) -> bool:
    """Whether an input is still what it was."""
    return before.shape == after.shape and before.dtype == after.dtype and bool((before == after).all())


def agree(exercise: Exercise, each: Run, values: Tensor) -> bool:
    """Whether the returned numbers equal `values` on the entries that count, up to rounding."""
    expected = values.to(torch.float64)
    if expected.shape != each.values.shape:
        return False
    error = (each.values - expected).abs()[each.compared]
    return bool((error <= 1e-4 + exercise.rtol * expected.abs()[each.compared]).all())


def wrong_signature(exercise: Exercise, fn: Callable[..., Any]) -> bool:
    """Whether `fn` cannot be called with the arguments of the exercise."""
    try:
        inspect.signature(fn).bind(*exercise.arguments)
    except TypeError:
        return True
    except ValueError:  # some built-in functions tell no signature
        return False
    return False


def unfinished(error: BaseException | None) -> bool:
    """Whether an exception only says that the stub is still a stub.

    That is a NotImplementedError which the learner's code raises itself (torch raises some of its own, and those
    are news), or a `...` that got into a calculation.
    """
    if isinstance(error, NotImplementedError):
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        return last is not None and _at_raise(last) and not _foreign(last)
    # Messages about a bad index list the ellipsis among what is allowed; those are no stubs.
    return isinstance(error, TypeError | AttributeError) and bool(re.search(r"\bellipsis\b(?! \()", str(error)))


def learner_traceback(error: BaseException) -> str:
    """Format the traceback of `error` from the learner's own frame on; cells are named as such."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename == __file__:
        frame = frame.tb_next
    report = traceback.TracebackException(type(error), error, frame)
    _rename_cells(report)
    return "".join(report.format()).rstrip("\n")


def _rename_cells(report: traceback.TracebackException | None) -> None:
    # A notebook keeps each cell under a name of its own that changes from run to run and says nothing.
    while report is not None:
        for frame in report.stack:
            if _CELL.search(frame.filename):
                frame.filename = "<your cell>"
        if report.__cause__ is not None:
            _rename_cells(report.__cause__)
        report = report.__context__


def _at_raise(frame: TracebackType) -> bool:
    """Whether a frame stopped at a `raise` statement of its own."""
    for instruction in dis.get_instructions(frame.tb_frame.f_code):
        if instruction.offset == frame.tb_lasti:
            return str(instruction.opname) in ("RAISE_VARARGS", "RERAISE")
    return False


def _foreign(frame: TracebackType) -> bool:
    return str(frame.tb_frame.f_globals.get("__name__")).split(".")[0] == "torch"
