"""Batches for ranking losses: every query needs positives in its batch."""

# pytorch-metric-learning has an MPerClassSampler and a HierarchicalSampler. Both draw from one numpy state shared by
# the whole process, so an epoch cannot be made again; neither knows of epochs or of other processes; and the second
# makes shorter batches wherever a super-class is small.

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from suprank_edu._checks import check_count, check_index
from suprank_edu.data.label_arrays import as_label_columns


class Batches(ABC):
    """What samplers share: a number of batches, a seed, an epoch, and this process's part of each batch.

    Batch number t depends on `(seed, epoch, t)` alone: any batch can be made again without those before it, and no
    global random state is read or changed.

    Args:
        num_batches: batches in an epoch.
        seed: chooses the sequence of batches.
        rank: which of the processes this is.
        world_size: how many processes there are. All make the same global batch, and each takes its slice: slices do
            not overlap, and one after the other they are the batch. Where `world_size` does not divide the batch
            their sizes differ by one (gathering tensors of one shape needs one that does).

    Raises:
        ValueError: if a number is out of its range.
    """

    def __init__(self, num_batches: int, seed: int, rank: int, world_size: int) -> None:
        check_count("num_batches", num_batches)
        check_count("world_size", world_size)
        check_index("seed", seed)
        check_index("rank", rank)
        if rank >= world_size:
            raise ValueError(f"`rank`: got {rank}, expected 0..{world_size - 1}")
        self.num_batches, self.seed, self.rank, self.world_size = num_batches, seed, rank, world_size
        self.epoch = 0

    def __len__(self) -> int:
        return self.num_batches

    def __iter__(self) -> Iterator[list[int]]:
        for number in range(self.num_batches):
            batch = self.batch(number)
            start, stop = (len(batch) * part // self.world_size for part in (self.rank, self.rank + 1))
            yield batch[start:stop]

    def set_epoch(self, epoch: int) -> None:
        """Make the next iteration give the batches of `epoch`."""
        check_index("epoch", epoch)
        self.epoch = epoch

    @abstractmethod
    def batch(self, number: int) -> list[int]:
        """Return global batch `number` of the current epoch: indices, those of a class next to each other."""

    def _generator(self, *key: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, self.epoch, *key])


class MPerClassBatches(Batches):
    """Batches of `batch_size` indices with `per_class` images of each of their classes.

    Classes come in random passes, each class at most once a pass; classes that do not fill a batch at the end of a
    pass are left to later ones. A class with fewer than `per_class` images gives all of them and repeats some.

    Args:
        labels: (N,) integers, or (N, L) of which column 0, the finest, counts.
        batch_size: indices in a batch of all processes together, a multiple of `per_class`.
        per_class: images of a class in a batch, at least 2.
        num_batches: batches in an epoch; None gives N // batch_size, at least 1, or with `max_per_class` as many
            as there are.
        seed: chooses the sequence of batches.
        max_per_class: at most so many images of a class an epoch, each at most once, a multiple of `per_class` or
            else rounded down to one (8 for H-GLDv2: SupRank); the next epoch draws others. None: no limit, and an
            image may come in several batches.
        rank: which of the processes this is.
        world_size: how many processes share each batch: all make the same one and each takes its slice of it. Sizes
            of slices differ by one where it does not divide `batch_size`.

    Raises:
        ValueError: if the sizes do not divide, or there are too few classes for a batch or too few batches.

    Example:
        >>> batches = MPerClassBatches(np.repeat(np.arange(10), 5), batch_size=8, per_class=2, seed=1)
        >>> len(batches), [len(batch) for batch in batches]
        (6, [8, 8, 8, 8, 8, 8])
        >>> halves = [MPerClassBatches(np.arange(50) // 5, 8, 2, seed=1, rank=r, world_size=2) for r in range(2)]
        >>> next(iter(halves[0])) + next(iter(halves[1])) == batches.batch(0)
        True
    """

    def __init__(
        self,
        labels: npt.ArrayLike,
        batch_size: int,
        per_class: int = 4,
        *,
        num_batches: int | None = None,
        seed: int = 0,
        max_per_class: int | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        fine = as_label_columns(labels)[:, 0]  # (N,)
        check_batch_size(batch_size, per_class)
        if max_per_class is not None:
            check_count("max_per_class", max_per_class)
            if max_per_class < per_class:
                raise ValueError(f"`max_per_class`: got {max_per_class}, expected at least per_class = {per_class}")
        if num_batches is not None:
            check_count("num_batches", num_batches)
        self._members = group_indices(fine)
        if len(self._members) * per_class < batch_size:
            raise ValueError(
                f"`batch_size`: got {batch_size}, expected at most {len(self._members) * per_class}, the "
                f"{len(self._members)} classes of `labels` times per_class = {per_class}"
            )
        self.batch_size, self.per_class, self.max_per_class = batch_size, per_class, max_per_class
        if max_per_class is None:
            available = max(1, len(fine) // batch_size)
        else:
            sizes = np.array([len(members) for members in self._members])
            # How often a class may come, (C,); every class once, or small ones would never come.
            self._passes_of = np.maximum(np.minimum(sizes, max_per_class) // per_class, 1)
            passes = int(self._passes_of.max())
            classes_in_pass = [int((self._passes_of > number).sum()) for number in range(passes)]
            self._batches_before_end = np.cumsum([count * per_class // batch_size for count in classes_in_pass])
            available = int(self._batches_before_end[-1])
            if num_batches is not None and num_batches > available:
                raise ValueError(
                    f"`num_batches`: got {num_batches}, expected at most {available}, all that max_per_class = "
                    f"{max_per_class} leaves"
                )
        super().__init__(available if num_batches is None else num_batches, seed, rank, world_size)

    def batch(self, number: int) -> list[int]:
        """Return global batch `number` of the current epoch: indices, those of a class next to each other."""
        per_batch = self.batch_size // self.per_class
        if self.max_per_class is None:
            pass_number, place = divmod(number, len(self._members) // per_batch)
            classes = np.arange(len(self._members))
        else:
            pass_number = int(np.searchsorted(self._batches_before_end, number, side="right"))
            place = number - int(self._batches_before_end[pass_number - 1] if pass_number else 0)
            classes = np.flatnonzero(self._passes_of > pass_number)
        order = self._generator(0, pass_number).permutation(classes)
        draw = self._generator(1, number)
        chosen: list[int] = []
        for label in order[place * per_batch : (place + 1) * per_batch].tolist():
            members = self._members[label]
            if self.max_per_class is None:
                shuffled = draw.permutation(members)
            else:  # the same order in every pass of an epoch, so that no image comes twice
                shuffled = self._generator(2, label).permutation(members)[pass_number * self.per_class :]
            chosen.extend(np.resize(shuffled, self.per_class).tolist())  # resize repeats what is too short
        return chosen


def group_indices(ids: npt.NDArray[np.integer]) -> list[npt.NDArray[np.intp]]:
    """Return the positions of each id, in the order of the ids."""
    _, starts = np.unique(np.sort(ids), return_index=True)
    return np.split(np.argsort(ids, kind="stable"), starts[1:])


def check_batch_size(batch_size: int, per_class: int) -> None:
    """Raise unless classes of `per_class` images, at least 2, fill a batch."""
    check_count("per_class", per_class)
    check_count("batch_size", batch_size)
    if per_class < 2:
        raise ValueError(f"`per_class`: got {per_class}, expected at least 2, or no query has a positive")
    if batch_size < per_class or batch_size % per_class:
        raise ValueError(f"`batch_size`: got {batch_size}, expected a multiple of per_class = {per_class}")
