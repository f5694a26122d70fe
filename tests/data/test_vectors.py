"""Vectors in the place of images."""

import numpy as np
import pytest

from suprank_edu.data import VectorDataset, read


def test_vectors_of_images_keep_their_labels_names_and_pictures() -> None:
    glyphs = read("standin").subset(range(5))
    vectors = VectorDataset(np.arange(10).reshape(5, 2), images=glyphs)
    assert vectors.vectors.dtype == np.float32
    assert (vectors.labels == glyphs.labels).all()
    assert vectors.column_names == glyphs.column_names
    assert vectors.class_names == glyphs.class_names
    assert vectors[3].tobytes() == glyphs[3].tobytes()
    some = vectors.subset([4, 0])
    assert isinstance(some, VectorDataset)
    assert some.vectors.tolist() == [[8, 9], [0, 1]]
    assert (some.labels == glyphs.labels[[4, 0]]).all()
    with pytest.raises(IndexError, match="got 5, expected positions in 0..4"):
        vectors.subset([5])


def test_vectors_alone_have_labels_and_no_picture() -> None:
    vectors = VectorDataset(np.eye(3), [[0, 0], [1, 0], [2, 1]], column_names=["product", "kind"], licence="MIT")
    assert vectors.class_names == [["0", "1", "2"], ["0", "1"]]
    assert (vectors.column_names, vectors.licence, vectors.source) == (("product", "kind"), "MIT", "not stated")
    with pytest.raises(OSError, match="image 1: cannot be read as an image"):
        vectors[1]


@pytest.mark.parametrize(
    ("vectors", "labels", "message"),
    [
        (np.zeros(3), [0, 0, 1], r"`vectors`: got shape \(3,\), expected \(N, C\)"),
        (np.array([[0.0], [np.nan]]), [0, 1], "`vectors`: got NaN or infinity"),
        (np.eye(3), [0, 1], r"`labels`: got shape \(2,\), expected \(3, 1\)"),
        (np.eye(2), [[0, 0], [0, 1]], "`labels`"),
    ],
)
def test_what_does_not_fit_is_refused(vectors: object, labels: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        VectorDataset(vectors, labels)


def test_there_is_a_vector_for_each_image() -> None:
    with pytest.raises(ValueError, match="`images`: got 4 images, expected 3, one per vector"):
        VectorDataset(np.eye(3), images=read("standin").subset(range(4)))
