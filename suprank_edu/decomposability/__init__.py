"""The decomposability gap: why the metric of a batch is not the metric of the training set, and by how much.

A batch sees few rivals, so its average precision is easier than that of the whole gallery. ROADMAP bounds the gap when
every batch is ranked perfectly; batches whose positives and negatives also agree on one threshold close it.
"""

from suprank_edu.decomposability.batches import batch_average, gap
from suprank_edu.decomposability.bounds import calibrated_bound, worst_case_bound

__all__ = ["batch_average", "calibrated_bound", "gap", "worst_case_bound"]
