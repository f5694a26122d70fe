"""Explorer: move one item's score; the list re-orders, and ranks, AP, R@k, NDCG and H-AP follow in jumps."""

from suprank_edu.explore.drawing.words import fixed, number
from suprank_edu.explore.engine.controls import Choice, Slider
from suprank_edu.explore.engine.drags import Drag
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.ranks.rank_a_gallery_figure import HIGH, LOW, MARKS, figure
from suprank_edu.explore.ranks.ranked_list import (
    KINDS,
    LENIENT,
    LEVELS,
    NAMES,
    SCORES,
    STRICT,
    Ranked,
    item_index,
    ranked_list,
)

_STEP = 0.02  # so that the scores of the other items lie on the slider, and ties are met
_ITEMS = tuple(f"{name}, {KINDS[level]}" for name, level in zip(NAMES, LEVELS, strict=True))


def rank_a_gallery() -> Explorer:
    """Return the explorer of a query's gallery of eight items, one of which the reader moves.

    E1 (rank), E3 (AP), E4 (R@k), E5 (NDCG), E13 and E14 (H-AP). Relevances are those of E12 with α = 1.

    Returns:
        An `Explorer` with the item, its score, what counts as relevant, and k.

    Example:
        >>> print(rank_a_gallery().readout(item="E, same castle", score=0.54, counts="the same castle", k=2))
        AP = 1/3 (1/1 + 2/3 + 3/5) = 0.756
        H-AP = (0.333/1 + 0.5/2 + 0.917/3 + 1.25/5 + 1.25/7) / 1.5 = 0.878
        R@2 = 1/2 = 0.5 (hit rate 1), NDCG = 0.919
        The list as it started.
    """
    return Explorer(
        figure,
        [
            Choice(
                "item",
                "Item to move",
                _ITEMS,
                _ITEMS[4],
                presets={option: {"score": score} for option, score in zip(_ITEMS, SCORES, strict=True)},
            ),
            Slider("score", "Its score", LOW, HIGH, _STEP, SCORES[4]),
            Choice("counts", "AP and R@k count", (STRICT, LENIENT), STRICT),
            Slider("k", "k of R@k", 1, 5, 1, 2),
        ],
        title="Rank a gallery: move one score and watch every metric",
        alt=(
            "A query shows a castle; eight gallery items A to H are listed by score, best first: three show the same "
            "castle (circles), two another castle (squares), three no castle (crosses). The number in front of a row "
            "is the rank of its item, the same for two that tie. Beside each relevant item a bar gives what it adds to "
            "AP, its rank among the relevant items divided by its rank. Below, AP, R@k, NDCG and H-AP are drawn over "
            "the score of the chosen item: they are flat between the scores of the other items, jump where it passes "
            "one, and leave a single point apart at an exact tie."
        ),
        readout=readout,
        drags=[
            Drag("score", trace=trace, point=point, label=f"score of {_ITEMS[i]}", sets={"item": _ITEMS[i]})
            for i, (trace, point) in enumerate(MARKS)
        ],
    )


def readout(item: str, score: float, counts: str, k: int) -> str:
    """Return AP, H-AP, R@k and NDCG with the current numbers, and what changed against the start."""
    chosen = item_index(item)
    state = ranked_list(chosen, score, counts, k)
    ap, recall, ndcg, h_ap = (number(value) for value in state.values)
    by_rank = sorted(range(len(NAMES)), key=lambda i: state.places[i])
    terms = [f"{state.ranks_plus[i]}/{state.ranks[i]}" for i in by_rank if state.relevant[i]]
    h_terms = [f"{number(state.h_ranks[i])}/{state.ranks[i]}" for i in by_rank if state.relevances[i] > 0]
    found, room = round(state.values[1] * min(len(terms), k)), min(len(terms), k)
    return "\n".join(
        [
            f"AP = 1/{len(terms)} ({' + '.join(terms)}) = {ap}",
            f"H-AP = ({' + '.join(h_terms)}) / {number(sum(state.relevances))} = {h_ap}",
            f"R@{k} = {found}/{room} = {recall} (hit rate {int(state.hit)}), NDCG = {ndcg}",
            _remark(chosen, state, ranked_list(chosen, SCORES[chosen], counts, k)),
        ]
    )


def _remark(chosen: int, state: Ranked, start: Ranked) -> str:
    """Say what a still picture cannot: a tie, no change at all, or two metrics that disagree."""
    tied = [i for i in range(len(NAMES)) if i != chosen and state.scores[i] == state.scores[chosen]]
    if tied:
        return f"{NAMES[chosen]} ties with {NAMES[tied[0]]}: each stands before the other, H(0) = 1."
    if state.scores == start.scores:
        return "The list as it started."
    if state.places == start.places:
        return "The score moved, the order did not: no metric notices, its slope is 0."
    ap, h_ap = state.values[0] - start.values[0], state.values[3] - start.values[3]
    against = f"Against the start: AP {_change(ap)}, H-AP {_change(h_ap)}"
    return f"{against}: they disagree." if _sign(ap) * _sign(h_ap) < 0 else f"{against}."


def _sign(change: float) -> int:
    return 0 if abs(change) < 1e-9 else 1 if change > 0 else -1


def _change(change: float) -> str:
    return "unchanged" if _sign(change) == 0 else ("+" if change > 0 else "") + fixed(change, 3)
