"""Explorer: a list of photographs that the reader drags into another order, and what the metrics say of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from suprank_edu._checks import check_one_of
from suprank_edu._html import asset, template
from suprank_edu.explore.drawing import thumbnails
from suprank_edu.explore.drawing.palette import Style, dark_rule, level_style
from suprank_edu.explore.drawing.picture_grid import mark_of
from suprank_edu.explore.drawing.words import readable_name
from suprank_edu.explore.ranks.list_told import LINES, PRAISE, told
from suprank_edu.relevance import count_shared

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset

_WEIGHTS = (5, 3, 2)  # where the sliders of the finest levels start; those beyond start at 1
_PIXELS = 192  # stored a side: sharp at 96 on a fine screen, and what is seen large

_BLOCK = """
<div class="suprank-order" id="{{ name }}" role="group" aria-label="{{ order.title }}"><style>{{ css|safe }}</style>
<p class="so-title"><strong>{{ order.title }}</strong></p>{{ weigh|safe }}<div class="so-row">
<div class="so-query">
<img src="{{ order.query }}" alt="query: {{ order.query_name }}" width="102" height="102" data-zoom>
<span class="so-place">query</span><span class="so-name">{{ order.query_name }}</span></div><ol>
{% for item in order.items %}
<li class="so-{{ loop.index0 }}" data-item="{{ loop.index0 }}" data-level="{{ item.level }}"{{ ' ' }}
data-name="{{ item.name }}, {{ item.shares }}" style="color:{{ item.style.light }}">
<img src="{{ item.source }}" alt="{{ item.name }}, {{ item.shares }}" width="102" height="102" style="border-style:
{{ 'solid' if item.level == order.top else 'double' if item.level else 'dashed' }}">
<span aria-hidden="true"><span class="so-place">{{ loop.index }}</span>&nbsp;{{ item.mark }}
<span class="so-name">{{ item.name }}</span></span></li>{% endfor %}</ol></div>
<p class="so-buttons" hidden><button type="button" class="so-reset">Start again</button>
<button type="button" class="so-best">Show a best order</button>
{% for name, places in order.orders.items() %}
<button type="button" class="so-order" data-order="{{ places|list|tojson|forceescape }}">{{ name }}</button>
{% endfor %}</p>
<div class="so-text">{{ text }}</div><div class="so-spoken" role="status" aria-live="polite"></div>
<script type="application/json" class="so-spec">{{ spec|tojson }}</script></div>
<script>{{ '{' }}{{ js|safe }}{{ '}' }}</script>
"""

# A relevance that is shared out has α, one that grows has a weight for each level that the list has.
_WEIGH = """
<div class="so-weigh"><label><span class="so-label">Relevance</span> <select name="growing" autocomplete="off">
<option value="0">shared out by each level (E12)</option><option value="1">growing with the level (E14)</option>
</select></label>
<label data-when="0"><span class="so-label">α</span> <span class="so-value">1</span>
<input type="range" name="alpha" min="0" max="5" step="0.5" value="1" autocomplete="off"></label>
{% for column, name, weight in columns %}
<label data-when="1" hidden><span class="so-label">weight of {{ name }}</span>{{ ' ' }}
<span class="so-value">{{ weight }}</span>
<input type="range" name="weight{{ column }}" min="0" max="10" value="{{ weight }}" autocomplete="off"></label>
{% endfor %}</div>
"""


@dataclass(frozen=True)
class Item:
    """One photograph of the list: its address, what it shows, and how much of the query's labels it shares."""

    source: str
    name: str
    level: int
    shares: str
    style: Style
    mark: str


@dataclass(frozen=True, repr=False)
class PhotographOrder:
    """A query and its list, dragged into order in the page by mouse, finger or arrow keys; no kernel is needed.

    Args:
        title: what the reader is asked to do.
        query: the query's picture as an address that carries its data.
        query_name: what it shows.
        items: the list, best first.
        names: L + 1 words for what an item shares, from nothing on.
        lines: what is told of the list, of `LINES`.
        k: the places that `"recall"` looks at.
        weigh: whether the reader sets what the levels are worth to H-AP.
        orders: further orders by name, each a button.
    """

    title: str
    query: str
    query_name: str
    items: tuple[Item, ...]
    names: tuple[str, ...]
    lines: tuple[str, ...]
    k: int
    weigh: bool
    orders: Mapping[str, tuple[int, ...]]

    @property
    def top(self) -> int:
        """The level of a relevant item."""
        return len(self.names) - 1

    def readout(self, order: Sequence[int], alpha: float = 1.0, weights: Sequence[float] | None = None) -> str:
        """Return what is told of the list in another order; `order` holds the items' places in `items`."""
        levels = [self.items[i].level for i in order]
        return told(levels, self.lines, self.k, self.names, alpha, weights)

    def __repr__(self) -> str:
        marks = " ".join(item.mark for item in self.items)
        return f"{self.title}\n{self.query_name}: {marks}\n{self.readout(range(len(self.items)))}"

    def _repr_html_(self) -> str:
        """Return the list as a page shows it: it answers to the pointer and to keys where scripts run."""
        content = "\0".join([self.title, self.query, *self.lines, *(item.source for item in self.items)])
        name = f"order-{hashlib.sha256(content.encode()).hexdigest()[:10]}"
        return template(_BLOCK).render(
            order=self,
            name=name,
            text=self.readout(range(len(self.items))),
            spec={
                "top": self.top,
                "k": self.k,
                "lines": list(self.lines),
                "names": list(self.names),
                "praise": PRAISE,
            },
            weigh=self._weigh() if self.weigh else "",
            css=_style(name, self.items) + asset(thumbnails.__package__, "zoom.css"),
            js="\n".join(
                [
                    asset(thumbnails.__package__, "zoom.js"),
                    asset(__package__, "list_told.js"),
                    asset(__package__, "order_photographs.js"),
                ]
            ),
        )

    def _weigh(self) -> str:
        """Return the controls of what the levels are worth; a level that no item has gets none."""
        there = {item.level for item in self.items}
        names = self.names[:0:-1]  # the finest first
        columns = [
            (column, name.partition(" ")[2], _WEIGHTS[column] if column < len(_WEIGHTS) else 1)
            for column, name in enumerate(names)
            if self.top - column in there
        ]
        return template(_WEIGH).render(columns=columns)


def order_photographs(
    queries: RetrievalDataset,
    query: int,
    gallery: RetrievalDataset,
    items: Sequence[int],
    title: str,
    *,
    lines: Sequence[str] = ("AP",),
    k: int = 3,
    weigh: bool = False,
    orders: Mapping[str, Sequence[int]] | None = None,
) -> PhotographOrder:
    """Return a list of photographs that the reader drags into another order, and its metrics.

    E3 (AP), E4 (R@k), E5 (NDCG), E14 (H-AP), E16 (ASI). AP and recall take a photograph as relevant when it shares the
    query's finest class; the others count every level that it shares.

    Args:
        queries: the set that the query is in.
        query: its position there.
        gallery: the set that the list is taken from, with the same classes.
        items: G positions in the gallery, in the order of the list, at least one of them relevant.
        title: what the reader is asked to do; plain text.
        lines: what is told of the list, of `"score"` (AP in hundredths), `"precision"`, `"AP"`, `"recall"`, `"NDCG"`,
            `"relevance"` (what one item of each level is worth to H-AP), `"H-AP"`, `"ASI"`.
        k: the places that `"recall"` looks at.
        weigh: let the reader set what the levels are worth: α (E12), or a weight for each (E14).
        orders: further orders of the items by name, as places 0..G − 1 in `items`; each gets a button.

    Raises:
        ValueError: a position is not in its set, an unknown line, fewer than two items, no relevant one, or an order
            that is none of the items.

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
    _check(len(items), lines, k, orders or {})
    own, labels = torch.from_numpy(queries.labels)[query], torch.from_numpy(gallery.labels)[list(items)]  # (G, L)
    levels, top = count_shared(own[None], labels)[0].tolist(), queries.labels.shape[1]
    if top not in levels:
        raise ValueError(
            f"`items`: got {list(items)}, expected one that shows the query's own {queries.column_names[0]}"
        )
    shares = ["nothing shared", *(f"same {readable_name(name)}" for name in reversed(gallery.column_names))]
    shown = tuple(
        Item(
            thumbnails.as_photograph(gallery, item, _PIXELS),
            thumbnails.names_of(gallery, item)[0],
            level,
            shares[level],
            level_style(level, top),
            mark_of(level, top).text,
        )
        for item, level in zip(items, levels, strict=True)
    )
    return PhotographOrder(
        title,
        thumbnails.as_photograph(queries, query, _PIXELS),
        thumbnails.names_of(queries, query)[0],
        shown,
        tuple(f"{mark_of(level, top).text} {words}" for level, words in enumerate(shares)),
        tuple(lines),
        k,
        weigh,
        {name: tuple(order) for name, order in (orders or {}).items()},
    )


def _check(size: int, lines: Sequence[str], k: int, orders: Mapping[str, Sequence[int]]) -> None:
    """Raise unless there is a list to order, and what is told and offered of it is there."""
    for line in lines:
        check_one_of("lines", line, LINES)
    if size < 2:
        raise ValueError(f"`items`: got {size}, expected two or more to order")
    if "recall" in lines and not 1 <= k <= size:
        raise ValueError(f"`k`: got {k}, expected 1..{size}, a place of the list")
    for name, order in orders.items():
        if sorted(order) != list(range(size)):
            raise ValueError(f"`orders`: got {list(order)} for {name!r}, expected each of 0..{size - 1} once")


def _style(name: str, items: Sequence[Item]) -> str:
    dark = "".join(
        dark_rule(f"#{name} .so-{place}", f"color:{item.style.dark}!important") for place, item in enumerate(items)
    )
    return asset(__package__, "order_photographs.css") + dark
