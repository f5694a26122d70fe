"""What sums cost on a card: where every pair and a sort cost the same, and whether float64 is slow.

The first is one table, filled by `python -m benchmarks.cuda.choice`.

On a CPU the constants of `suprank_edu.pairwise.choice` hold. A card that is not in the table goes by an estimate:
a pair in fused kernels takes two reciprocals in forward and backward, on the units that an H100 has some 3.6 · 10¹² a
second of; the sorted engine moves about a hundred numbers an item through memory, and launches some three hundred
kernels however few items there are.
"""

from typing import NamedTuple

import torch


class Costs(NamedTuple):
    """What the sorted engine costs on a card, forward and backward, in pairs of the fused engine.

    Args:
        pairs_per_item: for each row or column.
        fewest_pairs: however few there are.
    """

    pairs_per_item: int
    fewest_pairs: int


ESTIMATED = Costs(pairs_per_item=500, fewest_pairs=1 << 31)
MEASURED: dict[str, Costs] = {}
"""By the name of the card, as `torch.cuda.get_device_name` has it."""


def costs_of(device: torch.device) -> Costs:
    """Return the costs on a card."""
    return MEASURED.get(torch.cuda.get_device_name(device) if torch.cuda.is_available() else "", ESTIMATED)


FAST_FLOAT64 = ((6, 0), (7, 0), (8, 0), (9, 0), (10, 0))
"""Compute capabilities of the cards whose float64 has half the rate of float32: P100, V100, A100, H100, B200.

On all others that torch knows it has 1/32 (T4) or 1/64 (A10, L4, RTX) of that rate (CUDA C++ Programming Guide,
"Arithmetic Instructions").
"""


def has_slow_float64(device: torch.device) -> bool:
    """Return whether float64 is many times slower than float32 on a device: on most cards, on no CPU.

    Example:
        >>> has_slow_float64(torch.device("cpu"))
        False
    """
    return device.type == "cuda" and torch.cuda.get_device_capability(device) not in FAST_FLOAT64
