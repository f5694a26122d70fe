"""Questions about one's own data, and which loss the stored results would take, with their numbers."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from suprank_edu._checks import alternatives
from suprank_edu._html import asset, template
from suprank_edu.explore.results.which_loss_evidence import Evidence
from suprank_edu.explore.results.which_loss_pieces import Piece, pieces_of
from suprank_edu.explore.results.which_loss_questions import Question, questions_of

_BLOCK = """
<div class="suprank-which" id="{{ name }}"><style>{{ css|safe }}</style>
<form hidden aria-label="{{ which.title }}">
{% for question in which.questions %}<fieldset><legend>{{ question.text }}</legend>
{% for value, label in question.choices.items() %}<label>
<input type="radio" name="{{ name }}-{{ question.name }}"{{ ' ' }}
data-question="{{ question.name }}" value="{{ value }}"{{ ' checked' if loop.first }}{{ ' ' }}
data-lm-suppress-shortcuts="true">
<span>{{ label }}</span></label>{% endfor %}</fieldset>{% endfor %}</form>
<p class="sw-says" role="status" aria-live="polite"></p>
{% for piece in which.pieces %}<details data-when="{{ piece.when|tojson|forceescape }}"{{ ' ' }}
{% if piece.headline %}data-says="{{ piece.headline }}"{% endif %}>
<summary data-lm-suppress-shortcuts="true">{{ piece.title }}</summary>
{% for text in piece.texts %}<p>{{ text }}</p>{% endfor %}
{% if piece.rows %}<div class="sw-table" tabindex="0" role="region" aria-label="{{ piece.title }}"><table><thead><tr>
{% for cell in piece.rows[0] %}<th scope="col">{{ cell }}</th>{% endfor %}</tr></thead><tbody>
{% for row in piece.rows[1:] %}<tr><th scope="row">{{ row[0] }}</th>
{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</tbody></table></div>{% endif %}
{% if piece.command %}<pre tabindex="0">{{ piece.command }}</pre>{% endif %}</details>{% endfor %}</div>
<script>{{ '{' }}{{ js|safe }}{{ '}' }}</script>
"""


@dataclass(frozen=True, repr=False)
class WhichLoss:
    """Questions with a few choices each, and the pieces of evidence that belong to a set of answers.

    In the page radio buttons choose which pieces are seen; where no script runs, all of them are there, folded, each
    under the answers that it belongs to.

    Attributes:
        questions: in the order in which they are asked.
        pieces: in the order in which they are read.
        title: what the form is called.
    """

    questions: Sequence[Question]
    pieces: Sequence[Piece]
    title: str = field(default="Which loss for my data")

    def answer(self, answers: Mapping[str, str]) -> list[Piece]:
        """Return the pieces for a set of answers; a question that is left out has its first choice.

        Raises:
            ValueError: a question or a choice that there is not.
        """
        given = {question.name: next(iter(question.choices)) for question in self.questions} | dict(answers)
        for question in self.questions:
            value = given.pop(question.name)
            if value not in question.choices:
                raise ValueError(
                    f"`answers`: got {question.name} = {value!r}, expected {alternatives(question.choices)}"
                )
        if given:
            raise ValueError(f"`answers`: got {', '.join(map(repr, given))}, expected names of questions")
        given = {question.name: next(iter(question.choices)) for question in self.questions} | dict(answers)
        return [piece for piece in self.pieces if all(given[name] in which for name, which in piece.when.items())]

    def __repr__(self) -> str:
        return "\n".join([self.title, *(f"{question.text}" for question in self.questions)])

    def _repr_html_(self) -> str:
        content = "\0".join([self.title, *(piece.title for piece in self.pieces)])
        return template(_BLOCK).render(
            which=self,
            name=f"which-{hashlib.sha256(content.encode()).hexdigest()[:10]}",
            css=asset(__package__, "which_loss.css"),
            js=asset(__package__, "which_loss.js"),
        )


def which_loss(results: Path) -> WhichLoss:
    """Return the questions and answers that a folder of results can give: what stands in `book/results`.

    Every number, name and verdict is read or computed from the runs: means over seeds, differences with intervals over
    seeds and classes that hold for all pairs of losses at once, rates as they were chosen on validation data.

    Args:
        results: the folder of all results, with the metrics of each query (`-queries.npz`), as in a clone.

    Raises:
        ValueError: no set of results there has them.
    """
    evidence = Evidence(results)
    return WhichLoss(questions_of(evidence), pieces_of(evidence))
