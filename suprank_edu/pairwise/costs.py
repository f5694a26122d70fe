"""Where every pair and a sort cost the same on a card: one table, filled by `python -m benchmarks.cuda.choice`.

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
