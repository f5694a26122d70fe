"""Parts put together give what the whole gives."""

import pytest
import torch

from suprank_edu.retrieval import ExactIndex, hnsw_index, search, search_shards


@pytest.mark.parametrize("sizes", [(60,), (1, 59), (20, 20, 20), (7, 50, 3)])
@pytest.mark.parametrize("k", [1, 10, 60])
def test_equals_the_search_of_the_whole_with_many_ties(sizes: tuple[int, ...], k: int) -> None:
    draw = torch.Generator().manual_seed(k)
    gallery = torch.randint(-1, 2, (60, 4), generator=draw).float()  # exact scores, ties everywhere
    queries = torch.randint(-1, 2, (15, 4), generator=draw).float()
    scores, positions = search_shards(queries, gallery.split(list(sizes)), k)
    expected = (queries @ gallery.T).tolist()
    assert positions.tolist() == [sorted(range(60), key=lambda j: (-row[j], j))[:k] for row in expected]
    assert torch.equal(scores, (queries @ gallery.T).gather(1, positions))


def test_parts_are_held_one_at_a_time() -> None:
    gallery, held = torch.eye(12), []

    def parts():
        for part in gallery.split(4):
            held.append(len(held))
            yield ExactIndex(part)

    stream = parts()
    assert search_shards(gallery[[9]], stream, 2)[1].tolist() == [[9, 0]]
    assert held == [0, 1, 2]


def test_an_approximate_part_gives_its_own_positions() -> None:
    draw = torch.Generator().manual_seed(0)
    gallery = torch.nn.functional.normalize(torch.randn(400, 8, generator=draw))
    found = search_shards(gallery[[30, 310]], [gallery[:200], hnsw_index(gallery[200:])], 1)[1]
    assert found.tolist() == [[30], [310]]


def test_too_few_items_are_refused() -> None:
    with pytest.raises(ValueError, match="`k`: got 5, expected at most 4, the items of all parts"):
        search_shards(torch.eye(2), torch.eye(2).repeat(2, 1).split(2), 5)
    with pytest.raises(ValueError, match="`shards`: got 3 dimensions, expected 2"):
        search_shards(torch.eye(2), [torch.eye(3)], 1)
    assert search(torch.eye(2), torch.eye(2), 1)[1].tolist() == [[0], [1]]


def test_a_part_of_other_dimensions_is_named_as_a_part() -> None:
    with pytest.raises(ValueError, match="`shards`: got 3 dimensions, expected 4, as many as `queries`"):
        search_shards(torch.zeros(2, 4), [torch.zeros(5, 4), torch.zeros(5, 3)], k=1)
