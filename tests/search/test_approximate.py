"""An index that is searched approximately: against the exact search, through changes, and through its folder."""

import hashlib
import json
from pathlib import Path

import faiss
import numpy as np
import pytest
import torch
from search.shops import network, photograph
from search.test_kept import edit, files, killed, one_of
from torch import Tensor

from suprank_edu.data import RetrievalDataset, read
from suprank_edu.search import HNSW, IVFPQ, PhotoIndex, measure_recall
from suprank_edu.search.approximate import Method
from suprank_edu.training import SmallCNN

METHODS = [IVFPQ(lists=8, probes=2, oversampling=480), HNSW(links=8, build_breadth=20, breadth=10)]


@pytest.fixture(scope="module")
def glyphs() -> RetrievalDataset:
    return read("standin", split="test")  # 480


def model() -> SmallCNN:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return SmallCNN(image_size=16, channels=(4, 8), embedding_size=16)


@pytest.fixture(scope="module")
def exact(glyphs: RetrievalDataset) -> PhotoIndex:
    return PhotoIndex.build(model(), glyphs)


def with_method(exact: PhotoIndex, method: Method, rows: range = range(480)) -> PhotoIndex:
    return PhotoIndex(exact.network, exact.photographs.subset(rows), exact.vectors[rows], approximate=method)


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_what_is_found_has_its_exact_score_and_more_effort_finds_more(exact: PhotoIndex, method: Method) -> None:
    index, query = with_method(exact, method), exact.vectors[77]
    scores = (exact.vectors @ query).tolist()
    answer = index.search(query, k=10)
    assert answer.scores == pytest.approx([scores[row] for row in answer.positions], abs=1e-6)
    assert index.search(query, k=10, exact=True) == exact.search(query, k=10)
    assert index.search(query, k=10, effort=480).positions == exact.search(query, k=10).positions
    assert measure_recall(index, effort=480) > 0.99
    assert measure_recall(index) == pytest.approx(by_hand(index, exact), abs=1e-6)
    assert 0.3 < measure_recall(index, effort=1) < 1


def by_hand(index: PhotoIndex, exact: PhotoIndex) -> float:
    """The share of the ten nearest others that is found, in plain loops over the photographs that ask."""
    shares = []
    for row in torch.randperm(480, generator=torch.Generator().manual_seed(0))[:100].tolist():
        scores = exact.vectors @ exact.vectors[row]
        scores[row] = -1
        tenth = scores.sort(descending=True).values[9].item()
        found = [hit for hit in index.search(exact.vectors[row], k=11) if hit.position != row][:10]
        shares.append(sum(hit.score >= tenth - 1e-6 for hit in found) / 10)
    return float(np.mean(shares))


def test_an_exact_index_finds_everything_and_has_no_effort(exact: PhotoIndex) -> None:
    assert exact.approximate is None
    assert measure_recall(exact, queries=5) == 1
    with pytest.raises(ValueError, match="`effort`: got 3, expected None for an exact search"):
        exact.search(exact.vectors[0], effort=3)
    with pytest.raises(ValueError, match="`k`: got 480, expected at most 479"):
        measure_recall(exact, k=480)


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_what_is_added_is_found_and_what_is_removed_is_not(exact: PhotoIndex, method: Method) -> None:
    index = with_method(exact, method, range(400))
    structure = index._shelf.near.index
    assert index.add(exact.photographs.subset(range(395, 480))) == 80
    assert index._shelf.near.index is structure  # it has grown
    assert index.search(exact.vectors[450], k=3, effort=480).positions == exact.search(exact.vectors[450], 3).positions
    index.remove([450])
    answer = index.search(exact.vectors[450], k=5, effort=480)
    expected = (exact.vectors @ exact.vectors[450]).sort(descending=True).values[1:6]
    assert answer.scores == pytest.approx(expected.tolist(), abs=1e-6)
    assert len(index) == 479
    assert index.approximate == method


def test_a_change_that_fails_leaves_the_search_as_it_was(exact: PhotoIndex) -> None:
    index = with_method(exact, IVFPQ(lists=4), range(300))
    with pytest.raises(ValueError, match="got 200 items, expected at least 256"):
        index.remove(range(100))
    with pytest.raises(ValueError, match="`code_bytes`: got 5, expected a divisor of 16"):
        index.rebuild(IVFPQ(code_bytes=5))
    assert (len(index), index.approximate) == (300, IVFPQ(lists=4))
    index.rebuild(None)
    index.remove(range(100))
    assert len(index) == 200


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_what_is_loaded_answers_as_what_was_saved(exact: PhotoIndex, method: Method, tmp_path: Path) -> None:
    index = with_method(exact, method)
    index.save(tmp_path / "index")
    again = PhotoIndex.load(tmp_path / "index")
    assert again.approximate == method
    for row in range(0, 480, 40):
        assert again.search(exact.vectors[row], k=7) == index.search(exact.vectors[row], k=7)
        assert again.search(exact.vectors[row], k=7, effort=1) == index.search(exact.vectors[row], k=7, effort=1)
    again.rebuild(None)
    again.save(tmp_path / "index")
    assert PhotoIndex.load(tmp_path / "index").approximate is None
    assert not list((tmp_path / "index").glob("approximate.*"))


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="this system has no fork")
def test_a_save_that_is_killed_at_any_step_leaves_the_old_index_or_the_new(tmp_path: Path) -> None:
    import shutil

    items = [str(photograph(tmp_path / f"{number}.png", 0, number)) for number in range(14)]
    about = {"column_names": ["class"], "class_names": [["a"]], "licence": "mine", "source": "here"}
    index = PhotoIndex.build(network(), RetrievalDataset(items[:12], [0] * 12, **about), approximate=HNSW(links=2))
    index.save(tmp_path / "saved")
    before = index.search(items[13], k=12, effort=20)
    index.add([items[13]], classes=["a"])
    after = index.search(items[13], k=13, effort=20)
    sizes, event, dying = [], 0, True
    while dying:
        event += 1
        folder = shutil.copytree(tmp_path / "saved", tmp_path / f"killed{event}")
        dying = killed(index, folder, event)
        found = PhotoIndex.load(folder)  # it opens, whatever happened
        sizes.append(len(found))
        assert found.search(items[13], k=13, effort=20) == (before if len(found) == 12 else after)
        index.save(folder)  # and what the killed one left is cleared away
        assert len(list(folder.iterdir())) == 6, sorted(files(folder))
    assert sizes == sorted(sizes)
    assert sizes.count(12) >= 10  # a lock, five files and their names
    assert sizes.count(13) >= 5  # the old files going, and the save that nobody killed


@pytest.fixture
def saved(exact: PhotoIndex, tmp_path: Path) -> Path:
    with_method(exact, METHODS[0]).save(tmp_path / "index")
    return tmp_path / "index"


def replaced_by(content: bytes):
    """Put other content where the structure was, with the size and the sum that the list names."""

    def change(saved: Path) -> None:
        one_of(saved, "approximate.*").write_bytes(content)
        about = json.loads((saved / "index.json").read_text())
        about["files"]["approximate.faiss"] |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        (saved / "index.json").write_text(json.dumps(about))

    return change


def of_faiss(index: faiss.Index, vectors: Tensor) -> bytes:
    index.train(vectors.numpy())
    index.add(vectors.numpy())
    return faiss.serialize_index(index).tobytes()


NOISE = torch.randn(480, 16, generator=torch.Generator().manual_seed(0))


def lists_of(vectors: Tensor, metric: int = faiss.METRIC_INNER_PRODUCT) -> bytes:
    return of_faiss(faiss.IndexIVFPQ(faiss.IndexFlatIP(vectors.shape[1]), vectors.shape[1], 1, 4, 8, metric), vectors)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda saved: one_of(saved, "approximate.*").write_bytes(b""), r"has 0 bytes of [0-9,]+"),
        (lambda saved: one_of(saved, "approximate.*").unlink(), r"approximate\..*\.faiss is not there"),
        (replaced_by(b"no index at all"), "is no index of faiss"),
        (replaced_by(b""), "is no index of faiss"),
        (replaced_by(lists_of(NOISE)[:-500]), "is no index of faiss"),
        (replaced_by(of_faiss(faiss.IndexFlatIP(16), NOISE)), "holds a IndexFlatIP, expected IndexIVFPQ"),
        (replaced_by(lists_of(NOISE[:470])), "is of 470 vectors in 16 dimensions, expected 480 in 16"),
        (replaced_by(lists_of(NOISE[:, :8].contiguous())), "is of 480 vectors in 8 dimensions, expected 480 in 16"),
        (replaced_by(lists_of(NOISE, faiss.METRIC_L2)), "by inner product"),
        (
            edit(root="", threshold=0.5, approximate={"kind": "of tomorrow"}),
            "its approximate search is 'of tomorrow', expected ivf-pq or hnsw",
        ),
        (
            edit(root="", threshold=0.5, approximate={"kind": "hnsw", "links": 4}),
            "holds a IndexIVFPQ, expected IndexHNSW",
        ),
        (edit(root="", threshold=0.5, approximate={"kind": "hnsw", "speed": 4}), "a damaged index"),
    ],
)
def test_a_part_that_does_not_fit_is_refused_in_a_sentence(damage, message: str, saved: Path) -> None:
    damage(saved)
    with pytest.raises(ValueError, match=message) as caught:
        PhotoIndex.load(saved)
    assert "\n" not in str(caught.value)


def test_photographs_that_are_no_files_are_told_apart_by_their_bytes(tmp_path: Path) -> None:
    one, two, three = (photograph(tmp_path / f"{number}.png", 0, number).read_bytes() for number in range(3))
    about = {"column_names": ["class"], "class_names": [["a"]], "licence": "mine", "source": "here"}
    index = PhotoIndex.build(network(), RetrievalDataset([one, two], [0, 0], **about))
    assert index.add(RetrievalDataset([three, two, three], [0, 0, 0], **about)) == 1
    assert len(index) == 3
