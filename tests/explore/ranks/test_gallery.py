"""Retrieved pictures: right, related and wrong told three ways, names escaped, and no file outside the page."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from suprank_edu.data import read
from suprank_edu.explore import show_retrieved


class Three:
    """Four images of two characters in two alphabets, one with a name that is no HTML."""

    labels = np.array([[0, 0], [0, 0], [1, 0], [2, 1]])
    column_names = ("character", "alphabet")
    class_names = (("a", "b & <b>", "c"), ("Greek", "Latin"))

    mode = "L"

    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> Image.Image:
        return Image.new("L", (105, 105), 60 * index)

    def image(self, index: int, at_least: int) -> Image.Image:
        return self[index]


def test_each_picture_says_right_related_or_wrong_by_word_mark_border_and_colour() -> None:
    html = show_retrieved(Three(), [0], torch.tensor([[1, 2, 3]]))._repr_html_()
    items = re.findall(
        r"<li class='(.*?)'><img .*?alt='(.*?)' data-zoom style='border-style:(\w+).*?>.*?(\d)&nbsp;(.)</span>", html
    )
    assert items == [
        ("sg-right", "right: a, Greek", "solid", "1", "●"),
        ("sg-related", "related: b &amp; &lt;b&gt;, Greek", "double", "2", "■"),
        ("sg-wrong", "wrong: c, Latin", "dashed", "3", "✕"),
    ]
    assert "alt='query: a, Greek'" in html
    assert "<b>" not in html


def test_the_thumbnails_are_the_images_of_those_positions_and_lie_in_the_page() -> None:
    dataset = read("standin", split="test")
    html = show_retrieved(dataset, [0, 5], torch.tensor([[3, 7], [1, 2]]), size=32)._repr_html_()
    pictures = [Image.open(io.BytesIO(base64.b64decode(data))) for data in re.findall(r"base64,(.*?)'", html)]
    assert len(pictures) == 6
    for picture, index in zip(pictures, [0, 3, 7, 5, 1, 2], strict=True):
        assert picture.size == (32, 32)
        wanted = dataset[index].convert("L").resize((32, 32), Image.Resampling.BILINEAR)
        difference = np.abs(np.asarray(picture.convert("L"), float) - np.asarray(wanted, float))
        assert difference.mean() < 8
    assert not re.search(r"""src=['"](?!data:)|https?://""", html)


def test_a_row_of_ten_pictures_stays_small() -> None:
    dataset = read("standin", split="test")
    html = show_retrieved(dataset, [0], torch.arange(1, 11)[None])._repr_html_()
    assert len(html) < 20_000


def test_in_a_terminal_the_marks_remain() -> None:
    assert repr(show_retrieved(Three(), [0, 3], torch.tensor([[1, 3], [0, 1]]))).split("\n")[1:] == ["● ✕", "✕ ✕"]


@pytest.mark.parametrize(
    ("queries", "retrieved"), [([], torch.zeros(0, 2)), ([0], torch.zeros(2, 2)), ([0], torch.zeros(2))]
)
def test_rows_that_do_not_belong_to_the_queries_are_refused(queries, retrieved) -> None:
    with pytest.raises(ValueError, match=r"^`retrieved`: got shape .* expected one row per query"):
        show_retrieved(Three(), queries, retrieved.long())
