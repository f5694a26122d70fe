import itertools

import pytest
import torch
from torch import Tensor

from suprank_edu.retrieval import exact, search


def brute_force(queries: Tensor, gallery: Tensor, k: int, exclude_self: bool) -> list[list[int]]:
    """Sort each row in plain Python: by score, then by position."""
    lists = []
    for i, row in enumerate((queries @ gallery.T).tolist()):
        order = sorted(range(len(row)), key=lambda j: (-row[j], j))
        lists.append([j for j in order if not (exclude_self and j == i)][:k])
    return lists


def by_torch(queries: Tensor, gallery: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Do what CUDA does, on the CPU."""
    best = torch.topk(queries @ gallery.T, k, dim=1)
    return best.values, best.indices


@pytest.fixture(params=["faiss", "torch"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "torch":
        monkeypatch.setattr(exact, "_candidates", by_torch)
    return request.param


@pytest.mark.parametrize(("k", "exclude_self"), list(itertools.product((1, 5, 30, 59), (False, True))))
def test_equals_brute_force_with_many_ties(backend: str, k: int, exclude_self: bool) -> None:
    # Small integers: every score is exact, and ties are everywhere, also where the list is cut.
    draw = torch.Generator().manual_seed(k)
    items = torch.randint(-1, 2, (60, 4), generator=draw).float()
    scores, indices = search(items, items, k, exclude_self=exclude_self)
    assert indices.tolist() == brute_force(items, items, k, exclude_self)
    assert torch.equal(scores, (items @ items.T).gather(1, indices))


@pytest.mark.parametrize("exclude_self", [False, True])
def test_equals_brute_force_on_unit_vectors(backend: str, exclude_self: bool) -> None:
    draw = torch.Generator().manual_seed(0)
    gallery = torch.nn.functional.normalize(torch.randn(500, 16, generator=draw))
    queries = gallery if exclude_self else gallery[:40] + 0.1
    scores, indices = search(queries, gallery, 12, exclude_self=exclude_self)
    assert indices.tolist() == brute_force(queries, gallery, 12, exclude_self)
    assert torch.allclose(scores, (queries @ gallery.T).gather(1, indices), atol=1e-6)
    assert bool((scores[:, 1:] <= scores[:, :-1]).all())


def test_a_gallery_of_equal_items_is_listed_in_order(backend: str) -> None:
    gallery = torch.ones(200, 3)
    assert search(gallery[:2], gallery, 20)[1].tolist() == [list(range(20))] * 2
    found = search(gallery, gallery, 20, exclude_self=True)[1]
    assert found[5].tolist() == [*range(5), *range(6, 21)]
    assert found[150].tolist() == list(range(20))


def test_dtypes_and_shapes() -> None:
    queries = torch.eye(3, dtype=torch.float64)
    scores, indices = search(queries, torch.eye(3, dtype=torch.float16), 3)
    assert scores.dtype == torch.float32
    assert indices.dtype == torch.int64
    assert indices.tolist() == [[0, 1, 2], [1, 0, 2], [2, 0, 1]]
    assert search(queries.requires_grad_(), queries, 1)[1].tolist() == [[0], [1], [2]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": 0}, r"`k`: got 0"),
        ({"k": 6}, r"`k`: got 6, expected at most 5"),
        ({"k": 5, "exclude_self": True}, r"`k`: got 5, expected at most 4"),
        ({"queries": torch.ones(4, 3), "exclude_self": True}, r"`exclude_self`: got 4 queries and 5 gallery items"),
        ({"gallery": torch.ones(5, 2)}, r"`gallery`: got 2 dimensions, expected 3"),
        ({"gallery": torch.full((5, 3), torch.nan)}, r"`gallery`: got NaN or infinity"),
        ({"queries": torch.ones(3)}, r"`queries`: got shape \(3,\)"),
        ({"queries": torch.ones(0, 3)}, r"`queries`: got shape \(0, 3\)"),
        ({"queries": torch.ones(5, 3, dtype=torch.int64)}, r"`queries`: got dtype torch.int64"),
    ],
)
def test_bad_input_is_named(change: dict, message: str) -> None:
    arguments: dict = {"queries": torch.ones(5, 3), "gallery": torch.ones(5, 3), "k": 2} | change
    with pytest.raises(ValueError, match=message):
        search(**arguments)


def test_many_ties_in_small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal scores are in the order of the items, on every device."""
    monkeypatch.setattr(exact, "_BLOCK", 5000)
    items = torch.randint(-2, 3, (300, 4), generator=torch.Generator().manual_seed(0)).float()
    expected = (items @ items.T).argsort(dim=1, descending=True, stable=True)[:, :50]
    assert torch.equal(search(items, items, 50)[1], expected)


def test_without_ties_nothing_is_sorted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    widths, sort = [], Tensor.sort
    monkeypatch.setattr(Tensor, "sort", lambda self, **how: widths.append(self.shape[-1]) or sort(self, **how))
    search(torch.eye(60)[:3], torch.eye(60) * torch.arange(1, 61), 5)
    assert 60 in widths  # most scores are 0: ties
    widths.clear()
    gallery = torch.arange(1.0, 61)[:, None]
    search(torch.ones(3, 1), gallery, 5)
    assert widths
    assert 60 not in widths


def test_a_card_by_its_name(card: torch.device) -> None:
    items = torch.randint(-2, 3, (300, 4), generator=torch.Generator().manual_seed(0)).float()
    expected = (items @ items.T).argsort(dim=1, descending=True, stable=True)[:, :50]
    assert torch.equal(search(items, items, 50, device=str(card))[1], expected)


@pytest.mark.parametrize("device", ["toaster", "cuda:99", "cuda"])
def test_a_device_that_is_not_there_is_said(device: str) -> None:
    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("this machine has one")
    with pytest.raises(ValueError, match=rf"^`device`: got '{device}', expected one that torch has here"):
        search(torch.eye(3), torch.eye(3), 1, device=device)
