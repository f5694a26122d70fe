"""Random numbers by counting: draw i of a landmark or a view is a hash of its ids, whatever else is drawn.

An image therefore depends on `(seed, landmark, view)` alone: in any batch, in any order, on any device it is the
same picture. Hashes are made on the CPU in integers; only the finished numbers go to the device.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

_GOLDEN = 0x9E3779B97F4A7C15
# Steps of the first draws from one id to the next: multiples of irrational numbers fill 0..1 evenly, so that the
# few landmarks of a supercategory, and the few views of a landmark, differ in what matters most.
_STEPS = np.array([0.61803399, 0.41421356, 0.73205081, 0.23606798, 0.64575131, 0.31662479, 0.60555128, 0.71828183])


def uniforms(
    seed: int, stream: int, groups: npt.NDArray[np.int64], ids: npt.NDArray[np.int64], count: int
) -> npt.NDArray[np.float32]:
    """Return `count` numbers in 0..1 for each id of a group, the first eight spread evenly over ids.

    Args:
        seed: chooses the world.
        stream: keeps numbers for different purposes apart.
        groups: (N,) ids of what the ids are counted within, such as the landmark of a view.
        ids: (N,) counters from 0.
        count: numbers for each, K.

    Returns:
        (N, K) float32 in [0, 1).

    Example:
        >>> two = uniforms(0, 0, np.array([3, 3]), np.array([0, 1]), 9)
        >>> bool(np.isclose((two[1, 0] - two[0, 0]) % 1, 0.618034))
        True
    """
    column = np.arange(count, dtype=np.uint64)
    with np.errstate(over="ignore"):
        of_group = _mix(_mix(np.uint64(seed) * np.uint64(8) + np.uint64(stream)) + groups.astype(np.uint64))
        own = _mix(of_group + np.uint64(1) + ids.astype(np.uint64))  # (N,)
        keys = np.where(column < len(_STEPS), of_group[:, None], own[:, None])  # (N, K)
        hashed = _mix(keys + column)
    values = (hashed >> np.uint64(40)).astype(np.float64) / (1 << 24)
    spread = min(count, len(_STEPS))
    values[:, :spread] = (values[:, :spread] + ids[:, None] * _STEPS[:spread]) % 1.0
    return np.minimum(values, 1 - 2**-24).astype(np.float32)


def _mix(value: npt.NDArray[np.uint64] | np.uint64) -> npt.NDArray[np.uint64]:
    """Return 64 well-mixed bits (the finaliser of SplitMix64, Steele, Lea and Flood 2014)."""
    z = np.atleast_1d(value) * np.uint64(_GOLDEN) + np.uint64(_GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: npt.NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return mixed


class Draws:
    """The random numbers of a tile of images, taken one column after the other.

    Args:
        values: (N, K) floats in [0, 1).

    Raises:
        IndexError: if more than K numbers are taken.

    Example:
        >>> draws = Draws(torch.tensor([[0.5, 0.1], [0.25, 0.9]]))
        >>> draws.uniform(0, 10).flatten().tolist(), draws.chance(0.3).flatten().tolist()
        ([5.0, 2.5], [1.0, 0.0])
    """

    def __init__(self, values: Tensor) -> None:
        self.values, self._next = values, 0

    def vector(self, count: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Return the next `count` numbers of each image, `(N, count, 1)` in [low, high)."""
        start, self._next = self._next, self._next + count
        if self._next > self.values.shape[1]:
            raise IndexError(f"draw {self._next} of {self.values.shape[1]}")
        return (self.values[:, start : self._next, None] * (high - low)).add_(low)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Return the next number of each image, `(N, 1, 1)` in [low, high)."""
        return self.vector(1, low, high)

    def integer(self, low: int, high: int) -> Tensor:
        """Return a whole number from low to high, both included, as a `(N, 1, 1)` float."""
        return self.uniform(low, high + 1).floor_()

    def chance(self, probability: float) -> Tensor:
        """Return 1 with this probability, else 0, as a `(N, 1, 1)` float."""
        return (self.uniform() < probability).float()

    def choice(self, colours: tuple[tuple[float, float, float], ...]) -> Tensor:
        """Return one colour of a table for each image, `(N, 3)`, a little lighter or darker."""
        table = torch.tensor(colours, device=self.values.device)
        picked = table[(self.uniform().flatten() * len(colours)).long()]
        return picked * self.uniform(0.94, 1.06)[:, 0]
