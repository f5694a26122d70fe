"""A quiz with feedback in the page: no kernel, no network; a plain list with a folded answer where no script runs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from suprank_edu.exercises.engine.html import template

# Colours come from the page itself, so that light and dark both hold; only the badges bring their own ground.
_STYLE = """
.suprank-quiz{margin:1em 0;padding:.8em 1em;border:1px solid rgba(127,127,127,.45);border-radius:6px;color:inherit;
font-family:inherit;max-width:100%;box-sizing:border-box;overflow-wrap:anywhere}
.suprank-quiz fieldset{margin:0;padding:0;border:0;min-width:0}
.suprank-quiz legend{margin:0 0 .5em;padding:0;border:0;font-size:1em;font-weight:600;width:auto;
float:none;color:inherit}
.suprank-quiz .choice{display:flex;gap:.6em;align-items:baseline;margin:.15em 0;padding:.4em .5em;border-radius:4px;
cursor:pointer;font-weight:400}
.suprank-quiz .choice:hover{background:rgba(127,127,127,.13)}
.suprank-quiz .choice:focus-within{outline:2px solid currentColor;outline-offset:1px}
.suprank-quiz .choice input{flex:none;margin:0;width:1.05em;height:1.05em;transform:translateY(.15em)}
.suprank-quiz .feedback{margin:.6em 0 0;min-height:1.6em}
.suprank-quiz summary{cursor:pointer}
"""

# Turns the plain list into radio buttons. It finds its quizzes by their mark, not by its own place in the page: a
# notebook runs the script apart from the markup.
_SCRIPT = """
document.querySelectorAll('.suprank-quiz:not([data-live])').forEach(function (quiz) {
  quiz.setAttribute('data-live', '');
  var folded = quiz.querySelector('details'), answers = folded.querySelectorAll('li');
  var form = document.createElement('fieldset'), legend = document.createElement('legend');
  var feedback = document.createElement('p');
  legend.innerHTML = quiz.querySelector('.question').innerHTML;
  form.appendChild(legend);
  feedback.className = 'feedback';
  feedback.setAttribute('role', 'status');
  feedback.setAttribute('aria-live', 'polite');
  quiz.querySelectorAll('.choices li').forEach(function (item, i) {
    var label = document.createElement('label'), radio = document.createElement('input');
    var text = document.createElement('span');
    radio.type = 'radio';
    radio.name = quiz.id;
    radio.setAttribute('data-lm-suppress-shortcuts', 'true');
    radio.value = String(i);
    text.innerHTML = item.innerHTML;
    label.className = 'choice';
    label.appendChild(radio);
    label.appendChild(text);
    radio.addEventListener('change', function () {
      feedback.innerHTML = answers[i].querySelector('.says').innerHTML;
      feedback.setAttribute('data-right', answers[i].getAttribute('data-right'));
    });
    form.appendChild(label);
  });
  quiz.querySelectorAll('.question, .choices').forEach(function (part) { part.remove(); });
  folded.hidden = true;
  quiz.insertBefore(form, folded);
  quiz.insertBefore(feedback, folded);
});
"""


_HTML = """<div class="suprank-quiz" id="{{ quiz.id }}"><style>{{ style }}{{ css|raw }}</style>
<p class="question"><strong>{{ quiz.question|inline }}</strong></p>
<ul class="choices">{% for choice in quiz.choices %}<li>{{ choice|inline }}</li>{% endfor %}</ul>
<details><summary {{ keys }}>Show the answer</summary><ul>
{% for choice, feedback in quiz.choices.items() %}
<li data-right="{{ "true" if choice == quiz.answer else "false" }}">{{ choice|inline }}: <span class="says">
{{ ("right" if choice == quiz.answer else "hint")|badge }} {{ feedback|inline }}</span></li>
{% endfor %}
</ul></details></div><script>{{ script|raw }}</script>"""


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
        if not _is_text(self.question):
            raise ValueError(f"`question`: got {self.question!r}, expected a text that is not empty")
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
    def id(self) -> str:
        """An id for the page that depends on the text alone, so that a rebuilt page stays the same."""
        content = "\0".join([self.question, *(part for pair in self.choices.items() for part in pair), self.answer])
        return f"quiz-{hashlib.sha256(content.encode()).hexdigest()[:10]}"

    def __repr__(self) -> str:
        return "\n".join([self.question, *(f"  ( ) {choice}" for choice in self.choices)])

    def _repr_html_(self) -> str:
        return template(_HTML).render(quiz=self, css=_STYLE, script=_SCRIPT)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
