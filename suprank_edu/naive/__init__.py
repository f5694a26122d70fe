"""Every definition of the book as plain loops over one query: slow, short, and the judge of everything else.

Lists of numbers go in, a number or a list comes out; nothing is imported but `math`. A query is described by
`scores`, one similarity per gallery item (higher is better), and by `levels`, the number of label levels that
item shares with the query (0 = not relevant at all). Items that are hidden from the query, its own copy for
instance, are simply not in the lists.

A query without relevant items has no metric (`nan`), and adds nothing to a loss (`0.0`).
"""

from suprank_edu.naive.decomposability import (
    bound_of_order,
    calibrated_bound_of_order,
    calibration,
    gap,
    proxy,
    worst_case_bound,
)
from suprank_edu.naive.levels import relevance, relevance_from_weights, shared_levels
from suprank_edu.naive.losses import (
    smooth_ap,
    smooth_h_ap,
    smooth_ndcg,
    smooth_recall,
    sup_ap,
    sup_h_ap,
    sup_ndcg,
    sup_recall,
)
from suprank_edu.naive.metrics import (
    ap_at_r,
    asi,
    average_precision,
    h_ap,
    hit_rate_at_k,
    ndcg,
    precision_at_k,
    ranked,
    recall_at_k,
    trapezoid_ap,
)
from suprank_edu.naive.ranks import h_rank, rank, rank_plus, smooth_rank, sup_rank
from suprank_edu.naive.rivals import black_box_ap, black_box_slopes, csl, soft_bin_ap
from suprank_edu.naive.steps import heaviside, sigmoid, sup_step

__all__ = [
    "ap_at_r",
    "asi",
    "average_precision",
    "black_box_ap",
    "black_box_slopes",
    "bound_of_order",
    "calibrated_bound_of_order",
    "calibration",
    "csl",
    "gap",
    "h_ap",
    "h_rank",
    "heaviside",
    "hit_rate_at_k",
    "ndcg",
    "precision_at_k",
    "proxy",
    "rank",
    "rank_plus",
    "ranked",
    "recall_at_k",
    "relevance",
    "relevance_from_weights",
    "shared_levels",
    "sigmoid",
    "smooth_ap",
    "smooth_h_ap",
    "smooth_ndcg",
    "smooth_rank",
    "smooth_recall",
    "soft_bin_ap",
    "sup_ap",
    "sup_h_ap",
    "sup_ndcg",
    "sup_rank",
    "sup_recall",
    "sup_step",
    "trapezoid_ap",
    "worst_case_bound",
]
