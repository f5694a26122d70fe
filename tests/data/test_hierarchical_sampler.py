from itertools import combinations
from math import comb

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from pytorch_metric_learning.samplers import HierarchicalSampler

from suprank_edu.data import HierarchicalBatches
from suprank_edu.data.hierarchical_sampler import fair_shares


@st.composite
def trees(draw: st.DrawFn) -> np.ndarray:
    """(N, 2) labels of 2 to 4 super-classes of 1 to 5 classes of 1 to 7 images, shuffled."""
    rows, label = [], 0
    for super_class in range(draw(st.integers(2, 4))):
        for _ in range(draw(st.integers(1, 5))):
            rows += [(label, super_class)] * draw(st.integers(1, 7))
            label += 1
    return np.random.default_rng(draw(st.integers(0, 99))).permutation(np.array(rows))


@given(trees(), st.integers(2, 3), st.integers(2, 8), st.integers(0, 3))
def test_every_batch_is_full_and_of_two_super_classes(
    labels: np.ndarray, per_class: int, slots: int, epoch: int
) -> None:
    batches = HierarchicalBatches(labels, slots * per_class, per_class, batches_per_tuple=2, seed=3)
    batches.set_epoch(epoch)
    pairs = []
    classes_of = {s: len(set(labels[labels[:, 1] == s, 0])) for s in set(labels[:, 1])}
    for batch in batches:
        assert len(batch) == slots * per_class
        drawn = labels[batch]
        pairs.append(tuple(sorted(set(drawn[:, 1].tolist()))))
        for label, count in zip(*np.unique(drawn[:, 0], return_counts=True), strict=True):
            assert count % per_class == 0
            images = {i for i in batch if labels[i, 0] == label}
            assert len(images) == min(count, (labels[:, 0] == label).sum())  # repeated only when there are no others
        shares = [len(set(drawn[drawn[:, 1] == s, 0])) for s in pairs[-1]]
        available = [classes_of[s] for s in pairs[-1]]
        if sum(available) >= slots:  # every class once, as even as it can be
            assert sum(shares) == slots
            assert abs(shares[0] - shares[1]) <= 1 or min(shares) == available[int(np.argmin(shares))]
        else:
            assert shares == available
    expected = [pair for pair in combinations(sorted(classes_of), 2) for _ in range(2)]
    assert sorted(pairs) == expected


@given(trees(), st.integers(1, 5))
def test_ranks_share_one_global_batch(labels: np.ndarray, world_size: int) -> None:
    alone = HierarchicalBatches(labels, 12, 3, batches_per_tuple=1)
    ranks = [HierarchicalBatches(labels, 12, 3, batches_per_tuple=1, rank=r, world_size=world_size) for r in range(world_size)]  # fmt: skip
    for whole, *slices in zip(alone, *ranks, strict=True):
        assert [index for part in slices for index in part] == whole
        assert max(map(len, slices)) - min(map(len, slices)) <= 1


def sop_like() -> np.ndarray:
    """12 super-classes of 100 products of 5 images: of SOP's hierarchy, the part that matters here."""
    product = np.arange(12 * 100 * 5) // 5
    return np.stack([product, product // 100], axis=1)


def test_the_setting_of_the_paper() -> None:
    labels = sop_like()
    batches = HierarchicalBatches(labels)
    assert len(batches) == comb(12, 2) * 5 == 330
    for number in (0, 329):
        drawn = labels[batches.batch(number)]
        assert np.unique(drawn[:, 1], return_counts=True)[1].tolist() == [128, 128]
        assert set(np.unique(drawn[:, 0], return_counts=True)[1].tolist()) == {4}
    theirs = HierarchicalSampler(labels, 256, 4, batches_per_super_tuple=5, super_classes_per_batch=2)
    assert len(theirs) == len(batches)
    shape = [np.unique(np.unique(labels[batch, 1], return_counts=True)[1]).tolist() for batch in theirs]
    assert shape[0] == [128]  # the same kind of batch


def test_small_super_classes_shorten_the_batches_of_pytorch_metric_learning() -> None:
    labels = sop_like()
    labels = labels[(labels[:, 1] > 0) | (labels[:, 0] < 3)]  # super-class 0 has three products
    theirs = HierarchicalSampler(labels, 256, 4, batches_per_super_tuple=1, super_classes_per_batch=2)
    assert min(len(batch) for batch in theirs) == 128 + 12
    assert {len(batch) for batch in HierarchicalBatches(labels, batches_per_tuple=1)} == {256}


def test_seeds_and_epochs_decide_and_nothing_else() -> None:
    labels = sop_like()
    batches = HierarchicalBatches(labels, num_batches=3, seed=7)
    np.random.seed(0)  # noqa: NPY002 (the state that must not matter)
    first = list(batches)
    np.random.seed(1)  # noqa: NPY002 (the state that must not matter)
    assert first == list(batches) == list(HierarchicalBatches(labels, num_batches=3, seed=7))
    assert first == list(HierarchicalBatches(labels, seed=7))[:3]
    assert first != list(HierarchicalBatches(labels, num_batches=3, seed=8))
    batches.set_epoch(1)
    assert first != list(batches)
    batches.set_epoch(0)
    assert first == list(batches)


def test_other_levels_and_three_super_classes() -> None:
    labels = np.stack([np.arange(80) // 4, np.arange(80) // 8, np.arange(80) // 20], axis=1)
    batches = HierarchicalBatches(labels, 24, 2, super_classes=3, column=2, batches_per_tuple=1)
    assert len(batches) == comb(4, 3)
    assert np.unique(labels[batches.batch(0), 2], return_counts=True)[1].tolist() == [8, 8, 8]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.integers(0, 30))
def test_fair_shares_are_the_most_even(sizes: list[int], total: int) -> None:
    shares = fair_shares(sizes, total)
    assert sum(shares) == min(total, sum(sizes))
    assert all(share <= size for share, size in zip(shares, sizes, strict=True))
    # Nobody could take one from a richer share without passing it.
    assert all(a + 1 >= b for a, size in zip(shares, sizes, strict=True) if a < size for b in shares)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 10, "per_class": 4}, "`batch_size`: got 10, expected a multiple of per_class = 4"),
        ({"per_class": 1}, "`per_class`: got 1, expected at least 2"),
        ({"super_classes": 13}, r"`super_classes`: got 13, expected 1\.\.12: `labels` has 12, and 64 classes fit"),
        ({"super_classes": 3, "batch_size": 8}, r"`super_classes`: got 3, expected 1\.\.2: `labels` has 12, and 2 cl"),
        ({"super_classes": 0}, "`super_classes`: got 0"),
        ({"column": 2}, r"`column`: got 2 for labels of shape \(6000, 2\), expected a column behind 0"),
        ({"column": 0}, r"`column`: got 0"),
        ({"num_batches": 331}, "`num_batches`: got 331, expected at most 330"),
        ({"batches_per_tuple": 0}, "`batches_per_tuple`: got 0, expected an integer of at least 1"),
    ],
)
def test_sizes_that_do_not_fit(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HierarchicalBatches(sop_like(), **options)


def test_labels_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"`column`: got 1 for labels of shape \(3, 1\)"):
        HierarchicalBatches(np.array([0, 1, 2]))
    with pytest.raises(ValueError, match="`labels`: got class 5 under two super-classes, expected a tree"):
        HierarchicalBatches(np.array([[5, 0], [5, 1], [6, 1]]), 4, 2)
    many = np.stack([np.arange(300), np.arange(300)], axis=1)
    with pytest.raises(ValueError, match="`super_classes`: got 4 of 300, more than 1,000,000 combinations"):
        HierarchicalBatches(many, super_classes=4)
