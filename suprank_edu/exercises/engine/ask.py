"""What questions in the page share: their ids, and the block of HTML that answers without a kernel."""

import hashlib
from collections.abc import Iterable, Mapping

from suprank_edu._checks import check_plain_number
from suprank_edu._html import asset
from suprank_edu.exercises.engine.html import template

_BLOCK = """<div class="suprank-ask suprank-{{ kind }}" id="{{ name }}" data-kind="{{ kind }}"><style>{{ style }}
{{ css|raw }}</style><p class="question"><strong>{{ question|inline }}</strong></p>
{% if choices %}<ul class="choices">{% for choice in choices %}<li>{{ choice|inline }}</li>{% endfor %}</ul>{% endif %}
<details><summary {{ keys }}>{{ summary }}</summary>{{ folded|raw }}</details>
{% if spec %}<script type="application/json" class="spec">{{ spec|tojson }}</script>{% endif %}
</div><script>{{ script|raw }}</script>"""


def ask(
    kind: str,
    question: str,
    *,
    folded: str,
    name: str,
    choices: Iterable[str] = (),
    spec: Mapping[str, object] | None = None,
    summary: str = "Show the answer",
) -> str:
    """Return the block of a question: a plain text with a folded answer, which the script makes a form.

    Args:
        kind: which of the script's forms it becomes: `quiz`, `predict` or `by-hand`.
        question: what is asked; escaped, with `…` as code.
        folded: the answer as HTML, seen at once only where no script runs.
        name: an id of its own.
        choices: the choices, if there are any.
        spec: what the script must know.
        summary: the words on the folded answer.
    """
    return template(_BLOCK).render(
        kind=kind, name=name, question=question, choices=list(choices), folded=folded, spec=spec, summary=summary,
        css=asset(__package__, "ask.css"), script=asset(__package__, "ask.js"),
    )  # fmt: skip


def page_id(kind: str, *texts: object) -> str:
    """Return an id for the page that depends on the texts alone, so that a rebuilt page stays the same."""
    content = "\0".join(map(str, texts))
    return f"{kind}-{hashlib.sha256(content.encode()).hexdigest()[:10]}"


def drawn_order(question: str, choices: Iterable[str]) -> list[str]:
    """Return the choices in an order drawn from their text: the same on every page, and nobody's habit.

    Example:
        >>> drawn_order("H(0) is", ["0", "½", "1"]) == drawn_order("H(0) is", ["1", "0", "½"])
        True
    """
    return sorted(choices, key=lambda choice: page_id("", question, choice))


def written(number: float) -> str:
    """Return a number as the book writes it: with four significant digits, and whole from 10,000 on.

    Example:
        >>> written(-5 / 6), written(622080)
        ('−0.8333', '622,080')
    """
    return (f"{number:,.0f}" if abs(number) >= 10_000 else f"{number:.4g}").replace("-", "−")


def check_tolerance(value: object) -> None:
    """Raise unless `value` is a finite number of 0 or more."""
    check_plain_number("tolerance", value)
    if value < 0:  # type: ignore[operator]  # a number by now
        raise ValueError(f"`tolerance`: got {value!r}, expected 0 or more")
