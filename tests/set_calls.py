"""Good calls of what takes a whole set: evaluation, searches, thresholds, samplers, the memory; and what loops say."""

import math
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import torch
from evaluations import by_loops
from public_calls import CALLS as FUNCTIONS
from public_calls import Arguments, Call
from strategies import label_trees, unit_embeddings
from torch import Tensor

from suprank_edu import naive
from suprank_edu.data import HierarchicalBatches, MPerClassBatches
from suprank_edu.metrics import evaluate
from suprank_edu.retrieval import ExactIndex, hnsw_index, search, search_shards
from suprank_edu.search import threshold_of
from suprank_edu.steps import SupStep
from suprank_edu.training import Augment, MemoryBank, Recipe


@st.composite
def _sets(draw: st.DrawFn) -> Arguments:
    queries, others = draw(st.integers(2, 5)), draw(st.just(0) | st.integers(1, 5))
    labels = draw(label_trees(queries + others, 3))
    vectors = draw(unit_embeddings(queries + others)).to(draw(st.sampled_from([torch.float64, torch.float32])))
    return {
        "embeddings": vectors[:queries],
        "labels": labels[:queries],
        "ref_emb": vectors[queries:] if others else None,
        "ref_labels": labels[queries:] if others else None,
        "valid": draw(st.none() | st.just(torch.rand(queries, others or queries) < 0.7)),
        "ks": draw(st.lists(st.integers(1, 9), min_size=1, max_size=2, unique=True)),
        "map_at": draw(st.lists(st.integers(1, 9), max_size=2, unique=True)),
        "alpha": draw(st.sampled_from([0.0, 0.5, 2.0])),
        "ap": draw(st.sampled_from(["step", "trapezoid"])),
        "chunk_size": draw(st.none() | st.integers(1, 9)),
    }


def _evaluate(**arguments: Any) -> Tensor:
    found = evaluate(**arguments).per_query
    return torch.from_numpy(np.stack([found[key] for key in sorted(found)]))


def _plain(value: Any) -> Tensor:
    return value.detach() if isinstance(value, Tensor) else torch.as_tensor(np.asarray(value))


def _evaluate_loops(arguments: Arguments) -> list[list[float]]:
    itself = arguments["ref_emb"] is None
    own = [_plain(arguments[name]) for name in ("embeddings", "labels")]
    other = own if itself else [_plain(arguments[name]) for name in ("ref_emb", "ref_labels")]
    queries, labels, gallery, ref_labels = *own, *other
    labels, ref_labels = (x[:, None] if x.ndim == 1 else x for x in (labels, ref_labels))
    valid = None if arguments["valid"] is None else _plain(arguments["valid"])
    found = by_loops(
        queries.double(),
        labels,
        gallery.double(),
        ref_labels,
        hidden=lambda q, g: (itself and q == g) or not (valid is None or bool(valid[q, g])),
        ap=naive.average_precision if arguments["ap"] == "step" else naive.trapezoid_ap,
        ks=list(arguments["ks"]),
        map_at=list(arguments["map_at"]),
        alpha=arguments["alpha"],
    )
    return [found[key] for key in sorted(found)]


SCORES = st.lists(st.sampled_from([-1.0, -0.25, 0.0, 0.125, 0.5, 0.75, 1.0]), min_size=1, max_size=6).map(torch.tensor)
SHARES = st.sampled_from([0.0, 0.25, 0.5, 1.0])


def _threshold(**arguments: Any) -> Tensor:
    found = threshold_of(**arguments)
    return torch.tensor([found.value, found.precision, found.recall], dtype=torch.float64)


def _threshold_loops(arguments: Arguments) -> list[float]:
    """Try each score that a query reaches; of equally good ones the lowest."""
    inside, outside = (arguments[name].double().tolist() for name in ("with_class", "without"))
    best, chosen = -1.0, [math.nan] * 3
    for value in sorted({score for score in inside if math.isfinite(score)}):
        recall = sum(score >= value for score in inside) / len(inside)
        wrong = arguments["share_without"] * sum(score >= value for score in outside) / len(outside)
        right = (1 - arguments["share_without"]) * recall
        precision = right / (right + wrong) if right + wrong else 1.0
        worth = 2 * precision * recall / (precision + recall)
        if arguments["precision"] is not None:
            worth = recall if precision >= arguments["precision"] else -1.0
        if worth > best:
            best, chosen = worth, [value, precision, recall]
    return chosen


def _m_per_class(**arguments: Any) -> list[list[int]]:
    batches = MPerClassBatches(**arguments)
    return [batches.batch(number) for number in range(min(3, batches.num_batches))]


def _hierarchical(**arguments: Any) -> list[list[int]]:
    batches = HierarchicalBatches(**arguments)
    return [batches.batch(number) for number in range(min(3, batches.num_batches))]


def _full_batches(arguments: Arguments) -> Callable[[list[list[int]]], bool]:
    """What is asked of batches: all full, each class in multiples of its images, and repeated only where it must."""

    def agrees(found: list[list[int]]) -> bool:
        fine = np.asarray(_plain(arguments["labels"])).reshape(len(arguments["labels"]), -1)[:, 0].tolist()
        for batch in found:
            classes = [fine[item] for item in batch]
            if len(batch) != arguments["batch_size"] or min(batch) < 0:
                return False
            for name in set(classes):
                count, images = classes.count(name), [item for item in batch if fine[item] == name]
                if count % arguments["per_class"] or len(set(images)) != min(count, fine.count(name)):
                    return False
        return bool(found)

    return agrees


@st.composite
def _labels_to_sample(draw: st.DrawFn, hierarchical: bool) -> Arguments:
    sizes = draw(st.lists(st.integers(1, 5), min_size=4, max_size=8))
    fine = np.repeat(np.arange(len(sizes)), sizes)
    per_class = draw(st.integers(2, 3))
    arguments: Arguments = {
        "labels": torch.from_numpy(np.stack([fine, fine // 2], axis=1) if hierarchical else fine),
        "batch_size": per_class * draw(st.integers(2, 4)),
        "per_class": per_class,
        "num_batches": draw(st.none() | st.integers(1, 3)),
        "seed": draw(st.integers(0, 5)),
        "rank": draw(st.integers(0, 1)),
        "world_size": 2,
    }
    if hierarchical:
        return arguments | {"super_classes": 2, "batches_per_tuple": draw(st.integers(3, 5)), "column": 1}
    return arguments | {"max_per_class": None}


def _memory(size: int, embeddings: Any, labels: Any) -> Tensor:
    bank = MemoryBank(size, embedding_size=4, num_columns=2)
    for _ in range(3):
        bank.add(embeddings, labels)
    return torch.cat([bank.embeddings.double(), bank.labels.double()], dim=1)


def _memory_loops(arguments: Arguments) -> list[list[float]]:
    vectors, labels = arguments["embeddings"].detach().float().tolist(), arguments["labels"].tolist()
    last = [v + label for v, label in zip(vectors, labels, strict=True)][-arguments["size"] :]  # what a batch leaves
    kept: list[list[float]] = []
    for added, row in enumerate(last * 3):
        place = added % arguments["size"]
        kept[place : place + 1] = [row]
    return kept


@st.composite
def _to_remember(draw: st.DrawFn) -> Arguments:
    items = draw(st.integers(1, 4))
    labels = torch.tensor(draw(st.lists(st.tuples(*[st.integers(0, 9)] * 2), min_size=items, max_size=items)))
    return {"size": draw(st.integers(1, 7)), "embeddings": draw(unit_embeddings(items)), "labels": labels}


def _in_a_graph(**arguments: Any) -> Tensor:
    return search(arguments["queries"], hnsw_index(arguments["gallery"]), arguments["k"])[0]


def _looked_at_once(**arguments: Any) -> Tensor:
    return search(arguments["queries"], ExactIndex(arguments["gallery"]), arguments["k"])[0]


def _in_shards(**arguments: Any) -> Tensor:
    return search_shards(arguments["queries"], [arguments["shards"]] * 2, arguments["k"])[0]


def _search_loops(arguments: Arguments) -> list[list[float]]:
    return FUNCTIONS["search"].loops(arguments | {"exclude_self": False})


def _twice(arguments: Arguments) -> list[list[float]]:
    return _search_loops(arguments | {"gallery": torch.cat([arguments["shards"]] * 2)})


def _step(t: Tensor, **settings: Any) -> Tensor:
    return SupStep(**settings)(t)


STEP = {
    "tau": st.sampled_from([0.01, 0.1]),
    "rho": st.sampled_from([0.0, 100.0]),
    "delta": st.sampled_from([0.0, 0.05]),
    "start": st.sampled_from([0.0, 0.5]),
    "offset": st.none() | st.just(1.0),
}


def _views(**arguments: Any) -> Tensor:
    return Augment(Recipe(seed=3))(**arguments)


def _within(arguments: Arguments) -> Callable[[Tensor], bool]:
    """What is asked of views: of the same shape, each number between two of its image, and again the same."""

    def agrees(views: Tensor) -> bool:
        images = arguments["images"].detach().float()
        low, high = torch.aminmax(images.flatten(1), dim=1)  # NaN in, NaN out
        room = 0.01 * images.abs().flatten(1).amax(dim=1) + 1e-3
        rows = views.detach().float().flatten(1)
        inside = (rows >= (low - room)[:, None]) & (rows <= (high + room)[:, None]) | ~images.flatten(1).isfinite().all(
            1
        )[:, None]
        again = torch.equal(torch.nan_to_num(views), torch.nan_to_num(_views(**arguments)))
        return views.shape == images.shape and bool(inside.all()) and again

    return agrees


@st.composite
def _to_view(draw: st.DrawFn) -> Arguments:
    count = draw(st.integers(1, 4))
    images = torch.rand(count, draw(st.sampled_from([1, 3])), 6, 5, generator=torch.Generator().manual_seed(count))
    return {"images": images, "classes": torch.arange(count) // 2, "step": draw(st.integers(0, 9))}


_VECTORS = FUNCTIONS["search"].good.map(lambda a: {name: a[name] for name in ("queries", "gallery", "k")})

CALLS = {
    "evaluate": Call(_evaluate, _sets(), _evaluate_loops),
    "threshold_of": Call(
        _threshold,
        st.fixed_dictionaries(
            {"with_class": SCORES, "without": SCORES, "precision": st.none() | SHARES, "share_without": SHARES}
        ),
        _threshold_loops,
    ),
    "MPerClassBatches": Call(_m_per_class, _labels_to_sample(hierarchical=False), _full_batches),
    "HierarchicalBatches": Call(_hierarchical, _labels_to_sample(hierarchical=True), _full_batches),
    "MemoryBank": Call(_memory, _to_remember(), _memory_loops, keep=("size",)),
    "Augment": Call(_views, _to_view(), _within),
    "ExactIndex": Call(_looked_at_once, _VECTORS, _search_loops),
    "hnsw_index": Call(_in_a_graph, _VECTORS, _search_loops),
    "search_shards": Call(
        _in_shards, _VECTORS.map(lambda a: {"queries": a["queries"], "shards": a["gallery"], "k": a["k"]}), _twice
    ),
    "SupStep": Call(
        _step,
        st.fixed_dictionaries(
            {
                "t": st.lists(st.sampled_from([-1.0, -0.01, 0.0, 0.05, 0.5]), min_size=1).map(
                    lambda t: torch.tensor(t, dtype=torch.float64)
                )
            }
            | STEP
        ),
        lambda a: [
            naive.sup_step(t, **{name: None if a[name] is None else float(a[name]) for name in STEP})
            for t in a["t"].tolist()
        ],
        keep=("t",),
    ),
}
