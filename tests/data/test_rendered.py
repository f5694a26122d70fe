"""Mini-Landmarks at any scale: which landmarks, in which split, as which pictures."""

import numpy as np
import pytest

from suprank_edu.data import read
from suprank_edu.data.landmarks import render_views
from suprank_edu.training import load_images


def test_splits_share_no_landmark_and_have_every_supercategory() -> None:
    train, test = (read("rendered", split=split, landmarks=96, views=2, size=16) for split in ("train", "test"))
    assert (len(train), len(test)) == (128, 64)
    for part in (train, test):
        assert set(part.labels[:, 1]) == set(range(16))
        classes = np.unique(part.labels[:, 0])
        assert classes.tolist() == list(range(len(part) // 2))
    pictures = [{bytes(item) for item in part.items} for part in (train, test)]
    assert not pictures[0] & pictures[1]


def test_pictures_are_those_of_the_renderer() -> None:
    test = read("rendered", split="test", landmarks=48, views=2, size=32, seed=4)
    expected = render_views(np.repeat(np.arange(32, 48), 2), [0, 1] * 16, size=32, seed=4)
    assert (load_images(test, 32) == expected).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"split": "all"}, "`split`: got 'all', expected 'train' or 'test'"),
        ({"landmarks": 50}, "`landmarks`: got 50, expected a multiple of 48, above 0"),
        ({"landmarks": 0}, "`landmarks`: got 0"),
        ({"views": 0}, "`views`: got 0, expected at least 1"),
        ({"root": "there"}, "`root`: got there, expected None"),
    ],
)
def test_bad_input(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read("rendered", **options)  # type: ignore[arg-type]
