"""A small review in the page: groups of names to accept, refuse or merge, and what that does to the labels."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from suprank_edu._html import asset, template

OPEN, ACCEPT, REFUSE = "open", "accept", "refuse"

_TABLE = """
<div class="suprank-page-review" id="{{ name }}" role="group" aria-label="{{ review.title }}">
<style>{{ css|safe }}</style>
<p><strong>{{ review.title }}</strong></p>
<div class="pr-scroll" role="region" tabindex="0" aria-label="Proposed groups">
<table><thead><tr><th scope="col">Proposed name</th><th scope="col">Names in it</th><th scope="col">Decision</th></tr>
</thead><tbody>{% for group, names in review.groups.items() %}
<tr><th scope="row">{{ group }}</th><td>{{ names|join(', ') }}</td><td>
<select aria-label="Decision about {{ group }}" autocomplete="off" disabled><option value="open">not decided</option>
<option value="accept">accept</option><option value="refuse">refuse</option>
{% for other in review.groups if other != group %}
<option value="{{ other }}">merge into {{ other }}</option>{% endfor %}</select></td></tr>{% endfor %}</tbody></table>
</div>
<div class="pr-text" role="status" aria-live="polite">{{ text }}</div>
<script type="application/json" class="pr-spec">{{ spec|tojson }}</script></div>
<script>{{ '{' }}{{ js|safe }}{{ '}' }}</script>
"""


@dataclass(frozen=True, repr=False)
class PageReview:
    """Groups of names and what each name truly is; decided about in the page, where no kernel is needed.

    Args:
        title: what the reader is asked to do.
        groups: proposed name → the names in the group.
        truth: name → its true class, which the reader does not see.
    """

    title: str
    groups: Mapping[str, tuple[str, ...]]
    truth: Mapping[str, str]

    def readout(self, decisions: Mapping[str, str]) -> str:
        """Return coverage, purity and the precision and recall of pairs after some decisions.

        Args:
            decisions: group → `"open"`, `"accept"`, `"refuse"`, or the accepted group that it is merged into.
        """
        kept: dict[str, list[str]] = {}  # label → true classes
        for group, names in self.groups.items():
            decision = decisions.get(group, OPEN)
            label = group if decision == ACCEPT else decision
            if decisions.get(label) == ACCEPT:
                kept.setdefault(label, []).extend(self.truth[name] for name in names)
        named, total = sum(map(len, kept.values())), len(self.truth)
        if not named:
            return f"No name has a label yet: coverage 0/{total}."
        agreeing = sum(max(Counter(classes).values()) for classes in kept.values())
        together = sum(_pairs(len(classes)) for classes in kept.values())
        right = sum(_pairs(count) for classes in kept.values() for count in Counter(classes).values())
        alike = sum(a == b for a, b in combinations(self.truth.values(), 2))
        return "\n".join(
            [
                f"Coverage: {named}/{total} of the names have a label.",
                f"Purity: {agreeing}/{named} of these are of the most frequent kind of their group.",
                f"Pairs: precision {right}/{together}, recall {right}/{alike}.",
            ]
        )

    def __repr__(self) -> str:
        lines = [f"{group}: {', '.join(names)}" for group, names in self.groups.items()]
        return "\n".join([self.title, *lines, self.readout({})])

    def _repr_html_(self) -> str:
        """Return the table as a page shows it: it answers where scripts run."""
        content = "\0".join([self.title, *self.groups, *self.truth])
        spec = {"groups": [[group, [self.truth[name] for name in names]] for group, names in self.groups.items()]}
        return template(_TABLE).render(
            review=self,
            name=f"page-review-{hashlib.sha256(content.encode()).hexdigest()[:10]}",
            text=self.readout({}),
            spec=spec,
            css=asset(__package__, "page_review.css"),
            js=asset(__package__, "page_review.js"),
        )


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def page_review(groups: Mapping[str, Sequence[str]], truth: Mapping[str, str], title: str) -> PageReview:
    """Return a table of proposed groups that the reader accepts, refuses or merges, and sees what the labels come to.

    Args:
        groups: proposed name → the names in the group; two groups or more, no name in two of them.
        truth: name → its true class.
        title: what the reader is asked to do; plain text.

    Raises:
        ValueError: fewer than two groups, one without a name or called as a decision is, a name in two groups, or one
            without a true class.

    Example:
        >>> review = page_review({"pear": ["Anjou", "Kaiser"], "lady": ["Pink Lady"]},
        ...                      {"Anjou": "pear", "Kaiser": "pear", "Pink Lady": "apple"}, "Decide")
        >>> print(review.readout({"pear": "accept", "lady": "pear"}))
        Coverage: 3/3 of the names have a label.
        Purity: 2/3 of these are of the most frequent kind of their group.
        Pairs: precision 1/3, recall 1/1.
    """
    if len(groups) < 2:
        raise ValueError(f"`groups`: got {len(groups)}, expected two or more")
    seen: set[str] = set()
    for group, names in groups.items():
        if not names or group in (OPEN, ACCEPT, REFUSE):
            raise ValueError(f"`groups`: got {group!r} with {len(names)} names, expected another name and at least one")
        for name in names:
            if name in seen:
                raise ValueError(f"`groups`: got {name!r} twice, expected each name in one group")
            if name not in truth:
                raise ValueError(f"`truth`: got no class of {name!r}, expected one")
            seen.add(name)
    return PageReview(
        title, {group: tuple(names) for group, names in groups.items()}, {name: truth[name] for name in sorted(seen)}
    )
