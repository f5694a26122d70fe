from pathlib import Path

import numpy as np
import pytest
from miniature import cells, sfm120k
from scipy.io import savemat

from suprank_edu.data import read


def test_clusters_and_nested_folders(tmp_path: Path) -> None:
    sfm120k(tmp_path)
    data = read("sfm120k", tmp_path)
    assert data.labels.tolist() == [[1], [1], [0]]
    assert data.class_names == [["cluster 3", "cluster 40"]]
    assert data.name_of(0) == str(tmp_path / "ims" / "cc" / "bb" / "aa" / "00007aabbcc")


@pytest.mark.parametrize(
    ("names", "clusters", "message"),
    [
        (["00007aabbcc"], [1, 2], "got 2 entries in `cluster`, expected 1, as in `cids`"),
        (["00007aabbcc", "abc"], [1, 2], "entry 2: got the name 'abc', expected at least six characters"),
    ],
)
def test_damaged_lists(tmp_path: Path, names: list[str], clusters: list[int], message: str) -> None:
    content = {"cids": cells(names), "cluster": np.array([clusters])}
    savemat(tmp_path / "retrieval-SfM-120k-imagenames-clusterids.mat", content)
    with pytest.raises(ValueError, match=message):
        read("sfm120k", tmp_path)
