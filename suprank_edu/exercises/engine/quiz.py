"""A quiz with feedback in the page: no kernel, no network; a plain list with a folded answer where no script runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from suprank_edu._checks import check_text
from suprank_edu.exercises.engine.ask import ask, drawn_order, page_id
from suprank_edu.exercises.engine.html import template

_FOLDED = """<ul>{% for choice in quiz.shown %}<li data-right="{{ "true" if choice == quiz.answer else "false" }}">
{{ choice|inline }}: <span class="says">{{ ("right" if choice == quiz.answer else "hint")|badge }}
 {{ quiz.choices[choice]|inline }}</span></li>{% endfor %}</ul>"""


@dataclass(frozen=True, repr=False)
class Quiz:
    """A question with a few choices, each of which answers with its own feedback at once.

    Shown last in a cell it becomes radio buttons, in the built book and in JupyterLab, without a kernel; where
    scripts do not run it is a list with the answers folded below. Text is shown as it stands (formulas in plain
    Unicode); what stands between backticks is shown as code.

    Args:
        question: the question.
        choices: two or more choices, each with the feedback it gets: why it is right, or what it mistakes.
        answer: the right choice, word for word.

    Raises:
        ValueError: the question, a choice or a feedback is empty, there are fewer than two choices, or `answer` is
            none of them.

    Example:
        >>> Quiz("H(0) is", {"0": "A tie would be free.", "1": "A tie counts in full."}, answer="1")
        H(0) is
          ( ) 0
          ( ) 1
    """

    question: str
    choices: Mapping[str, str]
    answer: str

    def __post_init__(self) -> None:
        check_text("question", self.question)
        if not isinstance(self.choices, Mapping):
            raise ValueError(f"`choices`: got {type(self.choices).__name__}, expected a dict: choice to feedback")
        if len(self.choices) < 2:
            raise ValueError(f"`choices`: got {len(self.choices)}, expected at least 2")
        for choice, feedback in self.choices.items():
            if not _is_text(choice) or not _is_text(feedback):
                raise ValueError(f"`choices`: got {choice!r}: {feedback!r}, expected texts that are not empty")
        if self.answer not in list(self.choices):
            expected = ", ".join(map(repr, self.choices))
            raise ValueError(f"`answer`: got {self.answer!r}, expected one of the choices {expected}")

    @property
    def shown(self) -> list[str]:
        """The choices in an order drawn from their text, so that no place is the right one's."""
        return drawn_order(self.question, self.choices)

    @property
    def id(self) -> str:
        """An id for the page that depends on the text alone."""
        return page_id("quiz", self.question, *(part for pair in self.choices.items() for part in pair), self.answer)

    def __repr__(self) -> str:
        return "\n".join([self.question, *(f"  ( ) {choice}" for choice in self.shown)])

    def _repr_html_(self) -> str:
        folded = template(_FOLDED).render(quiz=self)
        return ask("quiz", self.question, folded=folded, name=self.id, choices=self.shown)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
