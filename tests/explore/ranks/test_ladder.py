"""The ladder of mistakes: every photograph in the row of what it shares, at its rank in the whole list."""

import re

import numpy as np
import pytest
import torch

from suprank_edu import naive
from suprank_edu.data import read
from suprank_edu.explore import ladder_of_mistakes

GLYPHS = read("standin", split="test")
SOME = GLYPHS.subset([1, 20, 470, 2, 3, 41])
SCORES = torch.tensor([0.5, 0.9, 0.1, 0.8, -0.2, 0.3])


def test_each_row_holds_its_level_with_ranks_and_mean() -> None:
    html = ladder_of_mistakes(GLYPHS, 0, SOME, SCORES, each=2)._repr_html_()
    levels = naive.shared_levels(GLYPHS.labels[0].tolist(), SOME.labels.tolist())
    ranks = naive.rank(SCORES.tolist())
    titles = re.findall(r"<p class='sg-title'>(.*?)</p>", html)
    rows = [re.findall(r"rank (\d+)</span></li>", part) for part in html.split("<p class='sg-title'>")[1:]]
    assert titles[0] == "query"
    assert rows[0] == []
    assert len(titles) == 4
    for title, shown, level in zip(titles[1:], rows[1:], (2, 1, 0), strict=True):
        members = [k for k, own in enumerate(levels) if own == level]
        wanted = sorted(ranks[k] for k in members)
        assert [int(rank) for rank in shown] == wanted[:2]
        mean = np.mean([float(SCORES[k]) for k in members])
        assert title.endswith(f": {len(members)}, the first at rank {wanted[0]}, mean score {mean:.2f}")


def test_a_level_that_nobody_shares_has_no_row() -> None:
    shown = ladder_of_mistakes(GLYPHS, 0, GLYPHS.subset([470]), torch.tensor([0.5]))
    assert [title[0] for title in shown.titles] == ["q", "✕"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ladder_of_mistakes(GLYPHS, 480, SOME, SCORES), "`query`: got position 480"),
        (lambda: ladder_of_mistakes(GLYPHS, 0, SOME, SCORES[:3]), r"`scores`: got shape \(3,\), expected \(6,\)"),
        (lambda: ladder_of_mistakes(GLYPHS, 0, SOME, SCORES * np.nan), "`scores`: got NaN or infinity"),
        (lambda: ladder_of_mistakes(GLYPHS, 0, SOME, SCORES, each=0), "`each`: got 0"),
    ],
)
def test_bad_arguments_are_refused(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()
