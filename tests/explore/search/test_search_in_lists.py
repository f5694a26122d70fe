"""The search in lists: what it looks at and finds, against plain loops over photographs and lists."""

import pytest

from suprank_edu.data import sample_embeddings
from suprank_edu.explore import Explorer
from suprank_edu.explore.search.search_in_lists import queries


@pytest.fixture(scope="module")
def explorer(explorers: dict[str, Explorer]) -> Explorer:
    return explorers["search_in_lists"]


def dot(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("probes", [1, 4, 18])
def test_what_it_looks_at_and_finds_follows_from_loops(explorer: Explorer, probes: int) -> None:
    shop = sample_embeddings("groceries", "train").double().tolist()
    asked = sample_embeddings("groceries", "test").double().tolist()[queries()["Watermelon"]]
    centres = shop[13::27]
    near = sorted(range(len(centres)), key=lambda number: -dot(centres[number], asked))[:probes]
    looked = {i for i, item in enumerate(shop) if max(range(18), key=lambda c: dot(centres[c], item)) in near}
    best = sorted(range(len(shop)), key=lambda i: -dot(shop[i], asked))[:10]
    found = [i for i in best if i in looked]
    drawn = explorer.figure(query="Watermelon", probes=probes)
    not_looked_at, looked_at, hits, misses = (len(trace.x or ()) for trace in drawn.data[:4])
    assert (looked_at + hits, hits, misses) == (len(looked), len(found), 10 - len(found))
    assert not_looked_at + looked_at + hits + misses == len(shop)
    assert f"{len(looked)} of 486 photographs" in explorer.readout(query="Watermelon", probes=probes)
    assert f"recall {len(found) / 10:.2f}" in explorer.readout(query="Watermelon", probes=probes)


def test_with_every_list_nothing_is_missed(explorer: Explorer) -> None:
    for query in queries():
        assert "10 of the 10 best are found, 0 are missed: recall 1.00." in explorer.readout(query=query, probes=18)
