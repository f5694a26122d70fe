import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from suprank_edu.data import HierarchicalBatches, MPerClassBatches

LABELS = np.repeat(np.arange(10), [5, 5, 5, 5, 5, 7, 9, 2, 1, 30])


def test_batches_hold_m_of_each_class() -> None:
    for batch in MPerClassBatches(LABELS, 20, 4, num_batches=30, seed=3):
        assert len(batch) == 20
        classes, counts = np.unique(LABELS[batch], return_counts=True)
        assert len(classes) == 5
        assert set(counts) == {4}


def test_images_repeat_only_where_a_class_is_too_small() -> None:
    for batch in MPerClassBatches(LABELS, 20, 4, num_batches=30):
        for label in np.unique(LABELS[batch]):
            chosen = [i for i in batch if LABELS[i] == label]
            assert len(set(chosen)) == min(4, int((label == LABELS).sum()))


def test_a_pass_visits_every_class_once() -> None:
    batches = MPerClassBatches(LABELS, 8, 4, num_batches=10)
    for start in (0, 5):
        seen = np.concatenate([np.unique(LABELS[batches.batch(start + i)]) for i in range(5)])
        assert sorted(seen) == list(range(10))


def test_seeds_and_epochs_decide_and_nothing_else() -> None:
    np.random.seed(0)  # noqa: NPY002 (the state that must not matter)
    batches = MPerClassBatches(LABELS, 20, 4, num_batches=5, seed=7)
    first = list(batches)
    np.random.seed(1)  # noqa: NPY002 (the state that must not matter)
    assert first == list(batches) == list(MPerClassBatches(LABELS[:, None], 20, 4, num_batches=5, seed=7))
    assert batches.batch(3) == first[3]
    assert first != list(MPerClassBatches(LABELS, 20, 4, num_batches=5, seed=8))
    batches.set_epoch(1)
    assert first != list(batches)
    batches.set_epoch(0)
    assert first == list(batches)


def test_labels_need_not_start_at_zero() -> None:
    labels = np.array([7, 7, 100, 100, -3, -3])
    batch = MPerClassBatches(labels, 4, 2).batch(0)
    assert len(set(labels[batch])) == 2


@pytest.mark.parametrize(
    ("batch_size", "per_class", "message"),
    [
        (10, 4, r"`batch_size`: got 10, expected a multiple of per_class = 4"),
        (0, 4, r"`batch_size`: got 0"),
        (44, 4, r"`batch_size`: got 44, expected at most 40, the 10 classes"),
        (10, 1, r"`per_class`: got 1, expected at least 2"),
    ],
)
def test_sizes_that_do_not_fit(batch_size: int, per_class: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MPerClassBatches(LABELS, batch_size, per_class)


@st.composite
def uneven_labels(draw: st.DrawFn) -> np.ndarray:
    sizes = draw(st.lists(st.integers(1, 12), min_size=2, max_size=12))
    labels = np.repeat(np.arange(len(sizes)), sizes)
    return np.random.default_rng(draw(st.integers(0, 99))).permutation(labels)


@given(uneven_labels(), st.integers(2, 4), st.integers(1, 4), st.integers(1, 5), st.integers(0, 3))
def test_ranks_share_one_global_batch(
    labels: np.ndarray, per_class: int, classes: int, world_size: int, epoch: int
) -> None:
    size = min(classes, len(np.unique(labels))) * per_class
    alone = MPerClassBatches(labels, size, per_class, num_batches=4, seed=5)
    alone.set_epoch(epoch)
    ranks = []
    for rank in range(world_size):
        ranks.append(MPerClassBatches(labels, size, per_class, num_batches=4, seed=5, rank=rank, world_size=world_size))
        ranks[-1].set_epoch(epoch)
    for whole, *slices in zip(alone, *ranks, strict=True):
        assert [index for part in slices for index in part] == whole  # so nothing is lost or doubled
        assert max(map(len, slices)) - min(map(len, slices)) <= 1


@given(uneven_labels(), st.integers(2, 4), st.integers(2, 9), st.integers(0, 3))
def test_at_most_so_many_images_of_a_class_an_epoch(labels: np.ndarray, per_class: int, most: int, epoch: int) -> None:
    most = max(most, per_class)
    sizes = np.bincount(labels)
    batches = MPerClassBatches(labels, 2 * per_class, per_class, seed=1, max_per_class=most)
    batches.set_epoch(epoch)
    epoch_indices = list(batches)
    assert len(batches) == len(epoch_indices) >= 1
    for batch in epoch_indices:
        assert sorted(np.unique(labels[batch], return_counts=True)[1].tolist()) == [per_class] * 2
    drawn = np.concatenate(epoch_indices)
    for label, size in enumerate(sizes):
        images = drawn[labels[drawn] == label]
        assert len(images) <= most
        if size >= per_class:
            assert len(set(images.tolist())) == len(images)
    # All but the classes that fill no batch at the end of a turn: at most one short of a batch in each turn.
    turns = [int((np.maximum(np.minimum(sizes, most) // per_class, 1) > turn).sum()) for turn in range(most)]
    assert len(batches) == sum(count // 2 for count in turns)


def test_the_next_epoch_draws_other_images() -> None:
    batches = MPerClassBatches(np.zeros(1000, dtype=int), 4, 4, max_per_class=8)
    seen = set()
    for epoch in range(20):
        batches.set_epoch(epoch)
        seen |= {index for batch in batches for index in batch}
    assert len(batches) == 2
    assert len(seen) > 100  # of 160 drawn


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rank": 2, "world_size": 2}, r"`rank`: got 2, expected 0\.\.1"),
        ({"rank": -1}, r"`rank`: got -1, expected an integer of at least 0"),
        ({"world_size": 0}, r"`world_size`: got 0, expected an integer of at least 1"),
        ({"num_batches": 0}, r"`num_batches`: got 0, expected an integer of at least 1"),
        ({"seed": -1}, r"`seed`: got -1, expected an integer of at least 0"),
        ({"rank": 0.0}, r"`rank`: got 0.0, expected an integer"),
        ({"num_batches": 2.5}, r"`num_batches`: got 2.5, expected an integer"),
        ({"world_size": True}, r"`world_size`: got True, expected an integer"),
        ({"max_per_class": 4.0}, r"`max_per_class`: got 4.0, expected an integer"),
        ({"max_per_class": 3}, r"`max_per_class`: got 3, expected at least per_class = 4"),
        ({"max_per_class": 4, "num_batches": 3}, r"`num_batches`: got 3, expected at most 2, all that max_per_class = 4"),
    ],
)  # fmt: skip
def test_options_that_do_not_fit(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MPerClassBatches(LABELS, 20, 4, **options)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0.0, 0.0, np.nan, np.nan], r"got dtype float64, expected integers"),
        (np.array([0, 0, 1, 1], dtype=bool), r"got dtype bool, expected integers"),
        (["cat", "cat", "dog", "dog"], r"got dtype <U3, expected integers; numpy\.unique\(names, return_inverse=True"),
        ([], r"got shape \(0,\), expected \(N,\) or \(N, L\)"),
        (np.zeros((4, 0), dtype=int), r"got shape \(4, 0\), expected"),
        (np.zeros((2, 2, 2), dtype=int), r"got shape \(2, 2, 2\), expected"),
        (3, r"got shape \(\), expected"),
    ],
)
@pytest.mark.parametrize("sampler", [MPerClassBatches, HierarchicalBatches])
def test_labels_that_are_no_classes_are_refused(sampler: type, labels: object, message: str) -> None:
    """NaN used to count as a class, and the batches were of it."""
    with pytest.raises(ValueError, match=rf"^`labels`: {message}"):
        sampler(labels, 4, 2)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint32, np.uint64])
def test_labels_may_come_in_narrow_integers(dtype: type) -> None:
    """250 images of a class and 90 classes: neither the sums nor the positions may wrap round at 255."""
    labels = np.repeat(np.arange(90), 250)
    expected = MPerClassBatches(labels, 12, 4, num_batches=20)
    narrow = MPerClassBatches(labels.astype(dtype), 12, 4, num_batches=20)
    assert list(narrow) == list(expected)
    both = np.stack([labels, labels // 30], axis=1)
    expected, narrow = (HierarchicalBatches(each, 12, 4, num_batches=15) for each in (both, both.astype(dtype)))
    assert list(narrow) == list(expected)


@pytest.mark.parametrize("epoch", [-1, 1.0])
def test_epochs_are_counted_from_zero(epoch: float) -> None:
    with pytest.raises(ValueError, match=rf"^`epoch`: got {epoch}, expected an integer of at least 0"):
        MPerClassBatches(LABELS, 20, 4).set_epoch(epoch)  # type: ignore[arg-type]
