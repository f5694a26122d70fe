"""Explorer: what a photograph finds, by one network and by another, and every answer moving to its new place."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from suprank_edu._checks import check_count, check_scores, check_text
from suprank_edu._html import asset, template
from suprank_edu._progress import is_static
from suprank_edu.explore.drawing import thumbnails
from suprank_edu.explore.drawing.palette import dark_rule, level_style
from suprank_edu.explore.drawing.picture_grid import mark_of
from suprank_edu.explore.drawing.words import fixed, readable_name
from suprank_edu.explore.search.moving_list import SHARES, MovingList, moving_list
from suprank_edu.relevance import count_shared

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset

Embeddings = Mapping[str, tuple[Tensor, Tensor]]

_PIXELS, _QUALITY = 128, 60  # a page holds some 150 of them

_BLOCK = """
<div class="suprank-search" id="{{ name }}"><style>{{ css|safe }}</style>
<div class="ss-fallback"><p><strong>{{ spec.title }}</strong></p>{% for query in spec.queries %}
<p>{{ query.name }}, {{ spec.networks[0] }}: {{ query.texts[0] }}; {{ spec.networks[1] }}: {{ query.texts[-1] }}</p>
{% endfor %}</div><script type="application/json" class="ss-spec">{{ spec|tojson }}</script></div>
<script>{{ '{' }}{{ js|safe }}{{ '}' }}</script>
"""
_START = """
document.querySelectorAll(".suprank-search:not([data-state])").forEach((block) => {
showSearch(block, JSON.parse(block.querySelector(".ss-spec").textContent));
});
"""


@dataclass(frozen=True, repr=False)
class PhotographSearch:
    """Queries and their lists by two networks; a slide leads from one to the other, and every photograph moves.

    In the page it needs no kernel. With one, any other photograph of the queries' set can ask, and where the networks
    themselves are given, any photograph that is chosen or dropped there.

    Args:
        queries: the set that the queries are in.
        positions: their positions, those that can be chosen at once.
        gallery: the set that is searched.
        embeddings: two networks' names, each with the `(Q, D)` embeddings of the queries and `(G, D)` of the gallery.
        networks: the networks by the same names, where there is a kernel to run them.
        title: what the reader sees above.
        k: how many answers count as seen.
    """

    queries: RetrievalDataset
    positions: tuple[int, ...]
    gallery: RetrievalDataset
    embeddings: Embeddings
    networks: Mapping[str, nn.Module]
    title: str
    k: int
    _pictures: dict[int, dict[str, Any]] = field(default_factory=dict)

    def moving(self, position: int) -> MovingList:
        """Return the list of one query of the set on its way from one network to the other."""
        before, after = (gallery @ own[position] for own, gallery in self.embeddings.values())  # (G,) each
        own = torch.from_numpy(self.queries.labels)[[position]]  # (1, L)
        levels = count_shared(own, torch.from_numpy(self.gallery.labels))[0]  # (G,)
        return moving_list(before, after, levels, self.gallery.column_names, self.k)

    def asked(self, position: int) -> dict[str, Any]:
        """Return one query of the set as the script takes it."""
        source = thumbnails.as_photograph(self.queries, position, _PIXELS, _QUALITY)
        return self.told(source, thumbnails.names_of(self.queries, position)[0], self.moving(position))

    def told(self, source: str, name: str, moving: MovingList) -> dict[str, Any]:
        """Return a query's picture, its name and its list as the script takes them."""
        return {
            "source": source,
            "name": name,
            "items": moving.items,
            "levels": moving.levels,
            "places": moving.places,
            "scores": [[fixed(score, 2) for score in scores] for scores in moving.scores],
            "texts": moving.texts,
        }

    def pictures(self, asked: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return the photographs of the gallery that some queries show, by position."""
        wanted = sorted({item for query in asked for item in query["items"]})
        for item in wanted:
            if item not in self._pictures:
                names = thumbnails.names_of(self.gallery, item)
                source = thumbnails.as_photograph(self.gallery, item, _PIXELS, _QUALITY)
                self._pictures[item] = {"source": source, "name": names[0], "classes": ", ".join(names)}
        return {str(item): self._pictures[item] for item in wanted}

    @cached_property
    def spec(self) -> dict[str, Any]:
        """What the script shows, in the page and live."""
        names = [readable_name(name) for name in self.gallery.column_names]
        top = len(names)
        asked = [self.asked(position) for position in self.positions]
        return {
            "title": self.title,
            "k": self.k,
            "networks": list(self.embeddings),
            "shares": SHARES,
            "levels": [_shown(level, names) for level in range(top + 1)],
            "queries": asked,
            "pictures": self.pictures(asked),
        }

    @cached_property
    def widget(self) -> Any:
        """The live form, with a kernel behind it (see `live.LiveSearch`)."""
        from suprank_edu.explore.search.live import LiveSearch

        return LiveSearch(self)

    def __repr__(self) -> str:
        return f"{self.title}\n" + "\n".join(f"{q['name']}: {q['texts'][-1]}" for q in self.spec["queries"])

    def html(self) -> str:
        """Return the self-contained block of the built page."""
        name = "search-" + hashlib.sha256(repr((self.title, self.spec["queries"])).encode()).hexdigest()[:10]
        return template(_BLOCK).render(name=name, spec=self.spec, css=style(self.spec), js=script() + _START)

    def _repr_mimebundle_(self, **_: object) -> Any:
        """Return the block of the page under `SUPRANK_EDU_STATIC=1`, else the widget; always the plain text."""
        if is_static():
            return {"text/plain": repr(self), "text/html": self.html()}
        from suprank_edu.explore.engine.live import mimebundle

        return mimebundle(self.widget, repr(self))


def search_photographs(
    queries: RetrievalDataset,
    positions: Sequence[int],
    gallery: RetrievalDataset,
    embeddings: Embeddings,
    *,
    networks: Mapping[str, nn.Module] | None = None,
    title: str = "Before and after: slide, and watch every photograph move",
    k: int = 10,
) -> PhotographSearch:
    """Return the search of queries by two networks, between which a slide leads; every photograph moves as it goes.

    At a stop between the two the score is the weighted mean of both networks' cosines. What is told: how many of the
    first share each label with the query, AP (E3) and H-AP (E14) of the whole list.

    Args:
        queries: the set that the queries are in.
        positions: one or more positions there.
        gallery: the G photographs that are searched, with the same label columns.
        embeddings: two networks' names, each with the `(Q, D)` unit vectors of all of `queries` and the `(G, D)` of
            `gallery`; the dimensions D of the two may differ.
        networks: the same names with the networks, so that with a kernel any photograph can ask; None: only those of
            `queries`.
        title: what the reader sees above; plain text.
        k: how many answers are shown in their order.

    Raises:
        ValueError: a position is not in the set, not two networks, embeddings of other shapes or not finite, networks
            of other names, other label columns, or fewer than k photographs in the gallery.

    Example:
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin", split="test")
        >>> marks = torch.nn.functional.normalize(torch.from_numpy(glyphs.labels).float() + 1)
        >>> same = torch.ones(len(glyphs), 1)
        >>> found = search_photographs(glyphs, [3], glyphs, {"nothing": (same, same), "labels": (marks, marks)}, k=5)
        >>> found.moving(3).texts[0].partition(",")[0], found.moving(3).texts[-1].partition(",")[0]
        ('Among the first 5: ● 0 same character', 'Among the first 5: ● 5 same character')
    """
    check_text("title", title)
    thumbnails.check_positions("positions", positions, len(queries))
    if not positions:
        raise ValueError("`positions`: got none, expected one query or more")
    check_count("k", k)
    if k > len(gallery):
        raise ValueError(f"`k`: got {k}, expected 1..{len(gallery)}, as many as the gallery has")
    if tuple(queries.column_names) != tuple(gallery.column_names):
        raise ValueError(f"`gallery`: got the columns {gallery.column_names}, expected {queries.column_names}")
    if len(embeddings) != 2:
        raise ValueError(f"`embeddings`: got {len(embeddings)} networks, expected two")
    for name, pair in embeddings.items():
        _check_pair(name, pair, len(queries), len(gallery))
    if networks is not None and set(networks) != set(embeddings):
        raise ValueError(f"`networks`: got {list(networks)}, expected {list(embeddings)}, as in `embeddings`")
    kept = {name: (own.detach().cpu(), others.detach().cpu()) for name, (own, others) in embeddings.items()}
    return PhotographSearch(queries, tuple(positions), gallery, kept, networks or {}, title.strip(), k)


def script() -> str:
    """Return the script that the page and the widget share."""
    return asset(thumbnails.__package__, "zoom.js") + "\n" + asset(__package__, "search_photographs.js")


def style(spec: Mapping[str, Any]) -> str:
    """Return the style, with the colour of every level in the light and in the dark."""
    rules = []
    for level, shown in enumerate(spec["levels"]):
        rules.append(f".suprank-search .ss-level-{level}{{--level:{shown['light']};--line:{shown['line']}}}")
        rules.append(dark_rule(f".suprank-search .ss-level-{level}", f"--level:{shown['dark']}"))
    sheets = (asset(__package__, "search_photographs.css"), asset(thumbnails.__package__, "zoom.css"))
    return "\n".join([*sheets, *rules])


def _shown(level: int, names: Sequence[str]) -> dict[str, str]:
    """Return how a photograph that shares so many levels is framed, and what is said of it."""
    top = len(names)
    drawn, colours = mark_of(level, top), level_style(level, top)
    line = {"solid": "solid", "dot": "dotted", "dash": "dashed"}[drawn.dash]
    words = f"same {names[top - level]}" if level else "nothing shared"
    return {"light": colours.light, "dark": colours.dark, "line": line, "mark": drawn.text, "words": words}


def _check_pair(name: str, pair: tuple[Tensor, Tensor], queries: int, gallery: int) -> None:
    own, others = pair
    check_scores(own, "embeddings")
    check_scores(others, "embeddings")
    if len(own) != queries or len(others) != gallery or own.shape[1] != others.shape[1]:
        raise ValueError(
            f"`embeddings`: got shapes {tuple(own.shape)} and {tuple(others.shape)} for {name!r}, expected "
            f"({queries}, D) and ({gallery}, D)"
        )
