"""What a learner is told: a verdict, one next step, and the evidence, as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from suprank_edu.exercises.engine.evidence import Suspicion
from suprank_edu.exercises.engine.html import template
from suprank_edu.exercises.engine.show import shorten
from suprank_edu.exercises.engine.spec import Exercise
from suprank_edu.exercises.engine.titles import TITLES

_PRE = (
    "margin:.5em 0;padding:.6em .8em;overflow-x:auto;white-space:pre;font-size:.85em;line-height:1.4;"
    "color:inherit;background:rgba(127,127,127,.13);border:0;border-radius:4px"
)
_HTML = """<div class="suprank-check" data-hint="{{ result.hint }}" style="margin:.5em 0;padding:.6em .9em;
border:1px solid rgba(127,127,127,.45);border-radius:6px;color:inherit;font-family:inherit;max-width:100%;
box-sizing:border-box"><style>{{ style }}</style>
<p style="margin:0 0 .4em">{{ kind|badge }} <strong>{{ result.exercise }}</strong>: {{ result.title|inline }}</p>
<p style="margin:.4em 0">{{ result.message|inline }}</p>
{% for label, text in (("your traceback", result.traceback), ("an example", result.example)) if text %}
<pre tabindex="0" {{ keys }} aria-label="{{ label }}" style="{{ pre }}">{{ text }}</pre>
{% endfor %}
{% if result.more %}
<details style="margin:.4em 0"><summary {{ keys }} style="cursor:pointer">A further hint</summary>
<p style="margin:.4em 0">{{ result.more|inline }}</p></details>
{% endif %}
</div>"""


@dataclass(frozen=True)
class Result:
    """The verdict on a learner's function.

    Args:
        exercise: the name of the exercise.
        hint: the key of the verdict: `"right"`, or one of `suprank_edu.exercises.HINTS`.
        title: the verdict in a few words.
        message: the one next step.
        more: a further hint, closer to the code; empty when there is none.
        example: a small input, what came and what was expected; empty when there is none.
        traceback: the learner's own traceback, from their frame on; empty when nothing was raised.
        exception: the exception itself, for a debugger; None when nothing was raised.
        sure: whether the hint is stated as a fact; else it is a question.

    Example:
        >>> Result("rank", "off-by-one", "off by one", "Ranks start at 1.")
        rank: off by one
        Ranks start at 1.
    """

    exercise: str
    hint: str
    title: str
    message: str
    more: str = ""
    example: str = ""
    traceback: str = ""
    exception: BaseException | None = field(default=None, compare=False)
    sure: bool = True

    @classmethod
    def of(
        cls,
        exercise: Exercise,
        hint: str,
        message: str,
        *,
        title: str = "",
        more: str = "",
        example: str = "",
        traceback: str = "",
        exception: BaseException | None = None,
    ) -> Result:
        """Make the result of an exercise; `title` is that of the hint unless given, and long texts are cut."""
        title = shorten(title or TITLES[hint], 120)
        message, example, traceback = shorten(message, 850), shorten(example, 900), shorten(traceback, 900)
        return cls(exercise.name, hint, title, message, more, example, traceback, exception)

    @classmethod
    def suspected(cls, exercise: Exercise, suspicion: Suspicion, example: str) -> Result:
        """Make the result that names a mistake: as a fact when it is sure, else as a question."""
        first = suspicion.mistakes[0]
        if suspicion.sure:
            return cls.of(exercise, first.hint, first.text, more=first.more, example=example)
        guesses = " Or this: ".join(mistake.text for mistake in suspicion.mistakes)
        title = f"{TITLES['wrong']}, and a question"
        asked = cls.of(
            exercise, first.hint, f"Could it be this? {guesses}", title=title, more=first.more, example=example
        )
        return replace(asked, sure=False)

    @property
    def passed(self) -> bool:
        """Whether the function is right."""
        return self.hint == "right"

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        parts = [f"{self.exercise}: {self.title}", self.message, self.traceback, self.example]
        if self.more:
            parts.append("A further hint waits in the `.more` of this result.")
        return "\n".join(part.rstrip("\n") for part in parts if part)

    def _repr_html_(self) -> str:
        kind = {"right": "right", "not-attempted": "open"}.get(self.hint, "hint")
        return template(_HTML).render(result=self, kind=kind, pre=_PRE)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}
