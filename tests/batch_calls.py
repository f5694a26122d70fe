"""Good calls of what takes a batch: every loss on embeddings, and what the plain loops say of the same batch."""

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import torch
from public_calls import OPTIONS, STEPS, Arguments, Call, Loops
from strategies import label_trees, unit_embeddings
from torch import Tensor
from torch.nn.functional import normalize

from suprank_edu import losses, naive
from suprank_edu.steps import PUBLISHED

BATCH = ("embeddings", "labels", "indices_tuple", "ref_emb", "ref_labels", "valid")
ALONE = ("embeddings", "labels")  # what a loss of proxies looks at
PARTS = st.lists(st.integers(0, 63), max_size=12)


@st.composite
def on_a_batch(draw: st.DrawFn, *options: str, **chosen: st.SearchStrategy[Any]) -> Arguments:
    """Arguments of a loss: a batch in single or double precision, alone or with references, pairs and a mask."""
    queries, others = draw(st.integers(2, 6)), draw(st.just(0) | st.integers(1, 5))
    columns = len(draw(OPTIONS["weights"])) if "weights" in options else 3
    labels = draw(label_trees(queries + others, columns))
    vectors = draw(unit_embeddings(queries + others)).to(draw(st.sampled_from([torch.float64, torch.float32])))
    shape = queries, others or queries
    arguments: Arguments = {
        "embeddings": vectors[:queries],
        "labels": labels[:queries],
        "indices_tuple": draw(st.none() | _listed(labels, queries, others)),
        "ref_emb": vectors[queries:] if others else None,
        "ref_labels": labels[queries:] if others else None,
        "valid": torch.from_numpy(draw(hnp.arrays(np.bool_, shape))) if draw(st.booleans()) else None,
    }
    for name in options:
        arguments[name] = draw(OPTIONS[name])
    for name, strategy in chosen.items():
        arguments[name] = draw(strategy)
    if "column" in arguments:
        arguments["column"] = min(arguments["column"], labels.shape[1] - 1)
    if arguments.get("weights") is not None:
        arguments["weights"] = arguments["weights"][: labels.shape[1]]
    return arguments


@st.composite
def _listed(draw: st.DrawFn, labels: Tensor, queries: int, others: int) -> tuple[Tensor, ...]:
    """Some pairs as a miner lists them: of one finest class, and of two."""
    fine, start = labels[:, 0].tolist(), queries if others else 0
    pairs = [(q, g) for q, g in product(range(queries), range(others or queries)) if start or q != g]
    alike = [pair for pair in pairs if fine[pair[0]] == fine[start + pair[1]]]
    apart = [pair for pair in pairs if pair not in alike]
    chosen = [sorted({some[i % len(some)] for i in draw(PARTS)} if some else []) for some in (alike, apart)]
    return tuple(torch.tensor([pair[side] for pair in some]).long() for some in chosen for side in (0, 1))


def called(make: Callable[..., Any], *options: str) -> Callable[..., Tensor]:
    """A loss made of some of the arguments and called with the others; what it learns is drawn from one seed."""

    def loss(**arguments: Any) -> Tensor:
        value: Tensor = made(make, arguments, *options)(**{name: arguments[name] for name in BATCH})
        return value

    return loss


def made(make: Callable[..., Any], arguments: Arguments, *options: str) -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return make(**{name: arguments[name] for name in options})


def _scores(arguments: Arguments, unit: bool = False) -> tuple[list[list[float]], Tensor]:
    """The scores that a loss sees, equal for equal vectors, and the labels of the gallery."""
    itself = arguments["ref_emb"] is None
    queries, gallery = arguments["embeddings"].detach(), arguments["embeddings" if itself else "ref_emb"].detach()
    if queries.dtype != torch.float64:
        gallery = gallery.float()
    queries, gallery = (normalize(x.double(), dim=1) if unit else x.double() for x in (queries, gallery))
    scores = [[math.fsum(a * b for a, b in zip(q, g, strict=True)) for g in gallery.tolist()] for q in queries.tolist()]
    return scores, arguments["labels" if itself else "ref_labels"]


def _columns(labels: Tensor) -> list[list[int]]:
    return [row if isinstance(row, list) else [row] for row in labels.tolist()]


def _visible(arguments: Arguments, hide_self: bool, scores: list[list[float]]) -> list[list[int]]:
    """Which items each query sees."""
    listed, valid = arguments["indices_tuple"], arguments["valid"]
    pairs = None if listed is None else set(_pairs(listed))
    hide_self = hide_self and arguments["ref_emb"] is None
    return [
        [
            g
            for g in range(len(row))
            if not (hide_self and q == g)
            and (pairs is None or (q, g) in pairs)
            and (valid is None or bool(valid[q, g]))
        ]
        for q, row in enumerate(scores)
    ]


def _pairs(listed: Any) -> Iterator[tuple[int, int]]:
    anchor, positive, *rest = (index.tolist() for index in listed)
    yield from zip(anchor, positive, strict=True)
    yield from zip(rest[0] if len(rest) == 2 else anchor, rest[-1], strict=True)


def ranking(definition: Callable[..., float], *options: str, weighted: bool = False) -> Loops:
    """One query at a time, what it does not see taken out of its lists; the mean over those with a positive."""

    def loops(arguments: Arguments) -> Any:
        scores, ref_labels = _scores(arguments)
        chosen = {name: arguments[name] for name in options}
        if "step" in chosen:
            chosen["step"] = STEPS[chosen["step"]]
        seen, own, other = (
            _visible(arguments, not arguments["include_self"], scores),
            *map(_columns, (arguments["labels"], ref_labels)),
        )
        values, counted, top = [], [], len(own[0])
        for query, items in enumerate(seen):
            levels = naive.shared_levels(own[query], [other[g] for g in items])
            lowest = 1
            if "column" in arguments:
                levels = [int(own[query][arguments["column"]] == other[g][arguments["column"]]) for g in items]
            if weighted:
                weights = arguments["weights"]
                if weights is None:
                    chosen["relevances"] = naive.relevance(levels, arguments["alpha"], top)
                else:
                    chosen["relevances"] = naive.relevance_from_weights(levels, weights)
                    lowest = top - max(c for c, weight in enumerate(weights) if weight > 0)
            values.append(definition([scores[query][g] for g in items], levels, **chosen))
            counted.append(any(level >= lowest for level in levels))
        if arguments["reduction"] == "none":
            return values
        return sum(values) / max(1, sum(counted))

    return loops


def _calibration(arguments: Arguments) -> float:
    scores, ref_labels = _scores(arguments, unit=True)
    seen, column = _visible(arguments, True, scores), arguments.get("column", 0)
    own, other = _columns(arguments["labels"]), _columns(ref_labels)
    listed = arguments["indices_tuple"]
    if listed is None:
        pairs = [(scores[q][g], int(own[q][column] == other[g][column])) for q in range(len(own)) for g in seen[q]]
    else:  # as a miner calls them, whatever the labels say
        alike_of = set(zip(listed[0].tolist(), listed[1].tolist(), strict=True))
        pairs = [(scores[q][g], int((q, g) in alike_of)) for q in range(len(own)) for g in seen[q]]
    alike = sum(same for _, same in pairs)
    if alike <= 1 and len(pairs) - alike <= 1:  # what pytorch-metric-learning takes for no pairs
        return 0.0
    margins = {name: float(arguments[name]) for name in ("pos_margin", "neg_margin") if name in arguments}
    return naive.calibration([score for score, _ in pairs], [same for _, same in pairs], **margins)


def _proxy(arguments: Arguments) -> float:
    loss = made(losses.ProxyLoss, arguments, *(name for name in PROXY if name in arguments))
    proxies = normalize(loss.loss.W.detach().double(), dim=0)
    similarities = normalize(arguments["embeddings"].detach().double(), dim=1) @ proxies
    column, temperature = arguments.get("column", 0), float(arguments.get("temperature", 0.05))
    own = [row[column] for row in _columns(arguments["labels"])]
    values = [naive.proxy(row, label, temperature) for row, label in zip(similarities.tolist(), own, strict=True)]
    return sum(values) / len(values)


def _cross_scale(**arguments: Any) -> Tensor:
    loss = made(_csl_of_this_batch(arguments), arguments, *CSL)
    value: Tensor = loss(arguments["embeddings"], arguments["labels"])
    return value


def _csl_of_this_batch(arguments: Arguments) -> Callable[..., losses.CSLLoss]:
    return lambda **options: losses.CSLLoss(arguments["labels"], 4, **options)


def _cross_scale_loops(arguments: Arguments) -> Any:
    loss = made(_csl_of_this_batch(arguments), arguments, *CSL)
    scores = normalize(arguments["embeddings"].detach().double(), dim=1)
    scores = scores @ normalize(loss.proxies.detach().double(), dim=1).T
    own = _columns(arguments["labels"])
    classes = sorted(set(map(tuple, own)))
    values = [
        naive.csl(row, naive.shared_levels(label, classes), loss.margins, float(arguments["scale"]))
        for row, label in zip(scores.tolist(), own, strict=True)
    ]
    return values if arguments["reduction"] == "none" else sum(values) / len(values)


def _sum_of(rank: Loops, other: Loops, **fixed: Any) -> Loops:
    def loops(arguments: Arguments) -> float:
        every = {"include_self": False, "reduction": "mean", "step": PUBLISHED} | fixed | arguments
        return (1 - every["weight"]) * rank(every) + every["weight"] * other(every)

    return loops


PROXY = ("num_classes", "embedding_size", "temperature", "column")
CSL = ("scale", "reduction")
STEPS[PUBLISHED] = lambda t: naive.sup_step(t, offset=1.44)
CALLED = {
    "column": st.integers(0, 2),
    "include_self": st.booleans(),
    "reduction": st.sampled_from(["mean", "none"]),
}
ALL_COLUMNS = {name: CALLED[name] for name in ("include_self", "reduction")}
OF_PROXIES = {"num_classes": st.just(6), "embedding_size": st.just(4)}
_SUMS = {"weight": st.sampled_from([0.0, 0.1, 1.0])}
_HIDDEN = ("include_self", "num_classes", "embedding_size")


def _rank_call(make: Any, definition: Any, *options: str) -> Call:
    names = (*options, *CALLED)
    return Call(called(make, *names), on_a_batch(*options, **CALLED), ranking(definition, *options), _HIDDEN)


def _hierarchical_call(make: Any, definition: Any, option: str) -> Call:
    weights = {"weights": st.none() | OPTIONS["weights"]}
    names = (option, "alpha", "weights", *ALL_COLUMNS)
    good = on_a_batch(option, "alpha", **weights, **ALL_COLUMNS)
    return Call(called(make, *names), good, ranking(definition, option, weighted=True), _HIDDEN)


def _sum_call(make: Any, rank: Loops, other: Loops, *, proxies: bool, column: dict[str, Any]) -> Call:
    of_proxies = OF_PROXIES if proxies else {}
    good = on_a_batch(**_SUMS, **of_proxies)
    # A miner's pairs are taken as it calls them, whatever the labels say.
    kept = (*_HIDDEN, "indices_tuple")
    return Call(called(make, "weight", *of_proxies), good, _sum_of(rank, other, **column), kept, double=not proxies)


def _loss_calls() -> dict[str, Call]:
    fine = {"column": 0}
    recall, ndcg = {"ks": (1, 2, 4, 8, 16), "temperature": 1.0}, {}
    calls = {
        "SupAPLoss": _rank_call(losses.SupAPLoss, naive.sup_ap, "step"),
        "SupRecallLoss": _rank_call(losses.SupRecallLoss, naive.sup_recall, "step", "ks", "temperature"),
        "SmoothAPLoss": _rank_call(losses.SmoothAPLoss, naive.smooth_ap, "tau"),
        "SmoothRecallLoss": _rank_call(losses.SmoothRecallLoss, naive.smooth_recall, "tau", "ks", "temperature"),
        "SoftBinAPLoss": _rank_call(losses.SoftBinAPLoss, naive.soft_bin_ap, "bins"),
        "BlackBoxAPLoss": _rank_call(losses.BlackBoxAPLoss, naive.black_box_ap, "margin"),
        "SupHAPLoss": _hierarchical_call(losses.SupHAPLoss, naive.sup_h_ap, "step"),
        "SmoothHAPLoss": _hierarchical_call(losses.SmoothHAPLoss, naive.smooth_h_ap, "tau"),
    }
    for make, definition, option in (
        (losses.SupNDCGLoss, naive.sup_ndcg, "step"),
        (losses.SmoothNDCGLoss, naive.smooth_ndcg, "tau"),
    ):
        names = (option, *ALL_COLUMNS)
        good = on_a_batch(option, **ALL_COLUMNS)
        calls[make.__name__] = Call(called(make, *names), good, ranking(definition, option), _HIDDEN)
    margins = {name: st.sampled_from([0.0, 0.6, 0.9]) for name in ("pos_margin", "neg_margin")}
    calls["CalibrationLoss"] = Call(
        called(losses.CalibrationLoss, *margins, "column"),
        on_a_batch(**margins, column=CALLED["column"]).map(_as_the_miner_calls_them),
        _calibration,
        ("indices_tuple", "column"),
    )
    calls["ProxyLoss"] = Call(
        called(losses.ProxyLoss, *PROXY),
        on_a_batch("temperature", **OF_PROXIES, column=CALLED["column"]),
        _proxy,
        (*_HIDDEN, *(name for name in BATCH if name not in ALONE)),
    )
    calls["CSLLoss"] = Call(
        _cross_scale,
        on_a_batch("scale", reduction=CALLED["reduction"]).map(lambda a: {k: a[k] for k in (*ALONE, *CSL)}),
        _cross_scale_loops,
    )
    sup_ap, of_recall = ranking(naive.sup_ap, "step"), ranking(naive.sup_recall, "step", "ks", "temperature")
    calls["roadmap"] = _sum_call(losses.roadmap, sup_ap, _calibration, proxies=False, column=fine)
    calls["road_recall"] = _sum_call(losses.road_recall, of_recall, _calibration, proxies=False, column=fine | recall)
    calls["road_ndcg"] = _sum_call(losses.road_ndcg, ranking(naive.sup_ndcg, "step"), _proxy, proxies=True, column=ndcg)
    calls["happier"] = _sum_call(
        losses.happier,
        ranking(naive.sup_h_ap, "step", weighted=True),
        _proxy,
        proxies=True,
        column={"alpha": 1.0, "weights": None},
    )
    return calls


def _as_the_miner_calls_them(arguments: Arguments) -> Arguments:
    return arguments if arguments["indices_tuple"] is None else arguments | {"column": 0}


CALLS = _loss_calls()
