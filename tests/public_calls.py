"""Good calls of the public functions on tensors, each with what its plain loops say of the same arguments."""

import math
from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any, NamedTuple

import hypothesis.strategies as st
from strategies import cases, score_rows, unit_embeddings
from torch import Tensor, float32, float64, stack, tensor

from suprank_edu import decomposability, losses, metrics, naive, ranking, relevance, retrieval
from suprank_edu.steps import Heaviside, Sigmoid, SupStep

Arguments = dict[str, Any]
Loops = Callable[[Arguments], Any]


class Call(NamedTuple):
    """A public function, how a good call of it is drawn, and the definition of the same arguments."""

    function: Callable[..., Any]
    good: st.SearchStrategy[Arguments]
    loops: Loops
    keep: tuple[str, ...] = ()  # arguments that are not disturbed
    double: bool = True  # whether double precision stays double


STEPS: dict[Any, Callable[[float], float]] = {
    SupStep(): naive.sup_step,
    SupStep(0.05, 20.0, 0.1, 0.6, 2.0): lambda t: naive.sup_step(t, 0.05, 20.0, 0.1, 0.6, 2.0),
    Sigmoid(0.1): lambda t: naive.sigmoid(t, 0.1),
    Heaviside(): naive.heaviside,
}
OPTIONS = {
    "step": st.sampled_from(list(STEPS)),
    "min_level": st.integers(1, 4),
    "tau": st.sampled_from([0.01, 0.1, 1.0]),
    "alpha": st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    "ks": st.lists(st.integers(1, 20), min_size=1, max_size=3),
    "temperature": st.sampled_from([0.3, 1.0]),
    "bins": st.integers(2, 25),
    "margin": st.sampled_from([0.0, 0.02, 0.5]),
    "at": st.none() | st.integers(1, 12),
    "k": st.integers(1, 12),
    "ties": st.sampled_from(["pessimistic", "optimistic", "average"]),
    "num_levels": st.none() | st.integers(4, 8),
    "weights": st.lists(st.sampled_from([0.25, 1.0, 2.0]), min_size=4, max_size=4),
    "margins": st.just((0.25, 0.35, 0.45, 0.5)),
    "scale": st.sampled_from([1.0, 32.0]),
}


@st.composite
def on_scores(draw: st.DrawFn, *options: str, levels: str = "levels") -> Arguments:
    """Arguments of a function of scores and levels, in single or double precision."""
    case = draw(cases())
    scores = case.scores.to(draw(st.sampled_from([float64, float32])))
    chosen = {name: draw(OPTIONS[name]) for name in options}
    return {"scores": scores, levels: case.levels, "valid": case.valid} | chosen


def _seen(scores: Tensor, valid: Tensor | None) -> list[tuple[list[float], list[int]]]:
    """The scores of each query, and the items that it sees."""
    items = range(scores.shape[1])
    return [
        (row, [g for g in items if valid is None or bool(valid[query, g])]) for query, row in enumerate(scores.tolist())
    ]


def rows(arguments: Arguments, levels: str = "levels") -> list[tuple[list[float], list[int]]]:
    """What each query sees, as the lists that the loops take."""
    seen = _seen(arguments["scores"], arguments["valid"])
    return [
        ([row[g] for g in items], [int(its_levels[g]) for g in items])
        for (row, items), its_levels in zip(seen, arguments[levels].tolist(), strict=True)
    ]


def _loss(definition: Callable[..., float], *options: str, weighted: bool = False) -> Loops:
    def loops(arguments: Arguments) -> list[float]:
        chosen = {name: arguments[name] for name in options}
        if "step" in chosen:
            chosen["step"] = STEPS[chosen["step"]]
        found = []
        for scores, levels in rows(arguments):
            relevances = {"relevances": naive.relevance(levels, arguments["alpha"])} if weighted else {}
            found.append(definition(scores, levels, **relevances, **chosen))
        return found

    return loops


def _metric(definition: Callable[..., float], *options: str, binary: bool = True) -> Loops:
    def loops(arguments: Arguments) -> list[float]:
        chosen, found = [arguments[name] for name in options], []
        for scores, levels in rows(arguments, "relevant" if binary else "levels"):
            seen = [int(level != 0) for level in levels] if binary else levels
            found.append(definition(scores, seen, *chosen) if any(seen) else math.nan)
        return found

    return loops


def _rank(arguments: Arguments) -> list[list[float]]:
    tie = {"pessimistic": 1.0, "optimistic": 0.0, "average": 0.5}[arguments["ties"]]
    found = []
    for row, seen in _seen(arguments["scores"], arguments["valid"]):
        ranks = [0.0] * len(row)
        for k in seen:
            ranks[k] = 1 + sum((row[j] > row[k]) + tie * (row[j] == row[k]) for j in seen if j != k)
        found.append(ranks)
    return found


def _sup_rank(arguments: Arguments) -> list[list[float]]:
    step, found = STEPS[arguments["step"]], []
    for query, (row, seen) in enumerate(_seen(arguments["scores"], arguments["valid"])):
        levels = [int(level) for level in arguments["levels"][query].tolist()]
        ranks = [0.0] * len(row)
        for k in seen:
            others = [(row[j] - row[k], levels[j] < levels[k]) for j in seen if j != k]
            ranks[k] = 1 + sum(step(t) if lower else naive.heaviside(t) for t, lower in others)
        found.append(ranks)
    return found


def _relevance(arguments: Arguments) -> list[list[float]] | Callable[[Tensor], bool]:
    levels, valid = arguments["levels"], arguments["valid"]
    if not levels.numel():
        return lambda values: values.shape == levels.shape
    top = arguments["num_levels"] or max(1, int(levels.max()))
    found = []
    for row, seen in _seen(levels, valid):
        values = naive.relevance([int(row[g]) for g in seen], arguments["alpha"], top)
        found.append([values[seen.index(g)] if g in seen else 0.0 for g in range(len(row))])
    return found


def _from_weights(arguments: Arguments) -> list[list[float]] | Callable[[Tensor], bool]:
    if not arguments["levels"].numel():
        return lambda values: values.shape == arguments["levels"].shape
    found = []
    for row, seen in _seen(arguments["levels"], arguments["valid"]):
        values = naive.relevance_from_weights([int(row[g]) for g in seen], list(arguments["weights"]))
        found.append([values[seen.index(g)] if g in seen else 0.0 for g in range(len(row))])
    return found


def _calibrated(arguments: Arguments) -> float | Callable[[float], bool]:
    counts = [list(map(int, arguments[name])) for name in _COUNTS]
    if max(map(max, counts)) > 10_000:  # too many for loops: test_bounds has the limit of large counts
        return lambda found: 0 <= found <= 1
    orders = [range(len(counts[0]))] if arguments["order"] == "given" else permutations(range(len(counts[0])))
    return max(naive.calibrated_bound_of_order(*([one[b] for b in order] for one in counts)) for order in orders)


def _gap(arguments: Arguments) -> list[float]:
    scores, levels, valid = arguments["scores"], arguments["levels"], arguments["valid"]
    found = []
    for query, (row, seen) in enumerate(_seen(scores, valid)):
        hits = [int(level != 0) for level in levels[query].tolist()]
        parts = [[g for g in map(int, batch) if g in seen] for batch in arguments["batches"]]
        values = [_ap(row, hits, part) for part in parts if any(hits[g] for g in part)]
        found.append(sum(values) / len(values) - _ap(row, hits, seen) if values else math.nan)
    return found


def _ap(row: list[float], hits: list[int], part: list[int]) -> float:
    return naive.average_precision([row[g] for g in part], [hits[g] for g in part])


def _search(arguments: Arguments) -> list[list[float]]:
    queries, gallery = (arguments[name].detach().double() for name in ("queries", "gallery"))
    scores = (queries @ gallery.T).tolist()
    if arguments["exclude_self"]:
        for query, row in enumerate(scores):
            row[query] = -math.inf
    return [sorted(row, reverse=True)[: arguments["k"]] for row in scores]


def _search_recall(arguments: Arguments) -> list[float]:
    pairs = zip(arguments["scores"].tolist(), arguments["exact_scores"].tolist(), strict=True)
    return [sum(s >= min(exact) - arguments["tolerance"] for s in row) / len(row) for row, exact in pairs]


def _holm(arguments: Arguments) -> list[float]:
    p = [float(value) for value in arguments["p_values"]]
    there = sorted(value for value in p if not math.isnan(value))
    adjusted: dict[float, float] = {}
    for place, value in enumerate(there):
        adjusted[value] = min(1.0, max([value * (len(there) - place), *adjusted.values()]))
    # Of equal p-values the first is multiplied by most, and the rest come out no smaller.
    return [adjusted.get(value, math.nan) for value in p]


def _shared(arguments: Arguments) -> list[list[int]]:
    others = arguments["labels"] if arguments["ref_labels"] is None else arguments["ref_labels"]
    return [naive.shared_levels(row, _two_axes(others)) for row in _two_axes(arguments["labels"])]


def _csl(arguments: Arguments) -> list[float]:
    margins, scale = [float(margin) for margin in arguments["margins"]], float(arguments["scale"])
    return [naive.csl(scores, levels, margins, scale) for scores, levels in rows(arguments)]


def _one_own_class(arguments: Arguments) -> Arguments:
    levels = arguments["levels"].clamp(max=3)
    levels[:, 0] = 4
    return arguments | {"levels": levels}


def _without(arguments: Arguments, *names: str) -> Arguments:
    return {name: value for name, value in arguments.items() if name not in names}


def _two_axes(labels: Tensor) -> list[list[int]]:
    return [row if isinstance(row, list) else [row] for row in labels.tolist()]


@st.composite
def _two_labels(draw: st.DrawFn) -> Arguments:
    columns = draw(st.integers(1, 3))
    # A tree by construction: each coarser class is half of the number of the finer.
    draw_fine = st.lists(st.integers(0, 11), min_size=1, max_size=5)
    fine, other = tensor(draw(draw_fine)), tensor(draw(draw_fine))
    return {
        "labels": stack([fine // 2**c for c in range(columns)], dim=1),
        "ref_labels": stack([other // 2**c for c in range(columns)], dim=1),
    }


_COUNTS = ("pos_per_batch", "neg_per_batch", "pos_above", "neg_above")


@st.composite
def _batch_counts(draw: st.DrawFn) -> Arguments:
    batches = draw(st.integers(1, 4))
    some = [draw(st.integers(1, 5)) for _ in range(2 * batches)]
    above = [draw(st.integers(0, count)) for count in some]
    halves = (some[:batches], some[batches:], above[:batches], above[batches:])
    return dict(zip(_COUNTS, halves, strict=True)) | {"order": draw(st.sampled_from(["worst", "given"]))}


@st.composite
def _with_batches(draw: st.DrawFn) -> Arguments:
    arguments = draw(on_scores())
    items = draw(st.permutations(range(arguments["scores"].shape[1])))
    cut = draw(st.integers(0, len(items) - 1))
    batches = [items[cut:]] + ([items[:cut]] if cut else [])
    return arguments | {"batches": batches}


@st.composite
def _vectors(draw: st.DrawFn) -> Arguments:
    alone = draw(st.booleans())
    gallery = draw(unit_embeddings(draw(st.integers(2, 7))))
    queries = gallery.clone() if alone else draw(unit_embeddings(draw(st.integers(1, 4))))
    k = draw(st.integers(1, len(gallery) - alone))
    return {"queries": queries, "gallery": gallery, "k": k, "exclude_self": alone}


@st.composite
def _two_lists(draw: st.DrawFn) -> Arguments:
    queries, k = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    scores = [draw(score_rows(queries, k)) for _ in range(2)]
    return {"scores": scores[0], "exact_scores": scores[1], "tolerance": 1e-6}


def _function_calls() -> dict[str, Call]:
    sup: Sequence[tuple[Any, Any, tuple[str, ...]]] = [
        (losses.sup_ap, naive.sup_ap, ("step", "min_level")),
        (losses.sup_recall, naive.sup_recall, ("step", "min_level", "ks", "temperature")),
        (losses.sup_ndcg, naive.sup_ndcg, ("step",)),
        (losses.smooth_ap, naive.smooth_ap, ("tau", "min_level")),
        (losses.smooth_recall, naive.smooth_recall, ("tau", "min_level", "ks", "temperature")),
        (losses.smooth_ndcg, naive.smooth_ndcg, ("tau",)),
        (losses.soft_bin_ap, naive.soft_bin_ap, ("bins", "min_level")),
        (losses.black_box_ap, naive.black_box_ap, ("margin", "min_level")),
    ]
    calls = {f.__name__: Call(f, on_scores(*options), _loss(loops, *options)) for f, loops, options in sup}
    calls["sup_h_ap"] = Call(losses.sup_h_ap, on_scores("step", "alpha"), _loss(naive.sup_h_ap, "step", weighted=True))
    calls["smooth_h_ap"] = Call(
        losses.smooth_h_ap, on_scores("tau", "alpha"), _loss(naive.smooth_h_ap, "tau", weighted=True)
    )
    by_place: Sequence[tuple[Any, Any, tuple[str, ...]]] = [
        (metrics.average_precision, naive.average_precision, ("at",)),
        (metrics.trapezoid_ap, naive.trapezoid_ap, ()),
        (metrics.ap_at_r, naive.ap_at_r, ()),
        (metrics.recall_at_k, naive.recall_at_k, ("k",)),
        (metrics.hit_rate_at_k, naive.hit_rate_at_k, ("k",)),
        (metrics.precision_at_k, naive.precision_at_k, ("k",)),
    ]
    calls |= {
        f.__name__: Call(f, on_scores(*options, levels="relevant"), _metric(loops, *options))
        for f, loops, options in by_place
    }
    calls["ndcg"] = Call(metrics.ndcg, on_scores("at"), _metric(naive.ndcg, "at", binary=False))
    calls["asi"] = Call(metrics.asi, on_scores(), _metric(naive.asi, binary=False))
    calls["h_ap"] = Call(
        metrics.h_ap,
        on_scores("alpha"),
        lambda a: [naive.h_ap(s, v, naive.relevance(v, a["alpha"])) if any(v) else math.nan for s, v in rows(a)],
    )
    return calls


def _ap_gap(**arguments: Any) -> Tensor:
    return decomposability.gap(metric=metrics.average_precision, **arguments)


def _first_scores(**arguments: Any) -> Tensor:
    return retrieval.search(**arguments)[0]


def _sup_rank_alone(**arguments: Any) -> Tensor:
    return ranking.sup_rank(**arguments)[0]


CALLS = _function_calls() | {
    "rank": Call(ranking.rank, on_scores("ties").map(lambda a: _without(a, "levels")), _rank),
    "sup_rank": Call(_sup_rank_alone, on_scores("step"), _sup_rank),
    "shared_levels": Call(relevance.shared_levels, _two_labels(), _shared),
    "relevance": Call(
        relevance.relevance, on_scores("alpha", "num_levels").map(lambda a: _without(a, "scores")), _relevance
    ),
    "relevance_from_weights": Call(
        relevance.relevance_from_weights,
        on_scores("weights").map(lambda a: _without(a, "scores")),
        _from_weights,
    ),
    # An item has one class of its own: more than one has no loops.
    "csl": Call(losses.csl, on_scores("margins", "scale").map(_one_own_class), _csl, keep=("levels", "valid")),
    "calibrated_bound": Call(decomposability.calibrated_bound, _batch_counts(), _calibrated),
    "worst_case_bound": Call(
        decomposability.worst_case_bound,
        _batch_counts().map(lambda a: _without(a, "pos_above", "neg_above")),
        lambda a: _calibrated(
            a | {"pos_above": [0] * len(a["pos_per_batch"]), "neg_above": [0] * len(a["neg_per_batch"])}
        ),
    ),
    "gap": Call(_ap_gap, _with_batches(), _gap),
    "search": Call(_first_scores, _vectors(), _search),
    "search_recall": Call(retrieval.search_recall, _two_lists(), _search_recall),
    "holm": Call(
        metrics.holm,
        st.lists(st.sampled_from([0.0, 0.01, 0.03, 0.5, 1.0]), max_size=6).map(lambda p: {"p_values": p}),
        _holm,
    ),
}
