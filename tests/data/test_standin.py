import numpy as np

from suprank_edu.data import read


def test_it_has_the_shape_of_omniglot_and_says_that_it_is_not() -> None:
    for split, alphabets in (("train", 5), ("test", 3)):
        dataset = read("standin", split=split)
        assert len(dataset) == alphabets * 8 * 20
        assert dataset.column_names == ("character", "alphabet")
        assert set(np.bincount(dataset.labels[:, 0])) == {20}
        assert "stand-in" in dataset.source
        assert dataset[0].size == (105, 105)
        ink = [(np.asarray(dataset[i]) < 128).mean() for i in range(0, len(dataset), 7)]
        assert min(ink) > 0.002
        assert max(ink) < 0.25


def test_it_is_the_same_every_time_and_each_sample_differs() -> None:
    first, second = read("standin"), read("standin")
    assert list(first.items) == list(second.items)
    assert len(set(first.items)) == len(first)
    assert not set(first.items) & set(read("standin", split="test").items)


def test_there_is_something_to_learn() -> None:
    # Blurred pixels must find a character more often than chance, and must leave room above.
    dataset = read("standin", split="test")
    pixels = np.stack([np.asarray(image.resize((12, 12))).ravel() for image in dataset]).astype(float)
    pixels -= pixels.mean(1, keepdims=True)
    pixels /= np.linalg.norm(pixels, axis=1, keepdims=True)
    scores = pixels @ pixels.T
    np.fill_diagonal(scores, -2)
    fine = dataset.labels[:, 0]
    right = (fine[scores.argmax(1)] == fine).mean()
    assert 0.3 < right < 0.98
