"""The table in which a person reviews candidate supercategories: widgets with a kernel, a readable table without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from suprank_edu._checks import check_count
from suprank_edu._html import template
from suprank_edu._progress import is_static
from suprank_edu.data.labelling import Candidate, Decision, Labelling, ReviewLog
from suprank_edu.explore.drawing.palette import NEGATIVE, POSITIVE, RELATED, dark_rule
from suprank_edu.explore.drawing.words import pluralise

if TYPE_CHECKING:
    from suprank_edu.explore.labelling.review_widgets import LiveTable

_MARKS = {"accept": POSITIVE, "rename": POSITIVE, "merge": RELATED, "reject": NEGATIVE}
_DONE = {"accept": "accepted as", "rename": "renamed", "merge": "merged into", "reject": "rejected"}
_TABLE = """
<style>{{ css|safe }}</style>
<div class='suprank-review' role='region' tabindex='0' aria-label='Review of candidate supercategories'>
<table><caption>{{ caption }}</caption>
<thead><tr>{% for title in head %}<th scope='col'>{{ title }}</th>{% endfor %}</tr></thead><tbody>
{% for candidate, phrases, mark, action, status, nature in rows %}
<tr><th scope='row'>{{ candidate.name }}</th><td class='sr-count'>{{ '{:,}'.format(candidate.size) }}</td>
<td>{{ phrases }}</td><td class='sr-{{ action }}'><span aria-hidden='true'>{{ mark }}</span>{{ ' ' }}{{ status }}</td>
<td>{{ nature }}</td></tr>{% endfor %}</tbody></table></div>
"""
_HEAD = ("Candidate", "Landmarks", "Its phrases", "Decision", "Natural or human-made")


def phrases_of(candidate: Candidate) -> str:
    """Return the first phrases of a candidate, and how many more there are."""
    more = len(candidate.phrases) - len(candidate.examples)
    return ", ".join(candidate.examples) + (f" and {more:,} more" if more else "")


class ReviewTable:
    """Candidates in rows, to accept, rename, merge or reject, and to mark as natural or human-made.

    Each decision is on the disk before the table shows it; a table on a file that exists goes on where it stopped.

    Args:
        candidates: what there is to decide about, from `suprank_edu.data.labelling.candidates`.
        path: the CSV file of the decisions; it is begun with the first one.
        page_size: rows shown at a time with a kernel; the built page shows all of them.

    Raises:
        ValueError: no candidate, two of one key, `page_size` below 1, or a file that does not fit the candidates.

    Example:
        >>> import tempfile
        >>> castle = Candidate("k1", "castle", ("castle", "moated castle"), 12)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     table = ReviewTable([castle], f"{folder}/decisions.csv")
        ...     table.decide(Decision("k1", "rename", "stronghold", "human-made"))
        ...     table
        Review of 1 candidate: 1 decided, 1 supercategory
        castle (12): renamed stronghold, human-made
    """

    def __init__(self, candidates: Sequence[Candidate], path: str | PathLike[str], *, page_size: int = 8) -> None:
        check_count("page_size", page_size)
        if not candidates:
            raise ValueError("`candidates`: got none, expected at least one")
        (key, times), *_ = Counter(candidate.key for candidate in candidates).most_common(1)
        if times > 1:
            raise ValueError(f"`candidates`: got the key {key!r} twice, expected different keys")
        self.candidates = list(candidates)
        self.log = ReviewLog(path, candidates)
        self.page_size = page_size
        self._live: LiveTable | None = None

    def decide(self, decision: Decision) -> None:
        """Write one decision to the file and show it.

        Raises:
            ValueError: as `suprank_edu.data.labelling.Review.apply`.
        """
        self.log.decide(decision)
        if self._live is not None:
            self._live.show()

    def labelling(self) -> Labelling:
        """Return what the decisions so far come to."""
        return self.log.review.labelling()

    def summary(self) -> str:
        """Return in a line how far the review has come."""
        labelling = self.labelling()
        total = len(self.candidates)
        return (
            f"Review of {pluralise(total, 'candidate')}: {total - len(labelling.undecided):,} decided, "
            f"{pluralise(len(labelling.nature), 'supercategory', 'supercategories')}"
        )

    def status(self, candidate: Candidate) -> tuple[str, str]:
        """Return in words what was decided about a candidate, and whether it is natural or human-made."""
        decision = self.log.review.decided.get(candidate.key)
        if decision is None:
            return "not decided", ""
        name = self.log.review.name_of(candidate.key)
        return f"{_DONE[decision.action]} {name}".strip(), self.labelling().nature.get(name, "")

    def html(self) -> str:
        """Return the table as HTML: all candidates, nothing to press."""
        rows = [(candidate, phrases_of(candidate), *self._verdict(candidate)) for candidate in self.candidates]
        return template(_TABLE).render(css=_css(), caption=self.summary(), head=_HEAD, rows=rows)

    def _verdict(self, candidate: Candidate) -> tuple[str, str, str, str]:
        """Return the mark and the action of what was decided, and both as words."""
        decision = self.log.review.decided.get(candidate.key)
        mark, action = (_MARKS[decision.action].mark, decision.action) if decision else ("", "open")
        return mark, action, *self.status(candidate)

    @property
    def widget(self) -> Any:
        """The live form: an `ipywidgets.VBox` of rows with a menu, a name and a button each."""
        return self.live.box

    @property
    def live(self) -> Any:
        """The widgets of the live form: its rows, buttons and messages."""
        if self._live is None:
            from suprank_edu.explore.labelling.review_widgets import LiveTable

            self._live = LiveTable(self)
        return self._live

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """Return the readable table under `SUPRANK_EDU_STATIC=1`, else the widgets; always the plain text."""
        if is_static():
            return {"text/html": self.html(), "text/plain": repr(self)}
        from suprank_edu.explore.engine.live import mimebundle

        return mimebundle(self.widget, repr(self))

    def __repr__(self) -> str:
        lines = [f"{c.name} ({c.size:,}): {', '.join(filter(None, self.status(c)))}" for c in self.candidates]
        return "\n".join([self.summary(), *lines])


def _css() -> str:
    colours = []
    for action, style in _MARKS.items():
        verdict = f".suprank-review .sr-{action}"
        colours += [f"{verdict}{{color:{style.light}}}", dark_rule(verdict, f"color:{style.dark}")]
    return "\n".join(
        [
            ".suprank-review{overflow-x:auto;margin:1em 0}",
            ".suprank-review table{border-collapse:collapse;font-size:.92em;margin:0}",
            ".suprank-review caption{caption-side:top;text-align:start;padding:0 0 .4em;color:inherit}",
            ".suprank-review :is(th,td){text-align:start;vertical-align:top;padding:.3em .7em;"
            "border-bottom:1px solid #8886;background:transparent}",
            ".suprank-review td.sr-count{text-align:end;font-variant-numeric:tabular-nums}",
            *colours,
            "html[data-theme=dark] .bd-content div.cell_output .text_html:has(.suprank-review):has(table)"
            "{background-color:transparent;color:inherit;padding:0}",
        ]
    )
