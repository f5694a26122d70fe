"""Exact metrics of retrieval: AP, AP@R, R@k, P@k, NDCG, H-AP and ASI, per query and for a whole set; comparisons."""

from suprank_edu.metrics._evaluate import evaluate
from suprank_edu.metrics.comparison import Comparison
from suprank_edu.metrics.evaluation import Evaluation
from suprank_edu.metrics.functional import (
    ap_at_r,
    asi,
    average_precision,
    h_ap,
    hit_rate_at_k,
    ndcg,
    precision_at_k,
    recall_at_k,
    trapezoid_ap,
)
from suprank_edu.metrics.multiple import holm
from suprank_edu.metrics.seeds import compare_seeds

__all__ = [
    "Comparison",
    "Evaluation",
    "ap_at_r",
    "asi",
    "average_precision",
    "compare_seeds",
    "evaluate",
    "h_ap",
    "hit_rate_at_k",
    "holm",
    "ndcg",
    "precision_at_k",
    "recall_at_k",
    "trapezoid_ap",
]
