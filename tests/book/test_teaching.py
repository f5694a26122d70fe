"""What the instructor's page says of chapters is what they say themselves."""

import json
from collections import Counter
from pathlib import Path

import pytest
import suprank_teaching


def write(path: Path, *cells: tuple[str, str, list[str]]) -> Path:
    found = [{"cell_type": kind, "source": [text], "metadata": {"tags": tags}} for kind, text, tags in cells]
    path.write_text(json.dumps({"cells": found}))
    return path


def test_exercises_are_counted_by_what_they_ask(tmp_path: Path) -> None:
    notebook = write(
        tmp_path / "01_a.ipynb",
        ("markdown", "# 1. A\n\n- **Time**: 30 minutes with the exercises", []),
        ("code", "Predict('q')", ["remove-input"]),
        ("code", "ByHand('q')", ["remove-input"]),
        ("markdown", "more\n\n## Exercise: mine", []),
        ("code", "def ex_mine(): ...", ["exercise"]),
        ("code", "def solution_mine(): ...", ["solution"]),
        ("markdown", "## Exercise: decide", []),
        ("code", "Quiz('q')", ["remove-input"]),
        ("markdown", "between", []),
        ("code", "Predict('q')", ["remove-input"]),
        ("code", "ByHand('q')", ["remove-input"]),
        ("markdown", "## Quiz", []),
        ("code", "Quiz('q')", ["remove-input"]),
    )
    counts = suprank_teaching.exercises_of(notebook)
    assert counts == {"predictions": 1, "by hand": 2, "in code": 1, "to judge": 2, "quiz": 1}
    assert suprank_teaching.minutes_of(notebook) == 30


def test_a_chapter_without_a_time_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="02_b"):
        suprank_teaching.minutes_of(write(tmp_path / "02_b.ipynb", ("markdown", "# 2. B", [])))


def test_every_chapter_says_how_long_it_takes(chapter: Path) -> None:
    assert 20 <= suprank_teaching.minutes_of(chapter.with_suffix(".ipynb")) <= 120


def test_the_book_has_exercises_of_every_kind(book: Path) -> None:
    counts = sum(map(suprank_teaching.exercises_of, book.glob("[0-9][0-9]_*.ipynb")), Counter())
    assert counts["by hand"] >= 30
    assert counts["to judge"] >= 25
    assert counts["by hand"] + counts["in code"] + counts["to judge"] >= 100


def test_every_chapter_ends_in_three_questions_or_more(chapter: Path) -> None:
    assert suprank_teaching.exercises_of(chapter.with_suffix(".ipynb"))["quiz"] >= 3


def test_the_two_weeks_hold_every_chapter_once(book: Path) -> None:
    days = [
        line for line in (book / "teaching.md").read_text().splitlines() if "{minutes}" in line and line[2].isdigit()
    ]
    read = [int(number) for line in days for number in line.split("`")[1].split()]
    assert len(days) == 10
    assert sorted(read) == list(range(18))
    for line in days:  # what is added up is what is linked
        linked = [int(part.split("]")[0]) for part in line.split("|")[2].split("[")[1:]]
        assert linked == [int(number) for number in line.split("`")[1].split()]


def test_no_day_is_longer_than_two_hours(book: Path) -> None:
    for line in (book / "teaching.md").read_text().splitlines():
        if "{minutes}" in line and line[2].isdigit():
            chapters = [suprank_teaching.chapter(int(number)) for number in line.split("`")[1].split()]
            assert sum(map(suprank_teaching.minutes_of, chapters)) <= 120


def test_the_built_page_counts(built: Path) -> None:
    text = (built / "teaching.html").read_text()
    assert "{minutes}" not in text
    assert "exercise-counts" not in text
    assert 'href="02_metrics.html#exercise-by-hand"' in text
