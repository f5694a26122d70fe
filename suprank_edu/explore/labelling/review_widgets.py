"""The widgets of the review table: rows with a menu, a name and a button each, in pages."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from suprank_edu._extras import needs
from suprank_edu.data.labelling import Candidate, Decision
from suprank_edu.explore.labelling.review_table import phrases_of

if TYPE_CHECKING:
    from suprank_edu.explore.labelling.review_table import ReviewTable

_NATURES = ("human-made", "natural")


class LiveTable:
    """The widgets of one table: a page of rows, and buttons to turn pages."""

    def __init__(self, table: ReviewTable) -> None:
        with needs("explore"):
            import ipywidgets

        from suprank_edu.explore.engine.keys import KeepKeys

        self.table, self.page = table, 0
        self.summary, self.message = ipywidgets.HTML(), ipywidgets.HTML()
        self.back, self.forward = (ipywidgets.Button(description=text) for text in ("Previous", "Next"))
        self.back.on_click(lambda _: self.turn(-1))
        self.forward.on_click(lambda _: self.turn(1))
        self.rows: list[LiveRow] = []
        self.body = ipywidgets.VBox()
        pages = ipywidgets.HBox([self.back, self.forward])
        self.box = ipywidgets.VBox([self.summary, self.body, pages, self.message, KeepKeys()])
        self.show()

    def turn(self, by: int) -> None:
        """Show another page."""
        self.page += by
        self.say("")
        self.show()

    def show(self) -> None:
        """Bring all widgets to the state of the review."""
        table = self.table
        start = self.page * table.page_size
        self.rows = [LiveRow(self, candidate) for candidate in table.candidates[start : start + table.page_size]]
        self.body.children = tuple(row.box for row in self.rows)
        pages = -(-len(table.candidates) // table.page_size)
        self.back.disabled, self.forward.disabled = self.page == 0, self.page + 1 >= pages
        self.summary.value = f"<strong>{html.escape(table.summary())}</strong>, page {self.page + 1} of {pages}"

    def say(self, text: str) -> None:
        """Show what went wrong below the table."""
        self.message.value = f'<div role="alert">{html.escape(text)}</div>' if text else ""


class LiveRow:
    """One candidate: what it is, and what to do with it; once decided, only how to take that back."""

    def __init__(self, owner: LiveTable, candidate: Candidate) -> None:
        with needs("explore"):
            import ipywidgets

        self.owner, self.candidate = owner, candidate
        table = owner.table
        about = ipywidgets.HTML(
            f"<strong>{html.escape(candidate.name)}</strong> ({candidate.size:,})<br>"
            f"{html.escape(phrases_of(candidate))}",
            layout={"width": "22rem", "max_width": "100%"},
        )
        self.button = ipywidgets.Button(description="Decide", layout={"width": "6rem"})
        self.button.on_click(lambda _: self.press())
        self.decided = candidate.key in table.log.review.decided
        if self.decided:
            self.button.description = "Undo"
            status, nature = table.status(candidate)
            inputs = [ipywidgets.HTML(html.escape(", ".join(filter(None, [status, nature]))))]
        else:
            inputs = self._inputs(ipywidgets)
        self.box = ipywidgets.Box(
            [about, *inputs, self.button], layout={"flex_flow": "row wrap", "align_items": "center"}
        )

    def _inputs(self, ipywidgets: Any) -> list[Any]:
        review = self.owner.table.log.review
        targets = [
            (f"{review.name_of(key)} ({review.candidates[key].name})", key)
            for key, decision in review.decided.items()
            if decision.action in ("accept", "rename")
        ]
        narrow = {"width": "9rem"}
        actions = ["accept", "rename", *(["merge"] if targets else []), "reject"]
        about = f"for {self.candidate.name}"
        self.action = ipywidgets.Dropdown(options=actions, layout=narrow)
        self.name = ipywidgets.Text(placeholder="new name", layout=narrow)
        self.target = ipywidgets.Dropdown(options=targets, layout=narrow)
        self.nature = ipywidgets.Dropdown(options=_NATURES, layout=narrow)
        tooltips = ("What to do", "New name", "Merge into,", "Natural or human-made,")
        for widget, tooltip in zip((self.action, self.name, self.target, self.nature), tooltips, strict=True):
            widget.tooltip = f"{tooltip} {about}"  # ipywidgets 7 takes no such argument
        self.action.observe(lambda _: self._fit(), names="value")
        self._fit()
        return [self.action, self.name, self.target, self.nature]

    def _fit(self) -> None:
        """Show only the inputs that the chosen action takes."""
        action = self.action.value
        for widget, actions in ((self.name, "rename"), (self.target, "merge"), (self.nature, "accept rename")):
            widget.layout.display = "" if action in actions.split() else "none"

    def press(self) -> None:
        """Decide, or take the decision back; say what is wrong where it is refused."""
        try:
            self.owner.table.decide(Decision(self.candidate.key, "undo") if self.decided else self._decision())
            self.owner.say("")
        except (ValueError, OSError) as error:
            self.owner.say(str(error))

    def _decision(self) -> Decision:
        action = self.action.value
        value = {"rename": self.name.value.strip(), "merge": self.target.value}.get(action) or ""
        return Decision(self.candidate.key, action, value, self.nature.value if action in ("accept", "rename") else "")
