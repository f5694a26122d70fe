"""Marks of pictures: one of its own for each level."""

from suprank_edu.explore.drawing.picture_grid import mark_of
from suprank_edu.explore.drawing.words import readable_name


def test_marks_of_all_levels_differ() -> None:
    marks = [mark_of(level, 3) for level in range(4)]
    assert [mark.text for mark in marks] == ["✕", "□", "■", "●"]
    assert len({mark.symbol for mark in marks}) == 4
    assert [mark_of(level, 1).text for level in (0, 1)] == ["✕", "●"]
    assert readable_name("natural_or_human_made") == "half"
