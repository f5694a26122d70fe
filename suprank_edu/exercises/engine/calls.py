"""Call a learner's function and keep whatever happens: what it returned, or its own exception and traceback."""

import dis
import inspect
import math
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import torch
from torch import Tensor

from suprank_edu.exercises.engine import limit
from suprank_edu.exercises.engine.evidence import Compared, close_by
from suprank_edu.exercises.engine.spec import Case, Exercise

ABSOLUTE = 1e-5
_CELL = re.compile(r"ipykernel_\d+|<ipython-input")


@dataclass(frozen=True)
class Run:
    """What came of one call.

    Attributes:
        place: its place among the inputs of the exercise.
        case: the input.
        truth: what was expected, float64.
        compared: which entries of it are looked at, a bool tensor of the same shape.
        output: what the function returned; None when it raised.
        error: what it raised, or None.
        modified: the name of an argument that the call changed, or None.
    """

    place: int
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
        try:
            number = float(self.output)
        except OverflowError:  # an integer of hundreds of digits
            number = math.inf
        return torch.tensor(number, dtype=torch.float64)


def run(exercise: Exercise, fn: Callable[..., Any], place: int) -> Run:
    """Call `fn` on copies of the arguments of one input."""
    case, truth = exercise.cases[place], exercise.truths[place]
    compared = exercise.compared(*case.args) if exercise.compared else torch.ones_like(truth, dtype=torch.bool)
    args = [copy(arg) for arg in case.args]
    output, error = attempt(fn, args)
    modified = None
    for name, before, after in zip(exercise.arguments, case.args, args, strict=True):
        if isinstance(before, Tensor) and not same(before, after):
            modified = name
    return Run(place, case, truth, compared, output, error, modified)


def attempt(fn: Callable[..., Any], args: list[Any]) -> tuple[Any, BaseException | None]:
    """Return what `fn(*args)` returns, or None and what it raised, `TimeUp` included; the keyboard still interrupts."""
    try:
        return limit.call_within(limit.SECONDS, fn, args), None
    except (Exception, SystemExit, limit.TimeUp) as error:
        return None, error


def copy(arg: Any) -> Any:
    """Return a tensor's own copy; anything else as it is."""
    return arg.clone() if isinstance(arg, Tensor) else arg


def same(before: Tensor, after: Tensor) -> bool:
    """Whether an input is still what it was."""
    return before.shape == after.shape and before.dtype == after.dtype and bool((before == after).all())


def is_right(exercise: Exercise, each: Run) -> bool:
    """Whether the returned numbers are the expected ones on the entries that count, up to rounding."""
    seen = each.compared
    return bool(close_by(exercise.rtol, ABSOLUTE)(each.values[seen], each.truth[seen]).all())


def compared(each: Run, mistaken: Tensor) -> Compared:
    """Put what came beside what is right and what a mistake gives, on the entries that count."""
    values = mistaken.detach().to(torch.float64)
    return Compared(each.values[each.compared], each.truth[each.compared], values[each.compared])


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
    """Format the traceback of `error` from the learner's own frame on; cells are named as such, the middle is cut."""
    report = traceback.TracebackException(type(error), error, _from_learner(error))
    _rename_cells(report)
    lines = "".join(report.format()).rstrip("\n").splitlines()
    if len(lines) > 16:
        lines = [*lines[:5], "  …", *lines[-8:]]
    return "\n".join(line if len(line) <= 110 else f"{line[:109]}…" for line in lines)


def learner_line(error: BaseException) -> str:
    """Return the innermost line of the learner's own function at which `error` came."""
    frame = _from_learner(error)
    if frame is None:
        return ""
    own = frame.tb_frame.f_code.co_filename
    lines = [each.line for each in traceback.extract_tb(frame) if each.filename == own and each.line]
    return lines[-1][:80] if lines else ""


def _from_learner(error: BaseException) -> TracebackType | None:
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename in (__file__, limit.__file__):
        frame = frame.tb_next
    return frame


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
