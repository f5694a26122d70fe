"""What an evaluation says in plain loops, and how two are compared."""

import math

from suprank_edu import naive


def same_bits(one, other):
    assert list(one.per_query) == list(other.per_query)
    for key, values in one.per_query.items():
        assert values.tobytes() == other.per_query[key].tobytes(), key


def by_loops(
    embeddings, labels, gallery, ref_labels, hidden, ap=naive.average_precision, ks=(1, 2, 4, 8), map_at=(), alpha=1.0
):
    """Every key of `evaluate` as a list over queries; `hidden(q, g)` leaves a pair out. Equal vectors score alike."""
    num_levels, found = labels.shape[1], {}
    vectors = gallery.tolist()
    for q, vector in enumerate(embeddings.tolist()):
        row = [math.fsum(a * b for a, b in zip(vector, other, strict=True)) for other in vectors]
        items = [g for g in range(len(row)) if not hidden(q, g)]
        s = [row[g] for g in items]
        levels = naive.shared_levels(labels[q].tolist(), ref_labels[items].tolist())
        values = {}
        for column in range(num_levels):
            v = [int(level >= num_levels - column) for level in levels]
            for k in ks:
                values[f"R@{k}/column{column}"] = naive.hit_rate_at_k(s, v, k)
                values[f"P@{k}/column{column}"] = naive.precision_at_k(s, v, k)
                values[f"Recall@{k}/column{column}"] = naive.recall_at_k(s, v, k)
            values[f"mAP/column{column}"] = ap(s, v)
            values[f"mAP@R/column{column}"] = naive.ap_at_r(s, v)
            for k in map_at:
                values[f"mAP@{k}/column{column}"] = naive.average_precision(s, v, k)
        some = any(levels)
        values["H-AP"] = naive.h_ap(s, levels, naive.relevance(levels, alpha)) if some else math.nan
        values["NDCG"] = naive.ndcg(s, levels) if some else math.nan
        values["ASI"] = naive.asi(s, levels)
        for key, value in values.items():
            found.setdefault(key, []).append(value)
    return found
