"""A prediction: the reader commits to a guess in the page, and only then sees the answer beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from suprank_edu._checks import check_plain_number, check_text
from suprank_edu.exercises.engine.ask import (
    ask,
    check_tolerance,
    drawn_order,
    page_id,
    written,
)
from suprank_edu.exercises.engine.html import template

_FOLDED = '<div class="answer"><strong>{{ answer|inline }}</strong>{{ ". " if because }}{{ because|inline }}</div>'


@dataclass(frozen=True, repr=False)
class Predict:
    """A question to guess at before the answer is seen, with choices or with a number.

    Shown last in a cell it becomes radio buttons or a box for a number, and a button: the guess is kept and the answer
    appears beside it, in the built book and in JupyterLab, without a kernel. Where scripts do not run, the answer is
    folded below the question. What stands between backticks is shown as code.

    Args:
        question: what to guess.
        answer: one of `choices`, word for word, or a number.
        because: why; shown with the answer.
        choices: the choices to guess among; none where the answer is a number.
        tolerance: how far from a number a guess still counts as right.

    Raises:
        ValueError: a text is empty, the answer is none of two or more different choices, or, without choices, no
            finite number.

    Example:
        >>> Predict("Swap ranks 1 and 8: does AP fall?", "It does.", "The first place counts in full.",
        ...         choices=["It does.", "It does not."])
        Swap ranks 1 and 8: does AP fall?
          ( ) It does.
          ( ) It does not.
        >>> Predict("AP of the list ✓ ✕ ✓?", 5 / 6, "It is (1/1 + 2/3) / 2.", tolerance=0.02)
        AP of the list ✓ ✕ ✓?
          ( ) a number
    """

    question: str
    answer: str | float
    because: str
    choices: Sequence[str] = ()
    tolerance: float = 0.005

    def __post_init__(self) -> None:
        check_text("question", self.question)
        check_text("because", self.because)
        check_tolerance(self.tolerance)
        if not self.choices:
            check_plain_number("answer", self.answer)
            return
        for choice in self.choices:
            check_text("choices", choice)
        if len(set(self.choices)) < 2 or len(set(self.choices)) < len(self.choices):
            raise ValueError(f"`choices`: got {list(self.choices)!r}, expected two or more different ones")
        if self.answer not in self.choices:
            raise ValueError(f"`answer`: got {self.answer!r}, expected one of the choices {list(self.choices)!r}")

    @property
    def shown(self) -> list[str]:
        """The choices in an order drawn from their text."""
        return drawn_order(self.question, self.choices)

    def __repr__(self) -> str:
        return "\n".join([self.question, *(f"  ( ) {choice}" for choice in self.shown or ["a number"])])

    def _repr_html_(self) -> str:
        spec: dict[str, object] = {"right": template("{{ 'right'|badge }}").render()}
        if self.choices:
            answer = str(self.answer)
            spec["place"] = self.shown.index(answer)
        else:
            answer = written(float(self.answer))
            spec |= {"answer": self.answer, "tolerance": self.tolerance}
        folded = template(_FOLDED).render(answer=answer.rstrip("."), because=self.because)
        name = page_id("predict", self.question, self.answer, self.because, *self.choices)
        return ask("predict", self.question, folded=folded, name=name, choices=self.shown, spec=spec)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}
