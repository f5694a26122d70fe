"""Explorer: a list of photographs that the reader drags into another order, and what the metrics say of it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from suprank_edu import metrics
from suprank_edu._checks import check_one_of
from suprank_edu._html import asset, template
from suprank_edu.explore.drawing import thumbnails
from suprank_edu.explore.drawing.palette import Style, level_style
from suprank_edu.explore.drawing.words import readable_name
from suprank_edu.relevance import count_shared

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset

LINES = ("score", "precision", "AP", "recall", "NDCG")
"""What can be told of the list."""

PRAISE = "No list is better than this one."

_PIXELS = 192  # stored a side: sharp at 96 on a fine screen, and what is seen large

_BLOCK = """
<div class="suprank-order" id="{{ name }}" role="group" aria-label="{{ order.title }}"><style>{{ css|safe }}</style>
<p class="so-title"><strong>{{ order.title }}</strong></p><div class="so-row">
<div class="so-query">
<img src="{{ order.query }}" alt="query: {{ order.query_name }}" width="102" height="102" data-zoom>
<span class="so-place">query</span><span class="so-name">{{ order.query_name }}</span></div><ol>
{% for item in order.items %}
<li class="so-{{ loop.index0 }}" data-item="{{ loop.index0 }}" data-level="{{ item.level }}"{{ ' ' }}
data-name="{{ item.name }}, {{ item.shares }}" style="color:{{ item.style.light }}">
<img src="{{ item.source }}" alt="{{ item.name }}, {{ item.shares }}" width="102" height="102" style="border-style:
{{ 'solid' if item.level == order.top else 'double' if item.level else 'dashed' }}">
<span aria-hidden="true"><span class="so-place">{{ loop.index }}</span>&nbsp;{{ item.style.mark }}
<span class="so-name">{{ item.name }}</span></span></li>{% endfor %}</ol></div>
<p class="so-buttons" hidden><button type="button" class="so-reset">Start again</button>
<button type="button" class="so-best">Show a best order</button></p>
<div class="so-text">{{ text }}</div><div class="so-spoken" role="status" aria-live="polite"></div>
<script type="application/json" class="so-spec">{{ spec|tojson }}</script></div>
<script>{{ '{' }}{{ js|safe }}{{ '}' }}</script>
"""


@dataclass(frozen=True)
class Item:
    """One photograph of the list: its address, what it shows, and how much of the query's labels it shares."""

    source: str
    name: str
    level: int
    shares: str
    style: Style


@dataclass(frozen=True, repr=False)
class PhotographOrder:
    """A query and its list, dragged into order in the page by mouse, finger or arrow keys; no kernel is needed.

    Args:
        title: what the reader is asked to do.
        query: the query's picture as an address that carries its data.
        query_name: what it shows.
        items: the list, best first.
        top: the level of a relevant item.
        lines: what is told of the list, of `LINES`.
        k: the places that `"recall"` looks at.
    """

    title: str
    query: str
    query_name: str
    items: tuple[Item, ...]
    top: int
    lines: tuple[str, ...]
    k: int

    def readout(self, order: Sequence[int]) -> str:
        """Return what is told of the list in another order; `order` holds the items' places in `items`."""
        levels = torch.tensor([[self.items[i].level for i in order]])  # (1, G)
        scores = -torch.arange(len(order), dtype=torch.float64)[None]  # (1, G)
        relevant = levels == self.top
        ap = float(metrics.average_precision(scores, relevant)[0])
        places = [place for place, is_relevant in enumerate(relevant[0].tolist(), 1) if is_relevant]
        terms = [f"{seen}/{place}" for seen, place in enumerate(places, 1)]
        found = sum(place <= self.k for place in places)
        hit = int(metrics.hit_rate_at_k(scores, relevant, self.k)[0])
        ideal = sum((2.0**level - 1) / math.log2(place + 1) for place, level in enumerate(_best(levels), 1))
        ndcg = float(metrics.ndcg(scores, levels)[0])
        told = {
            "score": f"This list scores {math.floor(ap * 100 + 0.5)} of 100.",
            "precision": f"Precision at each ●: {', '.join(terms)}",
            "AP": f"AP = 1/{len(terms)} ({' + '.join(terms)}) = {_three(ap)}",
            "recall": f"Among the first {self.k}: hit rate {hit}, recall {found}/{len(terms)}, "
            f"precision {found}/{self.k}",
            "NDCG": f"NDCG = {_three(ndcg * ideal)} / {_three(ideal)} = {_three(ndcg)}",
        }
        best = [PRAISE] if levels[0].tolist() == _best(levels) else []
        return "\n".join([told[line] for line in self.lines] + best)

    def __repr__(self) -> str:
        marks = " ".join(item.style.mark for item in self.items)
        return f"{self.title}\n{self.query_name}: {marks}\n{self.readout(range(len(self.items)))}"

    def _repr_html_(self) -> str:
        """Return the list as a page shows it: it answers to the pointer and to keys where scripts run."""
        content = "\0".join([self.title, self.query, *self.lines, *(item.source for item in self.items)])
        name = f"order-{hashlib.sha256(content.encode()).hexdigest()[:10]}"
        return template(_BLOCK).render(
            order=self,
            name=name,
            text=self.readout(range(len(self.items))),
            spec={"top": self.top, "k": self.k, "lines": list(self.lines), "praise": PRAISE},
            css=_style(name, self.items) + asset(thumbnails.__package__, "zoom.css"),
            js=asset(thumbnails.__package__, "zoom.js") + "\n" + asset(__package__, "order_photographs.js"),
        )


def order_photographs(
    queries: RetrievalDataset,
    query: int,
    gallery: RetrievalDataset,
    items: Sequence[int],
    title: str,
    *,
    lines: Sequence[str] = ("AP",),
    k: int = 3,
) -> PhotographOrder:
    """Return a list of photographs that the reader drags into another order, and its metrics.

    E3 (AP), E4 (R@k), E5 (NDCG). A photograph is relevant when it shares the query's finest class.

    Args:
        queries: the set that the query is in.
        query: its position there.
        gallery: the set that the list is taken from, with the same classes.
        items: G positions in the gallery, in the order of the list, at least one of them relevant.
        title: what the reader is asked to do; plain text.
        lines: what is told of the list, of `"score"` (AP in hundredths), `"precision"`, `"AP"`, `"recall"`, `"NDCG"`.
        k: the places that `"recall"` looks at.

    Raises:
        ValueError: a position is not in its set, an unknown line, fewer than two items, or no relevant one.

    Example:
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin", split="test")
        >>> order_photographs(glyphs, 0, glyphs, [40, 1, 20, 2], "Drag them into a better order", lines=["AP"])
        Drag them into a better order
        test-alphabet1/character01: ■ ● ■ ●
        AP = 1/2 (1/2 + 2/4) = 0.500
    """
    thumbnails.check_positions("query", [query], len(queries))
    thumbnails.check_positions("items", items, len(gallery))
    for line in lines:
        check_one_of("lines", line, LINES)
    if len(items) < 2:
        raise ValueError(f"`items`: got {len(items)}, expected two or more to order")
    if "recall" in lines and not 1 <= k <= len(items):
        raise ValueError(f"`k`: got {k}, expected 1..{len(items)}, a place of the list")
    own, labels = torch.from_numpy(queries.labels)[query], torch.from_numpy(gallery.labels)[list(items)]  # (G, L)
    levels, top = count_shared(own[None], labels)[0].tolist(), queries.labels.shape[1]
    if top not in levels:
        raise ValueError(
            f"`items`: got {list(items)}, expected one that shows the query's own {queries.column_names[0]}"
        )
    shown = tuple(
        Item(
            thumbnails.as_photograph(gallery, item, _PIXELS),
            thumbnails.names_of(gallery, item)[0],
            level,
            _shares(level, gallery.column_names),
            level_style(level, top),
        )
        for item, level in zip(items, levels, strict=True)
    )
    picture = thumbnails.as_photograph(queries, query, _PIXELS)
    name = thumbnails.names_of(queries, query)[0]
    return PhotographOrder(title, picture, name, shown, top, tuple(lines), k)


def _shares(level: int, column_names: Sequence[str]) -> str:
    return f"same {readable_name(column_names[len(column_names) - level])}" if level else "nothing shared"


def _best(levels: torch.Tensor) -> list[int]:
    return sorted(levels[0].tolist(), reverse=True)


def _three(value: float) -> str:
    """Return three decimals, halves rounded up as the page's script does."""
    return f"{math.floor(value * 1000 + 0.5) / 1000:.3f}"


def _style(name: str, items: Sequence[Item]) -> str:
    dark = "".join(
        f'html[data-theme="dark"] #{name} .so-{place}{{color:{item.style.dark}!important}}'
        for place, item in enumerate(items)
    )
    return asset(__package__, "order_photographs.css") + dark
