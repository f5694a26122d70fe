"""Sums of a step over pairs of scores: the work of every ranking loss, at the cost of what it needs.

A loss needs ranks only for positives, so it sums over Q·P·M pairs of (query, positive, lower item) instead of all
Q·G·G. Rows are the items whose rank is wanted, columns the items that may stand above them. Padding makes queries with
different numbers of items rectangular: a row of `+inf` and a column of `-inf` add 0 to every sum.
"""

from suprank_edu.pairwise.choice import step_sums
from suprank_edu.pairwise.counts import compact, count_at_least, count_by_class
from suprank_edu.pairwise.direct import direct_sums
from suprank_edu.pairwise.fused import can_fuse, fused_sums
from suprank_edu.pairwise.sorted import sorted_sums

__all__ = [
    "can_fuse",
    "compact",
    "count_at_least",
    "count_by_class",
    "direct_sums",
    "fused_sums",
    "sorted_sums",
    "step_sums",
]
