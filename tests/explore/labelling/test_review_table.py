"""The review table: what is pressed is on the disk, what is refused is said, what is named is escaped."""

import csv
from html.parser import HTMLParser
from pathlib import Path

import pytest

from suprank_edu.data.labelling import Candidate, Decision, replay
from suprank_edu.explore import ReviewTable

NASTY = '<img src=x onerror=alert(1)> & "quotes"'
CANDIDATES = [
    Candidate("k1", "castle", ("castle", "moated castle", "hill castle", "castle ruin", "water castle"), 1240),
    Candidate("k2", NASTY, (NASTY,), 30),
    Candidate("k3", "lake", ("lake",), 9),
    Candidate("k4", "building", ("building",), 5),
    Candidate("k5", "fort", ("fort",), 2),
]


class Cells(HTMLParser):
    """The text of each cell, row by row, and every tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


@pytest.fixture
def table(tmp_path: Path) -> ReviewTable:
    return ReviewTable(CANDIDATES, tmp_path / "decisions.csv", page_size=3)


def row_of(table: ReviewTable, key: str):
    return next(row for row in table.live.rows if row.candidate.key == key)


def press(
    table: ReviewTable, key: str, action: str, *, name: str = "", nature: str = "human-made", target: str = ""
) -> None:
    row = row_of(table, key)
    row.action.value = action
    row.name.value, row.nature.value = name, nature
    if target:
        row.target.value = target
    row.button.click()


def rows_on_disk(table: ReviewTable) -> list[list[str]]:
    with table.log.path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


def test_each_press_is_a_row_on_the_disk_and_replays_to_the_same(table: ReviewTable) -> None:
    press(table, "k1", "accept")
    press(table, "k2", "rename", name="  chapel ")
    press(table, "k3", "accept", nature="natural")
    table.live.turn(1)
    press(table, "k4", "reject")
    press(table, "k5", "merge", target="k1")
    assert rows_on_disk(table) == [
        ["k1", "castle", "accept", "", "human-made"],
        ["k2", NASTY, "rename", "chapel", "human-made"],
        ["k3", "lake", "accept", "", "natural"],
        ["k4", "building", "reject", "", ""],
        ["k5", "fort", "merge", "k1", ""],
    ]
    labelling = replay(table.log.path, CANDIDATES)
    assert labelling == table.labelling()
    assert labelling.supercategory["fort"] == "castle"
    assert labelling.nature == {"castle": "human-made", "chapel": "human-made", "lake": "natural"}


def test_a_decided_row_can_only_be_taken_back(table: ReviewTable) -> None:
    press(table, "k1", "reject")
    row = row_of(table, "k1")
    assert row.button.description == "Undo"
    assert not hasattr(row, "action")
    row.button.click()
    assert rows_on_disk(table)[-1] == ["k1", "castle", "undo", "", ""]
    assert row_of(table, "k1").button.description == "Decide"


def test_only_the_inputs_of_the_action_are_shown(table: ReviewTable) -> None:
    row = row_of(table, "k2")
    assert row.action.options == ("accept", "rename", "reject")
    shown = {}
    press(table, "k1", "accept")
    row = row_of(table, "k2")
    assert row.action.options == ("accept", "rename", "merge", "reject")
    for action in row.action.options:
        row.action.value = action
        inputs = {"name": row.name, "target": row.target, "nature": row.nature}
        shown[action] = {name for name, widget in inputs.items() if widget.layout.display != "none"}
    assert shown == {"accept": {"nature"}, "rename": {"name", "nature"}, "merge": {"target"}, "reject": set()}


def test_what_is_refused_is_said_and_not_written(table: ReviewTable) -> None:
    press(table, "k2", "rename", name="  ")
    assert 'role="alert"' in table.live.message.value
    assert "expected the new name" in table.live.message.value
    assert not table.log.path.exists()
    press(table, "k2", "rename", name="chapel")
    assert table.live.message.value == ""


def test_pages_are_turned_within_their_number(table: ReviewTable) -> None:
    live = table.live
    assert [row.candidate.key for row in live.rows] == ["k1", "k2", "k3"]
    assert (live.back.disabled, live.forward.disabled) == (True, False)
    live.forward.click()
    assert [row.candidate.key for row in live.rows] == ["k4", "k5"]
    assert (live.back.disabled, live.forward.disabled) == (False, True)
    assert "page 2 of 2" in live.summary.value


def test_a_table_on_an_old_file_goes_on(table: ReviewTable) -> None:
    table.decide(Decision("k3", "accept", "", "natural"))
    again = ReviewTable(CANDIDATES, table.log.path)
    assert again.summary() == "Review of 5 candidates: 1 decided, 1 supercategory"
    assert row_of(again, "k3").button.description == "Undo"


def test_decisions_in_code_reach_the_widgets(table: ReviewTable) -> None:
    assert table.live.page == 0
    table.decide(Decision("k1", "accept", "", "human-made"))
    assert row_of(table, "k1").button.description == "Undo"
    assert "1 decided" in table.live.summary.value


def test_the_built_page_shows_every_candidate_and_decision(table: ReviewTable, monkeypatch: pytest.MonkeyPatch) -> None:
    for decision in (
        Decision("k1", "accept", "", "human-made"),
        Decision("k2", "rename", NASTY + "2", "natural"),
        Decision("k4", "reject"),
        Decision("k5", "merge", "k1"),
    ):
        table.decide(decision)
    monkeypatch.setenv("SUPRANK_EDU_STATIC", "1")
    bundle = table._repr_mimebundle_()
    page = Cells(bundle["text/html"])
    assert page.rows == [
        ["Candidate", "Landmarks", "Its phrases", "Decision", "Natural or human-made"],
        ["castle", "1,240", "castle, moated castle, hill castle and 2 more", "● accepted as castle", "human-made"],
        [NASTY, "30", NASTY, f"● renamed {NASTY}2", "natural"],
        ["lake", "9", "lake", " not decided", ""],
        ["building", "5", "building", "✕ rejected", ""],
        ["fort", "2", "fort", "■ merged into castle", "human-made"],
    ]
    tags = {tag for tag, _ in page.tags}
    assert tags == {"style", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "span"}
    assert sum(attrs.get("scope") == "col" for _, attrs in page.tags) == 5
    assert sum(attrs.get("scope") == "row" for _, attrs in page.tags) == 5
    assert bundle["text/plain"].startswith(
        "Review of 5 candidates: 4 decided, 2 supercategories\ncastle (1,240): accepted"
    )


def test_with_a_kernel_it_is_a_widget_with_the_same_text(table: ReviewTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUPRANK_EDU_STATIC", raising=False)
    data = table._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == repr(table)


def test_names_are_escaped_in_the_widgets_too(table: ReviewTable) -> None:
    def texts(widget):
        yield from [widget.value] if type(widget).__name__ == "HTML" else []
        for child in getattr(widget, "children", ()):
            yield from texts(child)

    press(table, "k1", "rename", name="<script>alert(2)</script>")
    table.live.say("<b>")
    everything = "".join(texts(table.widget))
    assert "&lt;img src=x" in everything
    assert "<img" not in everything
    assert "<script" not in everything
    assert "<b>" not in everything


def test_arguments_are_checked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^`candidates`: got none"):
        ReviewTable([], tmp_path / "d.csv")
    with pytest.raises(ValueError, match=r"^`page_size`: got 0"):
        ReviewTable(CANDIDATES, tmp_path / "d.csv", page_size=0)
    (tmp_path / "d.csv").write_text("nothing\n")
    with pytest.raises(ValueError, match=r"d\.csv, line 1: got 'nothing'"):
        ReviewTable(CANDIDATES, tmp_path / "d.csv")
