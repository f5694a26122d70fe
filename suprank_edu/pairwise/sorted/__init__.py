"""The sorted engine: sums of a step over many rows × many columns, at the cost of a sort."""

from suprank_edu.pairwise.sorted.engine import sorted_sums

__all__ = ["sorted_sums"]
