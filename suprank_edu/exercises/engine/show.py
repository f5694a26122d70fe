"""How inputs and results are written in a hint: short, aligned, the same on every machine."""

from typing import Any

from torch import Tensor

from suprank_edu.exercises.engine.calls import Run
from suprank_edu.exercises.engine.spec import Case, Exercise


def show_type(value: Any) -> str:
    """Say what kind of thing `value` is."""
    if value is None:
        return "`None`"
    if value is ...:
        return "`...`"
    kind = type(value)
    name = shorten(kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}", 80)
    article = "an" if name[0].lower() in "aeiou" else "a"
    length = f" of {len(value)}" if isinstance(value, tuple | list) else ""
    return f"{article} `{name}`{length}"


def show_value(value: Any, compared: Tensor | None = None) -> str:
    """Write a number or a tensor with up to four significant digits: `·` where nobody looks, `…` for a long middle."""
    if not isinstance(value, Tensor):
        return _number(value)
    if value.ndim == 0:
        return _number(value.item())
    shown = _ends(len(value), most=10 if value.ndim == 1 else 6)
    rows = ["…" if i is None else _entry(value[i], None if compared is None else compared[i]) for i in shown]
    return f"[{', '.join(rows)}]"


def _entry(value: Tensor, compared: Tensor | None) -> str:
    if value.ndim == 0 and compared is not None and not bool(compared):
        return "·"
    return show_value(value, compared)


def _ends(length: int, most: int) -> list[int | None]:
    """Return the places to show: all of a short list, else the first and the last few around a None."""
    if length <= most:
        return list(range(length))
    return [*range(most // 2), None, *range(length - most // 2 + 1, length)]


def shorten(text: str, most: int) -> str:
    """Cut the middle out of a text that is longer than `most` characters."""
    if len(text) <= most:
        return text
    head = most * 2 // 3
    return f"{text[:head]} … {text[len(text) - (most - head - 3) :]}"


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else shorten(str(value), 40)


def show_input(exercise: Exercise, case: Case) -> str:
    """Write the arguments of `case` in one line of code."""
    pairs = zip(exercise.arguments, case.args, strict=True)
    return ", ".join(f"`{name} = {show_value(arg)}`" for name, arg in pairs)


def show_example(exercise: Exercise, run: Run) -> str:
    """Write a small input, what came and what was expected, one below the other."""
    lines = [(name, show_value(arg)) for name, arg in zip(exercise.arguments, run.case.args, strict=True)]
    lines.append(("came", show_value(run.values, run.compared)))
    lines.append(("expected", show_value(run.truth, run.compared)))
    return table(run.case.label, lines)


def table(title: str, lines: list[tuple[str, str]]) -> str:
    """Write names and values below a title, aligned, each row of a matrix on a line of its own."""
    width = max(len(name) for name, _ in lines)
    fold = "],\n" + " " * (width + 6) + "["
    return "\n".join([title, *(f"  {name:<{width}} = {value.replace('], [', fold)}" for name, value in lines)])
