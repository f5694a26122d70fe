"""Embeddings kept on disk: found again only by the same weights and the same files."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from suprank_edu.data import RetrievalDataset, VectorDataset
from suprank_edu.training import embed, features, pretrained
from suprank_edu.training.networks import models


class Counting(torch.nn.Module):
    """A network that says how many images it has seen."""

    image_size, in_channels = 8, 3

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(3, 4)
        self.seen = 0

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.seen += len(images)
        return models.unit(self.layer(images.mean(dim=(2, 3)) if images.ndim == 4 else images[:, :3]))


@pytest.fixture
def photographs(tmp_path: Path) -> RetrievalDataset:
    draw = np.random.default_rng(0)
    paths = [tmp_path / f"{i}.png" for i in range(4)]
    for path in paths:
        Image.fromarray(draw.integers(0, 255, (12, 10, 3), dtype=np.uint8)).save(path)
    names = {"column_names": ["thing"], "class_names": [["a", "b"]], "licence": "none", "source": "noise"}
    return RetrievalDataset([str(path) for path in paths], [0, 0, 1, 1], **names)


def test_the_second_time_nothing_is_computed(tmp_path: Path, photographs: RetrievalDataset) -> None:
    network = Counting()
    first = embed(network, photographs, cache=tmp_path / "cache")
    assert network.seen == 4
    assert torch.equal(first, embed(network, photographs))
    assert torch.equal(first, embed(network, photographs, cache=tmp_path / "cache"))
    assert network.seen == 8, "once without a cache"


def test_whatever_the_result_depends_on_is_looked_at(tmp_path: Path, photographs: RetrievalDataset) -> None:
    network, folder = Counting(), tmp_path / "cache"

    def is_computed(dataset: RetrievalDataset = photographs, **options: object) -> bool:
        before = network.seen
        found = embed(network, dataset, cache=folder, **options)
        again = network.seen
        assert torch.equal(found, embed(network, dataset, **options))
        return again > before

    assert is_computed()
    assert not is_computed()
    assert is_computed(image_size=4)
    assert is_computed(scales=(1.0, 0.5))
    assert is_computed(photographs.subset([1, 0, 2, 3]))
    assert is_computed(photographs.subset([0, 1, 2]))
    cut = photographs.subset(range(4))
    cut.boxes = np.array([[0, 0, 5, 5]] * 4, dtype=np.float64)
    assert is_computed(cut)
    Image.new("RGB", (12, 10), "red").save(photographs.items[2])
    assert is_computed()
    with torch.no_grad():
        network.layer.bias[0] += 1e-3
    assert is_computed()
    assert not is_computed()
    assert is_computed(VectorDataset(np.eye(4), images=photographs))
    assert is_computed(VectorDataset(2 * np.eye(4), images=photographs))


def test_a_copy_of_the_files_elsewhere_is_the_same(tmp_path: Path, photographs: RetrievalDataset) -> None:
    network = Counting()
    embed(network, photographs, cache=tmp_path / "cache")
    moved = photographs.subset(range(4))
    moved.items = [shutil.copy(item, Path(item).with_suffix(".PNG")) for item in photographs.items]
    embed(network, moved, cache=tmp_path / "cache")
    assert network.seen == 4


def test_a_damaged_file_is_computed_again(tmp_path: Path, photographs: RetrievalDataset) -> None:
    network = Counting()
    expected = embed(network, photographs, cache=tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    whole = file.read_bytes()
    for content in (b"", whole[:50], whole[:-10], b"no numbers"):
        file.write_bytes(content)
        assert torch.equal(embed(network, photographs, cache=tmp_path / "cache"), expected)
        assert file.read_bytes() == whole


KILLED = """
import os, sys
import numpy as np, torch
from suprank_edu.training.networks.cache import kept
save = np.save
def half(file, values, **options):
    save(file, values[: len(values) // 2], **options)
    file.flush()
    os.kill(os.getpid(), 9)
np.save = half
kept(sys.argv[1], lambda: ["key"], lambda: torch.rand(100, 10))
"""


def test_a_killed_write_leaves_nothing_that_counts(tmp_path: Path) -> None:
    from suprank_edu.training.networks.cache import kept

    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == -9
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
    values = torch.rand(5, 2)
    assert torch.equal(kept(tmp_path, lambda: ["key"], lambda: values), values)
    assert [path.suffix for path in tmp_path.iterdir()] == [".npy"], "the half file is gone too"


def test_the_platform_has_a_place_for_it(
    tmp_path: Path, photographs: RetrievalDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    embed(Counting(), photographs, cache=True)
    assert len(list((tmp_path / "home" / "suprank-edu" / "embeddings").iterdir())) == 1


def test_features_are_what_the_head_takes_whatever_the_head(tmp_path: Path, photographs: RetrievalDataset) -> None:
    with_head = pretrained(embedding_size=3, image_size=32)
    found = features(with_head, photographs, cache=tmp_path / "cache")
    assert isinstance(found, VectorDataset)
    bare = embed(pretrained(image_size=32), photographs)
    assert np.allclose(found.vectors, bare, atol=1e-5)
    assert torch.allclose(embed(with_head, found), embed(with_head, photographs), atol=1e-5)
    features(pretrained(embedding_size=5, image_size=32), photographs, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 1, "one for all heads"
    assert features(with_head, found) is found
    with pytest.raises(ValueError, match="`model`: got a Counting, expected a network with `pooled` features"):
        features(Counting(), photographs)
