"""The benchmark of moves finds what the chapters store, and moves it; what it took is never looked at here."""

from typing import Any

import pytest

from benchmarks import moves

SOME = ("00", "02", "04", "05", "06", "07", "08")


def test_every_explorer_that_moves_is_found() -> None:
    found = [name for name, _ in moves.stored_explorers(SOME)]
    assert {name[:2] for name in found} == set(SOME)
    assert "00 Drag the photographs into a better order" in found
    assert "06 SupRank at work: drag a photograph's mark along its score" in found
    assert "04 SoftSort of the eight photographs, cold and warm" not in found  # nothing in it moves


@pytest.mark.browser
@pytest.mark.parametrize(
    ("chapter", "kinds"), [("00", ["drag"]), ("06", ["slider score", "drag"])], ids=["photographs", "figure"]
)
def test_each_kind_of_move_is_timed(chapter: str, kinds: list[str], browser: Any) -> None:
    ((_, block),) = moves.stored_explorers((chapter,))
    spent = dict(moves.measured(browser, block, steps=3))
    assert list(spent) == kinds
    assert all(times and min(times) > 0 for times in spent.values())
