"""The contact sheet: every thumbnail in its place with its labels, thin strokes kept, and sets that do not fit refused."""

import os
from pathlib import Path

import numpy as np
import pytest

from suprank_edu.data import RetrievalDataset, read
from suprank_edu.data.contact_sheet import read_contact_sheet, write_contact_sheet


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[RetrievalDataset, RetrievalDataset]:
    folder = tmp_path_factory.mktemp("sheet")
    whole = read("standin", split="test")
    write_contact_sheet(whole, folder)
    return whole, read_contact_sheet(folder)


def test_labels_names_and_licence_are_those_of_the_set(both: tuple[RetrievalDataset, RetrievalDataset]) -> None:
    whole, small = both
    np.testing.assert_array_equal(small.labels, whole.labels)
    assert (small.class_names, small.column_names) == (whole.class_names, whole.column_names)
    assert (small.licence, small.source) == (whole.licence, whole.source)


def test_each_thumbnail_is_more_like_its_own_drawing_than_like_others(
    both: tuple[RetrievalDataset, RetrievalDataset],
) -> None:
    whole, small = both
    chosen = list(range(0, 480, 23))
    originals = np.stack([np.asarray(whole[i].resize((32, 32)), dtype=float).ravel() for i in chosen])
    thumbnails = np.stack([np.asarray(small[i], dtype=float).ravel() for i in chosen])
    assert set(np.unique(thumbnails)) == {0.0, 255.0}
    apart = ((originals[:, None] - thumbnails[None]) ** 2).sum(2)
    assert (apart.argmin(1) == np.arange(len(chosen))).all()


def test_no_drawing_loses_its_ink(both: tuple[RetrievalDataset, RetrievalDataset]) -> None:
    whole, small = both
    for i in range(0, 480, 17):
        ink = (np.asarray(whole[i]) < 128).mean()
        assert 0.5 * ink < (np.asarray(small[i]) == 0).mean() < 3 * ink


def test_classes_of_uneven_size_are_refused(tmp_path: Path) -> None:
    whole = read("standin", split="test")
    with pytest.raises(ValueError, match=r"`dataset`: got .*, expected 20 images of each class, one after another"):
        write_contact_sheet(whole.subset([*range(20), *range(25, 45)]), tmp_path)


def test_a_write_that_breaks_off_leaves_no_half_sheet(
    both: tuple[RetrievalDataset, RetrievalDataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_contact_sheet(both[0], tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_sheet_whose_list_is_no_json_is_said(tmp_path: Path) -> None:
    (tmp_path / "drawings.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match=r"drawings\.json: got no JSON"):
        read_contact_sheet(tmp_path)
