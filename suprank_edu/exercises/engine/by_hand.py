"""An exercise answered with a number worked out by hand, with a hint for each typical mistake, checked in the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from suprank_edu._checks import check_plain_number, check_text
from suprank_edu.exercises.engine.ask import ask, check_tolerance, page_id, written
from suprank_edu.exercises.engine.html import template

_FOLDED = '<div class="answer"><strong>{{ answer }}</strong>. {{ because|inline }}</div>'


@dataclass(frozen=True, repr=False)
class ByHand:
    """A question whose answer is a number that the reader works out by hand, with as many tries as it takes.

    Shown last in a cell it becomes a box that takes 0.75, 3/4 or 75 %, in the built book and in JupyterLab, without a
    kernel. A wrong number that a typical mistake gives gets that mistake's hint; after two wrong ones the way there can
    be unfolded. Where scripts do not run, it is folded below the question.

    Args:
        question: what to work out.
        answer: the number.
        because: the way to it, in words and numbers.
        hints: for the number that a typical mistake gives, one sentence that helps.
        tolerance: how far from the answer still counts as right.
        hint: what helps where no typical mistake fits.

    Raises:
        ValueError: a text is empty, a number is not finite, or a mistake's number cannot be told from the answer or
            from another mistake's within `tolerance`.

    Example:
        >>> ByHand("AP of the list ✓ ✕ ✓?", 5 / 6, "(1/1 + 2/3) / 2", {5 / 9: "Divide by the number of ✓, which is 2."})
        AP of the list ✓ ✕ ✓?
          answer: ____
    """

    question: str
    answer: float
    because: str
    hints: Mapping[float, str] = field(default_factory=dict)
    tolerance: float = 0.005
    hint: str = "Work it out once more, one step at a time."

    def __post_init__(self) -> None:
        for argument in ("question", "because", "hint"):
            check_text(argument, getattr(self, argument))
        check_plain_number("answer", self.answer)
        check_tolerance(self.tolerance)
        seen = [self.answer]
        for value, text in self.hints.items():
            check_plain_number("hints", value)
            check_text("hints", text)
            near = [other for other in seen if abs(value - other) <= 2 * self.tolerance]
            if near:
                raise ValueError(
                    f"`hints`: got {value!r}, expected a number that {near[0]!r} cannot be taken for "
                    f"with a tolerance of {self.tolerance!r}"
                )
            seen.append(value)

    def __repr__(self) -> str:
        return f"{self.question}\n  answer: ____"

    def _repr_html_(self) -> str:
        inline = template("{{ text|inline }}")
        spec = {
            "right": template("{{ 'right'|badge }}").render(),
            "notYet": template("{{ 'hint'|badge }}").render(),
            "answer": self.answer,
            "tolerance": self.tolerance,
            "hints": [[value, inline.render(text=text)] for value, text in self.hints.items()],
            "general": inline.render(text=self.hint),
        }
        folded = template(_FOLDED).render(answer=written(self.answer), because=self.because)
        name = page_id("by-hand", self.question, self.answer, self.because, *self.hints.values())
        return ask("by-hand", self.question, folded=folded, name=name, spec=spec, summary="Show the way")

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}
