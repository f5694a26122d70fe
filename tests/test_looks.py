"""Several that ask share one look, each is told its own numbers, and who asks nothing waits for nothing."""

import pytest
import torch
from looks import Looks

from suprank_edu._looks import Looking, look, together

ASKED = (torch.tensor([1.0, 2.0]), torch.tensor([3.0]), torch.tensor([4.0, 5.0]))


def asking(*asked: torch.Tensor) -> Looking[list[list[float]]]:
    told = []
    for numbers in asked:
        told.append((yield numbers))
    return told


def test_each_is_told_its_own_numbers_by_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    works = [asking(ASKED[0]), asking(), together([asking(ASKED[1]), asking(ASKED[2])])]
    with Looks(monkeypatch) as looks:
        assert look(together(works)) == [[[1, 2]], [], [[[3]], [[4, 5]]]]
    assert looks.seen == ["tolist"]


def test_who_asks_nothing_looks_at_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with Looks(monkeypatch) as looks:
        assert look(together([asking(), asking()])) == [[], []]
        assert look(together([])) == []
    assert looks.seen == []


@pytest.mark.parametrize("among", [1, 2])
def test_work_may_ask_once(among: int) -> None:
    works = [asking(ASKED[0], ASKED[1]), *(asking(ASKED[2]) for _ in range(among - 1))]
    with pytest.raises(AssertionError, match="looked twice"):
        look(together(works) if among > 1 else works[0])
