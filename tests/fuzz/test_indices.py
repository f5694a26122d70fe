"""Folders of saved indices, damaged in each part: refused in a sentence, or an index that answers; nothing else."""

import hashlib
import io
import json
import shutil
from collections import Counter
from pathlib import Path

import faiss
import numpy as np
import pytest
import torch
from damaged import damaged
from search.shops import index_of, network, shop

from suprank_edu.data import read
from suprank_edu.search import HNSW, IVFPQ, PhotoIndex
from suprank_edu.training import SmallCNN

IN_THE_SUITE, AT_NIGHT = 40, 1_000
PARTS = ("index.json", "vectors", "photographs", "weights")


def stamped(folder: Path, part: str, content: bytes) -> None:
    """Put `content` in the place of a part, with its length and sum as if it had been saved so."""
    if part == "index.json":
        (folder / part).write_bytes(content)
        return
    about = json.loads((folder / "index.json").read_text())
    (entry,) = [entry for name, entry in about["files"].items() if name.startswith(part)]
    (folder / entry["file"]).write_bytes(content)
    entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (folder / "index.json").write_text(json.dumps(about))


def content_of(folder: Path, part: str) -> bytes:
    (path,) = folder.glob(f"{part}*")
    return path.read_bytes()


def opened(folder: Path) -> str:
    """Open an index and ask it; return what became of that."""
    try:
        index = PhotoIndex.load(folder)
        query = torch.zeros(index.vectors.shape[1])
        query[0] = 1
        scores = [hit.score for hit in index.search(query, k=3)]
    except ValueError as error:
        said = str(error)
    else:
        said = ""
        assert scores == sorted(scores, reverse=True)
    assert not said or ": got " in said, said
    return "refused" if said else "answered"


def try_all(saved: Path, folder: Path, part: str, seeds: range) -> Counter[str]:
    shutil.copytree(saved, folder)
    assert opened(folder) == "answered"
    content, listed, found = content_of(saved, part), content_of(saved, "index.json"), Counter[str]()
    for seed in seeds:
        (folder / "index.json").write_bytes(listed)
        stamped(folder, part, damaged(content, seed))
        found[opened(folder)] += 1
    return found


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    index_of(shop(folder / "shop")).save(folder / "index")
    return folder / "index"


@pytest.fixture(scope="module", params=[HNSW(links=4), IVFPQ(lists=4, probes=2)], ids=["hnsw", "ivf-pq"])
def approximate(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index that holds a structure of faiss as well."""
    glyphs, folder = read("standin", split="test").subset(range(300)), tmp_path_factory.mktemp("near") / "index"
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = SmallCNN(image_size=16, channels=(4, 8), embedding_size=8)
    PhotoIndex.build(model, glyphs, approximate=request.param).save(folder)
    return folder


@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_part_is_refused_or_answers(part: str, saved: Path, tmp_path: Path) -> None:
    assert try_all(saved, tmp_path / "index", part, range(IN_THE_SUITE))["refused"] > IN_THE_SUITE // 8


def test_a_damaged_structure_is_refused_or_answers(approximate: Path, tmp_path: Path) -> None:
    found = try_all(approximate, tmp_path / "index", "approximate", range(IN_THE_SUITE))
    assert found["refused"] > IN_THE_SUITE // 8


@pytest.mark.nightly
@pytest.mark.parametrize("part", PARTS)
def test_many_damaged_parts_are_refused_or_answer(part: str, saved: Path, tmp_path: Path) -> None:
    assert try_all(saved, tmp_path / "index", part, range(AT_NIGHT))["refused"] > AT_NIGHT // 8


@pytest.mark.nightly
def test_many_damaged_structures_are_refused_or_answer(approximate: Path, tmp_path: Path) -> None:
    assert try_all(approximate, tmp_path / "index", "approximate", range(AT_NIGHT))["refused"] > AT_NIGHT // 8


def refused(folder: Path, message: str) -> None:
    with pytest.raises(ValueError, match=rf"^`folder`: got .*index.*, a damaged index \(.*{message}"):
        PhotoIndex.load(folder)


def array(header: str, content: bytes = b"") -> bytes:
    """A file of numpy with a header of one's own."""
    written = io.BytesIO()
    np.lib.format.write_array_header_1_0(written, {"descr": "<f4", "fortran_order": False, "shape": (1, 8)})
    return written.getvalue().replace(b"(1, 8)", header.encode()) + content


@pytest.mark.parametrize(
    ("part", "content", "message"),
    [
        ("vectors", array("(1,\n(("), "."),  # a header that ends within brackets
        ("vectors", array("(2**40, 8)"), "."),
        ("vectors", array(f"({2**40}, 8)", bytes(32)), "."),  # 32 TiB in a file of 160 bytes
        ("photographs", b"path,sha256,class,parent\na.png\n", "list index out of range"),
        ("photographs", b"path,sha256,class,parent\na.png,0," + b"x" * 200_000 + b",0\n", "field limit"),
        ("photographs", b"path,sha256,class,parent\na.png,0," + b"9" * 40 + b",0\n", "."),
        ("photographs", b"path\0,sha256,class,parent\n", "."),
        ("photographs", b"", "."),
    ],
)
def test_parts_that_were_made_to_break_what_reads_them(
    part: str, content: bytes, message: str, saved: Path, tmp_path: Path
) -> None:
    shutil.copytree(saved, tmp_path / "index")
    stamped(tmp_path / "index", part, content)
    refused(tmp_path / "index", message)


@pytest.mark.parametrize("part", PARTS[1:])
def test_a_part_of_another_index_is_refused(part: str, saved: Path, tmp_path: Path) -> None:
    shop(tmp_path / "shop", each=3)
    model = (
        SmallCNN(image_size=16, in_channels=3, channels=(4, 6), embedding_size=6) if part == "weights" else network()
    )
    PhotoIndex.build(model, read("folder", tmp_path / "shop")).save(tmp_path / "other")
    shutil.copytree(saved, tmp_path / "index")
    (mine,), (others,) = (list((tmp_path / name).glob(f"{part}*")) for name in ("index", "other"))
    shutil.copy(others, mine)
    refused(tmp_path / "index", "has ")  # another size, or another sum
    stamped(tmp_path / "index", part, others.read_bytes())
    with pytest.raises(ValueError, match="^`(folder|network)`: got "):
        PhotoIndex.load(tmp_path / "index")


@pytest.mark.parametrize("approximate", [IVFPQ(lists=4, probes=2)], ids=["ivf-pq"], indirect=True)
@pytest.mark.parametrize("number", [300, 2**40, -1, 0])
def test_a_structure_that_lists_what_is_not_there_is_refused(number: int, approximate: Path, tmp_path: Path) -> None:
    shutil.copytree(approximate, tmp_path / "index")
    structure = faiss.deserialize_index(np.frombuffer(content_of(approximate, "approximate"), dtype=np.uint8))
    lists = structure.invlists
    faiss.rev_swig_ptr(lists.get_ids(1), lists.list_size(1))[0] = number
    stamped(tmp_path / "index", "approximate", faiss.serialize_index(structure).tobytes())
    refused(tmp_path / "index", "lists other vectors than 0 to 299, each once")
