"""What the library passes of its own exercises, and textbooks too."""

import math
import statistics

import pytest
import torch

from suprank_edu import decomposability
from suprank_edu.exercises import check
from suprank_edu.ranking import rank as library_rank
from suprank_edu.ranking import sup_rank as library_sup_rank
from suprank_edu.training.study.measures import mild_share


def test_the_library_passes_precision_at_k_and_retrieve() -> None:
    from suprank_edu.metrics import precision_at_k
    from suprank_edu.retrieval import search

    def ex_retrieve(embeddings, query, k):
        own = torch.arange(len(embeddings)) == query
        asked = embeddings[query : query + 1]
        return torch.arange(len(embeddings))[~own][search(asked, embeddings[~own], k)[1][0]]

    assert check("precision_at_k", precision_at_k).passed
    assert check("retrieve", ex_retrieve).passed


@pytest.mark.parametrize(
    ("name", "fn"),
    [
        ("rank", library_rank),
        ("rank_plus", lambda s, r: library_sup_rank(s, r)[1]),
    ],
)
def test_the_library_passes_rank_and_rank_plus(name, fn) -> None:
    result = check(name, fn)
    assert result.passed, repr(result)


@pytest.mark.parametrize(
    ("name", "fn"),
    [
        ("worst_case_bound", lambda b, p, n: decomposability.worst_case_bound([p] * b, [n] * b)),
        (
            "calibrated_bound",
            lambda b, p, n, g, e: decomposability.calibrated_bound([p] * b, [n] * b, [g] * b, [e] * b),
        ),
    ],
)
def test_the_library_passes_calibrated_bound_and_worst_case_bound(name, fn) -> None:
    result = check(name, fn)
    assert result.passed, repr(result)


def test_the_library_passes_h_ap_and_relevance_and_shared_levels() -> None:
    from suprank_edu.metrics import h_ap
    from suprank_edu.relevance import relevance, shared_levels

    assert check("shared_levels", shared_levels).passed
    assert check("relevance", relevance).passed
    assert check("h_ap", lambda scores, relevances: h_ap(scores, (relevances > 0).long(), relevances=relevances)).passed


def test_the_library_passes_mild_share_and_seed_interval() -> None:
    def shares(fine, coarse):
        pairs = zip(fine.double().tolist(), coarse.double().tolist(), strict=True)
        return torch.tensor([mild_share({"R@1/column0": one, "R@1/column1": other}) for one, other in pairs])

    def by_statistics(values, t):
        numbers = values.tolist()
        return torch.tensor([statistics.mean(numbers), t * statistics.stdev(numbers) / len(numbers) ** 0.5])

    assert check("mild_share", shares).passed
    assert check("seed_interval", by_statistics).passed


def test_the_library_passes_chebyshev_moments_and_search_recall() -> None:
    from suprank_edu.pairwise.sorted.moments import chebyshev
    from suprank_edu.retrieval import search_recall

    assert check("search_recall", search_recall).passed
    assert check("chebyshev_moments", lambda u, count: chebyshev(u.double())[:count].sum(1)).passed
    assert math.isclose(chebyshev(torch.tensor([0.3], dtype=torch.float64))[5].item(), math.cos(5 * math.acos(0.3)))
