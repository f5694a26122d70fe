"""The cost calculator: counts in plain loops, the choice of the library itself, and words that say the numbers."""

import re

import pytest
import torch

from suprank_edu.explore import Explorer
from suprank_edu.explore.training.cost_calculator import LARGE, SIGMOID, SIZES, SUP, costs, held, takes_sorted
from suprank_edu.pairwise.choice import split_by_cost
from suprank_edu.steps import Sigmoid, SupStep

BASE = {"situation": LARGE, "queries": 64, "positives": 5000, "gallery": 60_000, "step": SUP}


@pytest.fixture(scope="module")
def explorer(explorers: dict[str, Explorer]) -> Explorer:
    return explorers["cost_calculator"]


@pytest.mark.parametrize(("queries", "positives", "gallery"), [(2, 3, 7), (1, 1, 2), (3, 4, 9)])
def test_terms_are_counted_pair_by_pair(queries: int, positives: int, gallery: int) -> None:
    dense = direct = items = 0
    for _ in range(queries):
        for k in range(gallery):
            items += 1
            for j in range(gallery):
                dense += 1
                direct += k < positives <= j
    found = costs(queries, positives, gallery, SUP)
    items += 8 * queries * gallery  # so few items have a bin each
    assert (found[0].terms, found[1].terms, found[2].terms) == (dense, direct, 128 * items)
    assert costs(queries, positives, gallery, SIGMOID)[2].terms == 128 * items


@pytest.mark.parametrize("step", [SupStep(), Sigmoid()])
@pytest.mark.parametrize(
    ("queries", "positives", "gallery"),
    [
        (1, 3, 4096),
        (16, 300, 4096),
        (1, 100, 16_000),
        (1, 300, 60_000),
        (1, 1000, 1024),
        (2, 2048, 4096),
        (4, 100, 60_000),
    ],
)
def test_the_engine_is_the_one_that_the_library_takes(step, queries: int, positives: int, gallery: int) -> None:
    positives = held(positives, gallery)
    rows, columns = (torch.linspace(0, 0.8, n).repeat(queries, 1) for n in (positives, gallery - positives))  # 80τ
    many, _ = split_by_cost(rows, columns, step)
    assert takes_sorted(queries, positives, gallery) == bool(len(many))


def test_where_the_library_sorts_it_is_less_work_in_every_frame(explorer: Explorer) -> None:
    seen = set()
    for p in explorer.grid():
        p.pop("situation")
        _, direct, by_sort = costs(**p)
        taken = takes_sorted(p["queries"], p["positives"], p["gallery"])
        assert not taken or by_sort.terms <= direct.terms
        seen.add(taken)
    assert seen == {True, False}


def test_the_measured_case_comes_out_as_measured() -> None:
    # `python -m benchmarks --only engines`: 64 queries x 60,000 x 5,000 take 0.46 s sorted and 25 s direct, on two cores.
    _, direct, by_sort = costs(64, 5_000, 60_000, SUP)
    assert by_sort.seconds == pytest.approx(0.46, rel=0.5)
    assert direct.seconds == pytest.approx(25, rel=0.5)
    # A batch of 1,024 takes 42 GiB by the dense form.
    assert costs(1024, 3, 1024, SUP)[0].bytes == pytest.approx(42 * 2**30, rel=0.1)


def test_lines_end_at_the_values_and_the_ring_is_around_the_engine_taken(explorer: Explorer) -> None:
    for p in (BASE, BASE | {"positives": 3}):
        data = explorer.figure.describe(**p)["data"]
        found = costs(64, p["positives"], 60_000, SUP)
        for panel in range(3):
            ring, *lines = data[4 * panel : 4 * panel + 4]
            assert [line["x"][1] for line in lines] == [cost[panel] for cost in found]
            assert [line["y"][1] for line in lines] == [2, 1, 0]
            row = 2 if p["positives"] == 5000 else 1
            assert (ring["x"], ring["y"]) == ([found[row][panel]], [2 - row])


def test_every_value_lies_inside_its_panel(explorer: Explorer) -> None:
    layout = explorer.figure.describe(**BASE)["layout"]
    for p in explorer.grid():
        p.pop("situation")
        for panel, axis in enumerate(("xaxis", "xaxis2", "xaxis3")):
            low, high = layout[axis]["range"]
            for cost in costs(**p):
                assert 10**low < cost[panel] < 10 ** (high - 4)  # room for the words


def test_words_say_the_numbers_and_the_choice(explorer: Explorer) -> None:
    assert explorer.readout(**BASE).split("\n") == [
        "dense: Q·G·G = 64 × 60,000 × 60,000 = 2.3 × 10¹¹ terms, 9 TiB, 2.2 hours",
        "direct: Q·P·(G − P) = 64 × 5,000 × 55,000 = 1.8 × 10¹⁰ terms, 73 MiB, 25 s",
        "sorted: Q·G = 64 × 60,000 = 3.8 × 10⁶ items, each worth 128 terms, 180 MiB, 470 ms",
        "P·(G − P)/(G + 8 · 82 bins) = 4,534 pairs an item, above 128: the library takes the sorted engine.",
    ]
    few = explorer.readout(**BASE | {"positives": 3}).split("\n")
    assert few[3] == "P·(G − P)/(G + 8 · 44 bins) = 3 pairs an item, below 128: the library takes the direct engine."
    small = explorer.readout(**BASE | {"queries": 1, "gallery": 1024})
    assert "(P is held at half the gallery, 512)" in small
    assert "above 128, but it wins fewer than 1,048,576 pairs in all: direct." in small
    for p in explorer.grid():
        taken = takes_sorted(p["queries"], p["positives"], p["gallery"])
        assert ("takes the sorted" in explorer.readout(**p)) == taken


def test_a_situation_sets_three_sliders(explorer: Explorer) -> None:
    presets = explorer.controls[0].presets
    for name, sizes in SIZES.items():
        assert tuple(presets[name].values()) == sizes
    assert re.search("two CPU cores", explorer.alt)
