import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suprank_edu.data import ImagePaths, RetrievalDataset

PART = st.text("abü ", min_size=1, max_size=3).filter(lambda text: text.strip() == text)
RELATIVE = st.lists(st.lists(PART, min_size=1, max_size=3).map("/".join), min_size=1, max_size=20)


@given(RELATIVE, st.data())
def test_it_is_the_sequence_of_joined_paths(relative: list[str], data: st.DataObject) -> None:
    paths = ImagePaths.from_relative("/root", relative)
    expected = [f"/root/{path}" for path in relative]
    assert list(paths) == expected
    assert [paths[-i - 1] for i in range(len(paths))] == expected[::-1]
    assert list(paths[1::2]) == expected[1::2]
    chosen = data.draw(st.lists(st.integers(0, len(relative) - 1)))
    assert list(paths.take(chosen)) == [expected[i] for i in chosen]
    assert list(pickle.loads(pickle.dumps(paths))) == expected
    assert expected[0] in paths


def test_positions_outside() -> None:
    with pytest.raises(IndexError):
        ImagePaths.from_relative("/root", ["a"])[1]


@given(RELATIVE, st.sets(st.integers(0, 19)))
def test_missing_files_against_stat(relative: list[str], made: set[int]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as root:
        for i in made & set(range(len(relative))):
            path = Path(root, relative[i])
            if not any(parent.is_file() for parent in path.parents) and not path.is_dir():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        paths = ImagePaths.from_relative(root, relative)
        assert paths.missing() == [i for i in range(len(relative)) if not os.path.exists(paths[i])]


def test_a_suffix_is_stored_once(tmp_path: Path) -> None:
    names = np.array([b"a", b"bc"])
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "bc.jpg").touch()
    paths = ImagePaths(tmp_path, ["x"], [0, 0], names, suffix=".jpg")
    assert list(paths) == [str(tmp_path / "x" / "a.jpg"), str(tmp_path / "x" / "bc.jpg")]
    assert paths.missing() == [0]
    assert paths.take([1]).missing() == []


def test_subsets_of_a_data_set_stay_compact() -> None:
    paths = ImagePaths.from_relative("/root", (f"{i % 10}/{i}.jpg" for i in range(100_000)))
    assert len(pickle.dumps(paths)) < 100_000 * 20
    data = RetrievalDataset(
        paths, np.zeros(100_000, dtype=np.int64), column_names=["a"], class_names=[["a"]], licence="", source=""
    )
    part = data.subset(range(0, 100_000, 2))
    assert isinstance(part.items, ImagePaths)
    assert part.name_of(3) == "/root/6/6.jpg"
