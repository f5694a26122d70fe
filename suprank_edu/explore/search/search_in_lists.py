"""Explorer: a search that looks only into the lists nearest to its query, and what it misses."""

import functools
from typing import Any, NamedTuple

from torch import Tensor

from suprank_edu.data import load_samples, sample_embeddings, sample_queries
from suprank_edu.explore.drawing.palette import EXACT, NEGATIVE, POSITIVE, RELATED, Style, axis, layout
from suprank_edu.explore.drawing.traces import probe
from suprank_edu.explore.engine.controls import Choice, Slider
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction

BEST = 10
"""How many photographs the customer is shown."""

LISTS = 18
_EVERY = 27  # photograph of the shop is a centre: 486 / 18
_QUERIES = (3, 0, 6, 9)  # of the book's ten: a melon, an apple, a yoghurt and a zucchini
_LEAST, _MOST = 0.15, 0.95  # scores that the axis shows


class Lists(NamedTuple):
    """The shop's photographs in lists, as one query sees them.

    Attributes:
        scores: `(G,)` of each photograph.
        row: `(G,)` place of the photograph's list, 0 the list whose centre is nearest to the query.
    """

    scores: Tensor
    row: Tensor


def search_in_lists() -> Explorer:
    """Return the explorer of a search in lists: each photograph by its score and its list, found or missed.

    Every 27th photograph of the shop is the centre of a list, and each photograph is in the list of the nearest centre.
    A search looks into the lists whose centres are nearest to the query, its probes, and into no other.

    Returns:
        An `Explorer` with the query and the number of probes.

    Example:
        >>> print(search_in_lists().readout(query="Watermelon", probes=1))
        1 of 18 lists: 38 of 486 photographs are looked at, 8 %.
        4 of the 10 best are found, 6 are missed: recall 0.40.
    """
    names = tuple(queries())
    return Explorer(
        figure,
        [
            Choice("query", "The customer's photograph", names, names[0]),
            Slider("probes", "Probes: lists that are looked into", 1, LISTS, 1, 1),
        ],
        title="A search in lists: what it looks at, and what it misses",
        alt=(
            "A row for each of 18 lists, that of the nearest centre at the top, and in it the list's photographs by "
            "their score. Those of the lists looked into are squares, the others small crosses. The ten best of all "
            "photographs are large: blue where the search finds them, orange where they lie in a list that it does "
            "not look into. With more probes fewer are missed and more photographs are looked at."
        ),
        readout=readout,
    )


@functools.cache
def queries() -> dict[str, int]:
    """Return the product of each query to choose from, and its place among the photographs of other visits."""
    known = sample_queries()
    return {known[place].product: known[place].index for place in _QUERIES}


@functools.cache
def lists_of(query: str) -> Lists:
    """Return the lists as a query sees them."""
    shop, asked = sample_embeddings("groceries", "train"), sample_embeddings("groceries", "test")[queries()[query]]
    centres = shop[_EVERY // 2 :: _EVERY]  # (L, D)
    own = (shop @ centres.T).argmax(dim=1)  # (G,)
    place = (centres @ asked).argsort(descending=True).argsort()  # (L,), of each list
    return Lists(shop @ asked, place[own])


@functools.cache
def ten_best(query: str) -> Tensor:
    """Return `(G,)` whether a photograph is one of the ten that score highest."""
    scores = lists_of(query).scores
    return scores >= scores.topk(BEST).values[-1]


@FigureFunction
def figure(query: str, probes: int) -> Description:
    """Return the description: every photograph by its score and its list, and the ten best, found or missed."""
    found, best = lists_of(query).row < probes, ten_best(query)
    last = probe(lists_of(query).scores.topk(BEST).values[-1].item(), (-0.6, LISTS - 0.4))
    data = [
        _points(query, ~found & ~best, EXACT, 4, "not looked at", "x-thin"),
        _points(query, found & ~best, RELATED, 6, "looked at"),
        _points(query, found & best, POSITIVE, 11, "of the ten best, found"),
        _points(query, ~found & best, NEGATIVE, 11, "of the ten best, missed"),
        last,
    ]
    return {"data": data, "layout": _layout()}


def readout(query: str, probes: int) -> str:
    """Return how much is looked at, and how much of the ten best that finds."""
    looked = lists_of(query).row < probes  # (G,)
    count, found = int(looked.sum()), int((looked & ten_best(query)).sum())
    share = f"{100 * count / len(looked):.0f} %"
    missed = BEST - found
    return (
        f"{probes} of {LISTS} lists: {count} of {len(looked)} photographs are looked at, {share}.\n"
        f"{found} of the {BEST} best are found, {missed} {'is' if missed == 1 else 'are'} missed: "
        f"recall {found / BEST:.2f}."
    )


def _points(
    query: str, chosen: Tensor, style: Style, size: int, name: str, symbol: str | None = None
) -> dict[str, Any]:
    seen = lists_of(query)
    return {
        "type": "scatter",
        "x": [round(score, 3) for score in seen.scores[chosen].tolist()],
        "y": seen.row[chosen].tolist(),
        "mode": "markers",
        "marker": {
            "color": style.colour,
            "symbol": symbol or style.symbol,
            "size": size,
            "line": {"width": 1, "color": style.colour},
        },
        "text": [_products()[i] for i in chosen.nonzero()[:, 0].tolist()],
        "hovertemplate": f"%{{text}}, score %{{x}}<extra>{name}</extra>",
        "name": name,
    }


@functools.cache
def _products() -> list[str]:
    shop = load_samples("groceries", "train")
    return [shop.class_names[0][number] for number in shop.labels[:, 0]]


@functools.cache
def _layout() -> dict[str, Any]:
    ticks = [0, 5, 11, 17]
    return layout(
        460,
        xaxis=axis("score", range=[_LEAST, _MOST], zeroline=False),
        yaxis=axis(
            "",
            range=[LISTS - 0.4, -0.6],
            tickvals=ticks,
            ticktext=["nearest", "6th", "12th", "18th"],
            zeroline=False,
            showgrid=False,
        ),
        showlegend=True,
    )
