"""Sums of the first m of many numbers, for every m: the difference of two is what lies between.

Such a difference may be a millionth of either, so they are kept in float64; or, where that is slow, in whole numbers.
M numbers of at most 1 make whole multiples of `2^(bits of M - 62)` whose sums fit into 64 bits. These are added and
subtracted without rounding, by units as fast as those of float32, so that all that is lost is lost where a number
becomes whole: `2^-46` for 60,000 numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Prefix:
    """Sums of the first m of `(n, Q, M)` numbers, for m from 0 to M.

    Attributes:
        sums: `(n, Q, M + 1)` float64, or int64 multiples of `2^-places`.
        places: binary places of whole numbers, None for float64.
    """

    sums: Tensor
    places: int | None = None

    @classmethod
    def of(cls, numbers: Tensor) -> Prefix:
        """Sum `(n, Q, 1 + M)` numbers, the first of which is 0, in the memory of these where it can.

        Args:
            numbers: float64, summed as they are; or float32 of at most 1, summed as whole numbers.

        Example:
            >>> Prefix.of(torch.tensor([[[0.0, 0.5, -0.25, 1.0]]], dtype=torch.float64)).sums
            tensor([[[0.0000, 0.5000, 0.2500, 1.2500]]], dtype=torch.float64)
            >>> whole = Prefix.of(torch.tensor([[[0.0, 0.5, -0.25, 1.0]]]))
            >>> whole.sums.dtype, whole.read(whole.sums)
            (torch.int64, tensor([[[0.0000, 0.5000, 0.2500, 1.2500]]]))
        """
        if numbers.dtype == torch.float64:
            return cls(numbers.cumsum_(dim=-1))
        places = 62 - numbers.shape[-1].bit_length()
        return cls(_whole(numbers, places).cumsum_(dim=-1), places)

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the numbers."""
        return self.sums.dtype if self.places is None else torch.float32

    def whole(self, numbers: Tensor) -> Tensor:
        """Return numbers as the sums have them, to be added to sums."""
        return numbers if self.places is None else _whole(numbers, self.places)

    def read(self, difference: Tensor) -> Tensor:
        """Return a difference of sums as a number."""
        return difference if self.places is None else difference.float().mul_(2.0**-self.places)

    def between(self, first: Tensor, last: Tensor, planes: int | None = None) -> Tensor:
        """Return `(n, N)`: the sums from `first (N,)` up to `last (N,)`, positions in all `Q · (M + 1)`, of each plane.

        Args:
            first, last: the positions.
            planes: how many of the n; None for all.
        """
        flat = self.sums[:planes].flatten(1)
        return self.read(take(flat, last) - take(flat, first))


def _whole(numbers: Tensor, places: int) -> Tensor:
    return (numbers * 2.0**places).round_().long()


def size_of(numbers: Tensor) -> Tensor:
    """Return for each number a power of 2 above its size and at most twice that; NaN for NaN and infinity, 1 for 0.

    Example:
        >>> size_of(torch.tensor([0.75, -1.0, 5.0, 0.0]))
        tensor([1., 2., 8., 1.])
    """
    size = torch.where(numbers == 0, 0.5, numbers.abs())
    return size / torch.frexp(size).mantissa


def take(planes: Tensor, index: Tensor) -> Tensor:
    """Return `planes[:, index]`, several times faster than indexing: `(10, B)` and `(N,)` give `(10, N)`."""
    return planes.gather(1, index.expand(len(planes), -1))
