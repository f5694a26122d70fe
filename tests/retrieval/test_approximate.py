import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from suprank_edu.retrieval import ApproximateIndex, hnsw_index, ivfpq_index, search, search_recall


def clusters(items: int, dim: int = 32, seed: int = 0) -> Tensor:
    """Unit vectors around 40 centres, as embeddings of a trained network are."""
    draw = torch.Generator().manual_seed(seed)
    centres = torch.randn(40, dim, generator=draw)[torch.randint(40, (items,), generator=draw)]
    return normalize(centres + 0.7 * torch.randn(items, dim, generator=draw), dim=1)


GALLERY = clusters(3000)
INDICES = {
    "hnsw": lambda x: hnsw_index(x),
    "ivfpq": lambda x: ivfpq_index(x, probes=24, oversampling=8),
}


@pytest.mark.parametrize("kind", INDICES)
@pytest.mark.parametrize("exclude_self", [False, True])
def test_most_of_the_truth_is_found_with_exact_scores_in_order(kind: str, exclude_self: bool) -> None:
    index = INDICES[kind](GALLERY)
    assert len(index) == 3000
    queries = GALLERY if exclude_self else clusters(200, seed=1)
    truth, _ = search(queries, GALLERY, 10, exclude_self=exclude_self)
    scores, found = search(queries, index, 10, exclude_self=exclude_self)
    assert search_recall(scores, truth).mean() > 0.95
    assert torch.allclose(scores, torch.einsum("qd,qkd->qk", queries, GALLERY[found]), atol=1e-5)
    assert bool((scores[:, 1:] <= scores[:, :-1]).all())
    if exclude_self:
        assert not bool((found == torch.arange(3000)[:, None]).any())


def test_ivfpq_that_looks_everywhere_and_rescores_everything_is_exact() -> None:
    queries = clusters(50, seed=2)
    index = ivfpq_index(GALLERY, lists=8, probes=8, oversampling=300)
    truth, expected = search(queries, GALLERY, 10)
    scores, found = search(queries, index, 10)
    assert torch.equal(found, expected)
    assert torch.allclose(scores, truth, atol=1e-6)


def test_fewer_probes_find_less() -> None:
    queries = clusters(200, seed=3)
    truth, _ = search(queries, GALLERY, 10)
    recall = [
        search_recall(search(queries, ivfpq_index(GALLERY, lists=64, probes=probes), 10)[0], truth).mean()
        for probes in (1, 32)
    ]
    assert recall[0] < recall[1]


def test_places_that_cannot_be_filled_are_marked() -> None:
    index = ivfpq_index(GALLERY[:300], lists=100, probes=1)
    scores, found = search(GALLERY[:20], index, 100)
    missing = found < 0
    assert bool(missing.any())
    assert bool((scores[missing] == -torch.inf).all())
    assert bool(scores[~missing].isfinite().all())
    assert bool((missing[:, 1:] | ~missing[:, :-1]).all()), "a gap stands before an item"


def test_two_ivfpq_builds_are_the_same() -> None:
    one, other = (search(GALLERY[:50], ivfpq_index(GALLERY), 20) for _ in range(2))
    assert torch.equal(one[1], other[1])


def test_recall_counts_by_score_so_that_ties_cost_nothing() -> None:
    exact = torch.tensor([[0.9, 0.8, 0.8]])
    assert search_recall(torch.tensor([[0.9, 0.8, 0.8]]), exact).tolist() == [1]
    assert search_recall(torch.tensor([[0.9, 0.8, 0.7]]), exact).tolist() == pytest.approx([2 / 3])
    assert search_recall(torch.tensor([[0.5, -torch.inf, -torch.inf]]), exact).tolist() == [0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: hnsw_index(torch.ones(3)), "`gallery`: got shape (3,)"),
        (lambda: hnsw_index(GALLERY, links=0), "`links`: got 0, expected an integer of at least 1"),
        (lambda: hnsw_index(GALLERY, breadth=0), "`breadth`: got 0"),
        (lambda: hnsw_index(GALLERY, build_breadth=0), "`build_breadth`: got 0"),
        (lambda: ivfpq_index(GALLERY[:200]), "`gallery`: got 200 items, expected at least 256"),
        (lambda: ivfpq_index(GALLERY, code_bytes=5), "`code_bytes`: got 5, expected a divisor of 32"),
        (lambda: ivfpq_index(GALLERY, lists=4000), "`lists`: got 4000, expected at most 3000"),
        (lambda: ivfpq_index(GALLERY, probes=0), "`probes`: got 0"),
        (lambda: ivfpq_index(GALLERY, oversampling=0), "`oversampling`: got 0"),
        (lambda: search(torch.ones(2, 5), hnsw_index(GALLERY), 3), "`gallery`: got 32 dimensions, expected 5"),
        (lambda: search(GALLERY[:2], hnsw_index(GALLERY), 3001), "`k`: got 3001, expected at most 3000"),
        (lambda: search_recall(torch.ones(2, 3), torch.ones(2, 4)), "`scores`: got shape (2, 3), expected (2, 4)"),
    ],
)
def test_bad_input_is_named(make, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


def test_an_index_is_what_search_takes() -> None:
    assert isinstance(hnsw_index(GALLERY[:300]), ApproximateIndex)


@pytest.mark.parametrize("k", [65, 200, 500])
def test_more_items_than_the_breadth_are_found_as_well(k: int) -> None:
    """With a breadth below k, faiss fills the list with whatever it met, in silence."""
    truth, _ = search(GALLERY[:100], GALLERY, k)
    scores, _ = search(GALLERY[:100], hnsw_index(GALLERY, breadth=64), k)
    assert search_recall(scores, truth).mean() > 0.97


@pytest.mark.parametrize(("k", "expected"), [(1, 16), (16, 16), (17, 34)])
def test_a_breadth_of_at_least_k_is_what_was_asked_for(k: int, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    index = hnsw_index(GALLERY, breadth=16)
    seen = []
    search_graph = index.index.search
    monkeypatch.setattr(
        index.index, "search", lambda x, k: (seen.append(index.index.hnsw.efSearch), search_graph(x, k))[1]
    )
    search(GALLERY[:3], index, k)
    assert seen == [expected]
    assert index.index.hnsw.efSearch == 16


def test_faiss_may_have_learnt_to_take_tensors() -> None:
    """`faiss.contrib.torch_utils`, which pytorch-metric-learning imports, replaces the search of every index."""
    script = """
import torch, faiss.contrib.torch_utils
from suprank_edu.retrieval import hnsw_index, search

print(search(torch.eye(9), hnsw_index(torch.eye(9), breadth=1), 3)[1][:, 0].tolist())
"""
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout == f"{list(range(9))}\n"


@pytest.mark.parametrize("of_numpy", [np.int64, np.uint8])
def test_integers_of_numpy_are_taken_as_such(of_numpy: type) -> None:
    gallery, one = GALLERY[:300], of_numpy(1)
    lists = ivfpq_index(
        gallery, lists=of_numpy(4), probes=of_numpy(2), code_bytes=of_numpy(8), oversampling=of_numpy(2)
    )
    graph = hnsw_index(gallery, links=of_numpy(8), build_breadth=of_numpy(40), breadth=of_numpy(20))
    for index in (lists, graph):
        assert search(gallery[:3], index, one)[1].tolist() == [[0], [1], [2]]
        assert search(gallery[:3], gallery, one)[1].tolist() == [[0], [1], [2]]
        assert search(gallery[:3], index, one, effort=of_numpy(4))[1].tolist() == [[0], [1], [2]]
