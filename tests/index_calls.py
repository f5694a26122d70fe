"""Good calls of what takes an index or evaluations: thresholds, recall, seeds; and what loops say."""

import math
from collections.abc import Callable
from itertools import combinations
from typing import Any

import hypothesis.strategies as st
import numpy as np
import torch
from public_calls import CALLS as FUNCTIONS
from public_calls import Arguments, Call
from torch import Tensor
from torch.nn.functional import normalize

from suprank_edu import decomposability, metrics, naive
from suprank_edu.data import VectorDataset
from suprank_edu.metrics import Evaluation, compare_seeds
from suprank_edu.retrieval import ivfpq_index, search
from suprank_edu.search import PhotoIndex, choose_threshold, measure_recall


class Same(torch.nn.Module):
    """The network of photographs that are vectors already."""

    def forward(self, images: Tensor) -> Tensor:
        return images


def _vectors(count: int, seed: int) -> Tensor:
    return normalize(torch.randn(count, 4, generator=torch.Generator().manual_seed(seed)), dim=1)


GALLERY, LABELS = _vectors(12, 0), np.arange(12) % 4
INDEX = PhotoIndex(Same(), VectorDataset(GALLERY.numpy(), LABELS), GALLERY)


def _threshold(**arguments: Any) -> Any:
    return choose_threshold(INDEX, **arguments)


def _threshold_loops(arguments: Arguments) -> Callable[[Any], bool]:
    """Two of the four classes choose, and the other two judge: which, the seed draws."""
    scores = (torch.as_tensor(arguments["queries"].vectors) @ GALLERY.T).tolist()
    labels = arguments["queries"].labels[:, 0].tolist()
    best = [max(row) for row in scores]
    others = [
        max(s for s, label in zip(row, LABELS, strict=True) if label != own)
        for row, own in zip(scores, labels, strict=True)
    ]
    share = float(arguments["share_without"])

    def agrees(found: Any) -> bool:
        for half in combinations(range(4), 2):
            judged = [q for q, label in enumerate(labels) if label in half]
            recall = sum(best[q] >= found.value - 1e-6 for q in judged) / len(judged)
            alarms = sum(others[q] >= found.value - 1e-6 for q in judged) / len(judged)
            right = (1 - share) * recall
            precision = right / (right + share * alarms) if right + share * alarms else 1.0
            if math.isclose(recall, found.recall) and math.isclose(precision, found.precision, abs_tol=1e-9):
                return any(math.isclose(found.value, score, abs_tol=1e-5) for score in best)
        return False

    return agrees


@st.composite
def _queries(draw: st.DrawFn) -> Arguments:
    each = draw(st.integers(1, 3))
    vectors = _vectors(4 * each, draw(st.integers(1, 99)))
    return {
        "queries": VectorDataset(vectors.numpy(), np.arange(4 * each) % 4),
        "precision": draw(st.none() | st.sampled_from([0.0, 0.3])),
        "share_without": draw(st.sampled_from([0.0, 0.25, 0.5])),
        "column": 0,
        "seed": draw(st.integers(0, 9)),
    }


def _recall(**arguments: Any) -> Tensor:
    return torch.tensor(measure_recall(INDEX, **arguments))


def _in_lists(**arguments: Any) -> Tensor:
    """Every list looked at, and every item scored: the search is exact."""
    queries, k = arguments.pop("queries"), arguments.pop("k")
    return search(queries, ivfpq_index(**arguments), k)[0]


@st.composite
def _to_list(draw: st.DrawFn) -> Arguments:
    lists = draw(st.none() | st.integers(1, 4))
    return {
        "queries": _vectors(draw(st.integers(1, 3)), draw(st.integers(0, 9))),
        "gallery": _vectors(256, draw(st.integers(0, 9))),
        "k": draw(st.integers(1, 9)),
        "lists": lists,
        "probes": 300,
        "code_bytes": draw(st.none() | st.sampled_from([1, 2, 4])),
        "oversampling": 300,
    }


def _list_loops(arguments: Arguments) -> Callable[[Tensor], bool]:
    truth = torch.tensor(FUNCTIONS["search"].loops(arguments | {"exclude_self": False}), dtype=torch.float64)

    def agrees(found: Tensor) -> bool:
        """Exact where all is looked at, and never better than the truth."""
        if found.shape != truth.shape or bool((found > truth + 1e-3 * (1 + truth.abs())).any()):
            return False
        everything = min(int(arguments["probes"]), 2**40) >= 256 and min(int(arguments["oversampling"]), 2**40) >= 256
        return not everything or torch.allclose(found.double(), truth, atol=1e-4, rtol=1e-3)

    return agrees


def _seeds_of(values: Any, classes: Any) -> list[Evaluation]:
    return [Evaluation({"H-AP": row}, classes=classes) for row in np.asarray(values, dtype=np.float64)]


@st.composite
def _runs(draw: st.DrawFn) -> Arguments:
    seeds, others, queries = draw(st.integers(2, 4)), draw(st.integers(2, 4)), draw(st.integers(1, 6))
    paired = draw(st.booleans())
    classes = draw(st.none() | st.just(np.arange(queries) // 2))
    row = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, math.nan]), min_size=queries, max_size=queries)
    one = draw(st.lists(row, min_size=seeds, max_size=seeds))
    other = draw(st.lists(row, min_size=seeds if paired else others, max_size=seeds if paired else others))
    return {
        "one": _seeds_of(one, classes),
        "other": _seeds_of(other, classes),
        "paired": paired,
        "keys": draw(st.none() | st.just(["H-AP"])),
    }


def _seed_loops(arguments: Arguments) -> Callable[[Any], bool]:
    """The mean is that of the queries that every run has; the intervals hold it, one within the other."""
    one, other = ([each.per_query["H-AP"].tolist() for each in arguments[name]] for name in ("one", "other"))
    counted = [q for q in range(len(one[0])) if not any(math.isnan(run[q]) for run in [*one, *other])]

    def mean(runs: list[list[float]]) -> float:
        return sum(run[q] for run in runs for q in counted) / (len(runs) * len(counted))

    def agrees(found: Any) -> bool:
        if not counted:
            return math.isnan(found.difference["H-AP"])
        low, high = found.interval["H-AP"]
        wide_low, wide_high = found.simultaneous["H-AP"]
        value, p = found.difference["H-AP"], found.p_value["H-AP"]
        ordered = (
            wide_low <= low + 1e-12 and low <= value + 1e-12 and value <= high + 1e-12 and high <= wide_high + 1e-12
        )
        return math.isclose(value, mean(one) - mean(other), abs_tol=1e-12) and ordered and 0 <= p <= 1

    return agrees


def _ap_average(**arguments: Any) -> Tensor:
    return decomposability.batch_average(metric=metrics.average_precision, **arguments)


def _average_loops(arguments: Arguments) -> list[float]:
    found = []
    for query, row in enumerate(arguments["scores"].tolist()):
        levels, valid = arguments["levels"][query].tolist(), arguments["valid"]
        values = []
        for batch in arguments["batches"]:
            seen = [g for g in map(int, batch) if valid is None or bool(valid[query, g])]
            if any(levels[g] for g in seen):
                hits = [int(levels[g] != 0) for g in seen]
                values.append(naive.average_precision([row[g] for g in seen], hits))
        found.append(sum(values) / len(values) if values else math.nan)
    return found


CALLS = {
    "choose_threshold": Call(_threshold, _queries(), _threshold_loops, keep=("queries",)),
    "measure_recall": Call(
        _recall,
        st.fixed_dictionaries({"k": st.integers(1, 11), "queries": st.integers(1, 20)}),
        lambda arguments: 1.0,
    ),
    "ivfpq_index": Call(_in_lists, _to_list(), _list_loops),
    "compare_seeds": Call(compare_seeds, _runs(), _seed_loops),
    "batch_average": Call(_ap_average, FUNCTIONS["gap"].good, _average_loops),
}
