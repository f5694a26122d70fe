"""Batches for ranking losses: every query needs positives in its batch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt


class MPerClassBatches:
    """Batches of ``batch_size`` indices with ``per_class`` images of each of their classes.

    Batch number t depends on ``(seed, epoch, t)`` alone: any batch can be made again without those before it,
    and no global random state is read or changed. Classes come in random passes, each class at most once a
    pass. A class with fewer than ``per_class`` images gives all of them and repeats some.

    Args:
        labels: (N,) integers, or (N, L) of which column 0, the finest, counts.
        batch_size: indices in a batch, a multiple of ``per_class``.
        per_class: images of a class in a batch, at least 2.
        num_batches: batches in an epoch; None gives N // batch_size, at least 1.
        seed: chooses the sequence of batches.

    Raises:
        ValueError: if the sizes do not divide or there are too few classes for a batch.

    Example:
        >>> batches = MPerClassBatches(np.repeat(np.arange(10), 5), batch_size=8, per_class=2, seed=1)
        >>> len(batches), [len(batch) for batch in batches]
        (6, [8, 8, 8, 8, 8, 8])
    """

    def __init__(
        self,
        labels: npt.ArrayLike,
        batch_size: int,
        per_class: int = 4,
        *,
        num_batches: int | None = None,
        seed: int = 0,
    ) -> None:
        fine = np.asarray(labels)
        fine = fine if fine.ndim == 1 else fine[:, 0]  # (N,)
        if per_class < 2:
            raise ValueError(f"`per_class`: got {per_class}, expected at least 2, or no query has a positive")
        if batch_size < per_class or batch_size % per_class:
            raise ValueError(f"`batch_size`: got {batch_size}, expected a multiple of per_class = {per_class}")
        classes, starts = np.unique(np.sort(fine), return_index=True)
        if len(classes) * per_class < batch_size:
            raise ValueError(
                f"`batch_size`: got {batch_size}, expected at most {len(classes) * per_class}, the {len(classes)} "
                f"classes of `labels` times per_class = {per_class}"
            )
        self.batch_size = batch_size
        self.per_class = per_class
        self.num_batches = max(1, len(fine) // batch_size) if num_batches is None else num_batches
        self.seed = seed
        self.epoch = 0
        self._members = np.split(np.argsort(fine, kind="stable"), starts[1:])

    def __len__(self) -> int:
        return self.num_batches

    def __iter__(self) -> Iterator[list[int]]:
        for number in range(self.num_batches):
            yield self.batch(number)

    def set_epoch(self, epoch: int) -> None:
        """Make the next iteration give the batches of ``epoch``."""
        self.epoch = epoch

    def batch(self, number: int) -> list[int]:
        """Return batch ``number`` of the current epoch: indices, the images of a class next to each other."""
        classes_per_batch = self.batch_size // self.per_class
        batches_per_pass = len(self._members) // classes_per_batch
        turn, place = divmod(number, batches_per_pass)
        order = np.random.default_rng([self.seed, self.epoch, 0, turn]).permutation(len(self._members))
        draw = np.random.default_rng([self.seed, self.epoch, 1, number])
        chosen: list[int] = []
        for label in order[place * classes_per_batch : (place + 1) * classes_per_batch]:
            members = draw.permutation(self._members[label])
            chosen.extend(np.resize(members, self.per_class).tolist())  # resize repeats what is too short
        return chosen
