"""Batches of a few super-classes, whose classes are then hard to tell apart."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from suprank_edu._checks import check_count, check_index
from suprank_edu.data.label_arrays import as_label_columns
from suprank_edu.data.samplers import Batches, check_batch_size, group_indices

_MOST_TUPLES = 1_000_000


class HierarchicalBatches(Batches):
    """Batches of `batch_size` indices from `super_classes` super-classes, `per_class` images of each class.

    An epoch has `batches_per_tuple` batches of each combination of super-classes, in random order. The super-classes
    of a batch share it evenly. One with too few classes gives all it has, and the others fill up; where all of them
    together have too few classes, classes come again with `per_class` more images. Images of a class repeat only
    when it has no others left. So every batch is full, unlike those of pytorch-metric-learning.

    Args:
        labels: (N, L) integers, L at least 2; column 0 is the class.
        batch_size: indices in a batch of all processes together, a multiple of `per_class`.
        per_class: images of a class in a batch, at least 2.
        super_classes: super-classes in a batch.
        batches_per_tuple: batches of each combination in an epoch. The defaults are SupRank's for SOP.
        column: the label column of the super-classes.
        num_batches: batches in an epoch, for fewer than all.
        seed: chooses the sequence of batches.
        rank: which of the processes this is.
        world_size: how many processes share each batch: all make the same one and each takes its slice of it. Sizes
            of slices differ by one where it does not divide `batch_size`.

    Raises:
        ValueError: if the sizes do not divide, there are too few super-classes or too many combinations of them, or
            a class lies under two super-classes.

    Example:
        >>> labels = np.stack([np.arange(60) // 5, np.arange(60) // 20], axis=1)  # 3 super-classes of 4 classes of 5
        >>> batches = HierarchicalBatches(labels, batch_size=16, batches_per_tuple=5)
        >>> len(batches), np.unique(labels[batches.batch(0), 1], return_counts=True)[1]
        (15, array([8, 8]))
    """

    def __init__(
        self,
        labels: npt.ArrayLike,
        batch_size: int = 256,
        per_class: int = 4,
        *,
        super_classes: int = 2,
        batches_per_tuple: int = 5,
        column: int = 1,
        num_batches: int | None = None,
        seed: int = 0,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        columns = as_label_columns(labels)
        check_index("column", column)
        if not 1 <= column < columns.shape[1]:
            raise ValueError(f"`column`: got {column} for labels of shape {columns.shape}, expected a column behind 0")
        check_batch_size(batch_size, per_class)
        check_count("super_classes", super_classes)
        check_count("batches_per_tuple", batches_per_tuple)
        if num_batches is not None:
            check_count("num_batches", num_batches)
        self._members = group_indices(columns[:, 0])
        self._classes_of = group_indices(_parents(columns, self._members, column))
        most = min(len(self._classes_of), batch_size // per_class)
        if super_classes > most:
            raise ValueError(
                f"`super_classes`: got {super_classes}, expected 1..{most}: `labels` has {len(self._classes_of)}, and "
                f"{batch_size // per_class} classes fit into a batch"
            )
        self._tuples = _combinations(len(self._classes_of), super_classes)
        available = len(self._tuples) * batches_per_tuple
        if num_batches is not None and num_batches > available:
            raise ValueError(f"`num_batches`: got {num_batches}, expected at most {available}")
        super().__init__(available if num_batches is None else num_batches, seed, rank, world_size)
        self.batch_size, self.per_class = batch_size, per_class
        self.batches_per_tuple = batches_per_tuple
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Make the next iteration give the batches of `epoch`."""
        super().set_epoch(epoch)
        self._order = self._generator(0).permutation(len(self._tuples) * self.batches_per_tuple)

    def batch(self, number: int) -> list[int]:
        """Return global batch `number` of the current epoch: indices, those of a class next to each other."""
        draw = self._generator(1, number)
        chosen = self._tuples[self._order[number] // self.batches_per_tuple]
        classes = [draw.permutation(self._classes_of[super_class]) for super_class in chosen]
        slots = self.batch_size // self.per_class
        shares = fair_shares([len(of_super) for of_super in classes], slots)
        taken = np.concatenate([of_super[:share] for of_super, share in zip(classes, shares, strict=True)])
        indices: list[int] = []
        for label, times in Counter(np.resize(taken, slots).tolist()).items():  # resize: classes come again
            images = draw.permutation(self._members[label])
            indices.extend(np.resize(images, times * self.per_class).tolist())
        return indices


def _parents(
    columns: npt.NDArray[np.integer], members: list[npt.NDArray[np.intp]], column: int
) -> npt.NDArray[np.integer]:
    """Return `(C,)`: the super-class of each class, whose rows of `columns` are its members."""
    parents = np.array([columns[rows[0], column] for rows in members])
    for rows, parent in zip(members, parents.tolist(), strict=True):
        if (columns[rows, column] != parent).any():
            raise ValueError(f"`labels`: got class {columns[rows[0], 0]} under two super-classes, expected a tree")
    return parents


def _combinations(number: int, super_classes: int) -> list[tuple[int, ...]]:
    if math.comb(number, super_classes) > _MOST_TUPLES:
        raise ValueError(
            f"`super_classes`: got {super_classes} of {number}, more than {_MOST_TUPLES:,} combinations, expected fewer"
        )
    return list(combinations(range(number), super_classes))


def fair_shares(sizes: Sequence[int], total: int) -> list[int]:
    """Split `total` as evenly as possible into shares no larger than `sizes`; less where these are too small.

    Example:
        >>> fair_shares([10, 2, 10], 12), fair_shares([1, 2], 12)
        ([5, 2, 5], [1, 2])
    """
    shares = [0] * len(sizes)
    for _ in range(min(total, sum(sizes))):
        smallest = min((i for i in range(len(sizes)) if shares[i] < sizes[i]), key=shares.__getitem__)
        shares[smallest] += 1
    return shares
