import numpy as np
import pytest

from suprank_edu.data import MPerClassBatches

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
