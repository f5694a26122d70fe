"""What a learner is told: a verdict, one next step, and the evidence, as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass, field

from suprank_edu.exercises.engine.html import KEYS, STYLE, badge, escape, inline

_MONOSPACE = (
    "margin:.5em 0;padding:.6em .8em;overflow-x:auto;white-space:pre;font-size:.85em;line-height:1.4;"
    "color:inherit;background:rgba(127,127,127,.13);border:0;border-radius:4px"
)


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

    Example:
        >>> Result("rank", "off-by-one", "off by one rank", "Ranks start at 1.")
        rank: off by one rank
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
        body = [
            f'<p style="margin:0 0 .4em">{badge(kind)} <strong>{escape(self.exercise)}</strong>: '
            f"{inline(self.title)}</p>",
            f'<p style="margin:.4em 0">{inline(self.message)}</p>',
        ]
        for label, text in (("your traceback", self.traceback), ("an example", self.example)):
            if text:
                body.append(f'<pre tabindex="0" {KEYS} aria-label="{label}" style="{_MONOSPACE}">{escape(text)}</pre>')
        if self.more:
            body.append(
                f'<details style="margin:.4em 0"><summary {KEYS} style="cursor:pointer">A further hint</summary>'
                f'<p style="margin:.4em 0">{inline(self.more)}</p></details>'
            )
        return (
            f'<div class="suprank-check" data-hint="{escape(self.hint)}" style="margin:.5em 0;padding:.6em .9em;'
            "border:1px solid rgba(127,127,127,.45);border-radius:6px;color:inherit;font-family:inherit;"
            f'max-width:100%;box-sizing:border-box"><style>{STYLE}</style>{"".join(body)}</div>'
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}
