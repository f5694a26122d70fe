"""How far the mean over a few seeds may be off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from suprank_edu._extras import needs


@dataclass(frozen=True)
class Interval:
    """The mean over seeds and half the width of its interval (Student's t), of 95 % where nothing else is said.

    Attributes:
        mean: the mean; NaN without a run.
        half: half the width; NaN with a single run.
        runs: how many values.

    Example:
        >>> print(Interval.of([0.70, 0.72, 0.71, 0.69, 0.73]))
        0.710 ± 0.020
    """

    mean: float
    half: float
    runs: int

    @staticmethod
    def of(values: Sequence[float], level: float = 0.95) -> Interval:
        """Return the interval of independent values; NaN (no mistake that could be mild) is left out."""
        with needs("train"):
            from scipy.stats import t

        values = [value for value in values if not math.isnan(value)]
        count = len(values)
        if count < 2:
            return Interval(values[0] if values else math.nan, math.nan, count)
        half = float(t.ppf((1 + level) / 2, count - 1)) * stdev(values) / math.sqrt(count)
        return Interval(fmean(values), half, count)

    @property
    def sign(self) -> int:
        """1 or −1 where the interval lies above or below 0; 0 where it holds 0, or where there is none."""
        return int(math.copysign(1, self.mean)) if abs(self.mean) > self.half else 0

    def __str__(self) -> str:
        return f"{self.mean:.3f}" if math.isnan(self.half) else f"{self.mean:.3f} ± {self.half:.3f}"
