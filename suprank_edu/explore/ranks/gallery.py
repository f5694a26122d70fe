"""Queries and what was retrieved for them, as pictures: right and wrong told by colour, by mark and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from suprank_edu._checks import check_count
from suprank_edu._html import asset, template
from suprank_edu.explore.drawing import thumbnails
from suprank_edu.explore.drawing.palette import NEGATIVE, POSITIVE, RELATED, Style, dark_rule, level_style
from suprank_edu.explore.drawing.words import pluralise, readable_name
from suprank_edu.relevance import count_shared

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset

_LINES = {POSITIVE.mark: "solid", RELATED.mark: "double", NEGATIVE.mark: "dashed"}
_CLASSES = {POSITIVE.mark: "right", RELATED.mark: "related", NEGATIVE.mark: "wrong"}


_ROWS = """
{% macro image(picture) %}<img src='{{ picture.source }}' width='{{ picture.size }}' height='{{ picture.size }}'
 alt='{{ picture.alt }}' data-zoom style='border-style:{{ picture.line }};border-color:currentColor'>{% endmacro %}
<style>{{ css|safe }}</style><div class='suprank-gallery' role='group' aria-label='{{ caption }}'><p>{{ caption }}</p>
{% for row in rows %}{% if titles %}<p class='sg-title'>{{ titles[loop.index0] }}</p>{% endif %}<div class='sg-row'>
{% if not row[0].style %}
<div class='sg-query'>{{ image(row[0]) }}<span aria-hidden='true'>query</span></div>{% endif %}<ol>
{% for picture in row if picture.style %}<li{% if picture.verdict %} class='sg-{{ picture.verdict }}'{% endif %}>
{{ image(picture) }}<span aria-hidden='true'>
{% if picture.told %}{{ picture.told }}{% else %}
{{ loop.index }}&nbsp;{{ picture.style.mark }}{% endif %}
</span></li>{% endfor %}</ol></div>{% endfor %}
</div><script>{{ '{' }}{{ js|safe }}{{ '}' }}</script>
"""


def _css() -> str:
    """Return the style: colours of the page's theme, and no ground of its own on dark pages."""
    colours = []
    for style in (POSITIVE, RELATED, NEGATIVE):
        verdict = f".suprank-gallery .sg-{_CLASSES[style.mark]}"
        colours += [f"{verdict}{{color:{style.light}}}", dark_rule(verdict, f"color:{style.dark}")]
    return "\n".join(
        [
            ".suprank-gallery{margin:1em 0;color:inherit}",
            ".suprank-gallery p{margin:0 0 .5em}",
            ".suprank-gallery .sg-title{margin:.7em 0 .2em}",
            ".suprank-gallery .sg-row{display:flex;gap:14px;align-items:flex-start;margin:0 0 10px}",
            ".suprank-gallery ol{display:flex;flex-wrap:wrap;gap:6px;margin:0!important;padding:0;list-style:none}",
            ".suprank-gallery :is(li,.sg-query){margin:0;padding:0;text-align:center;font-size:.8em;line-height:1.4}",
            ".suprank-gallery img{display:block;box-sizing:border-box;border:3px solid;border-radius:4px;"
            "margin:0;padding:0!important;max-width:none;color:inherit!important}",
            *colours,
            "html[data-theme=dark] .bd-content div.cell_output .text_html:has(.suprank-gallery):has(ol)"
            "{background-color:transparent;color:inherit;padding:0}",
        ]
    )


@dataclass(frozen=True, repr=False)
class Gallery:
    """Pictures in rows: a query, then its retrieved images, best first.

    Shown last in a cell it becomes rows of thumbnails that carry their own data and wrap on a narrow screen.

    Args:
        rows: for each query its row of pictures, the query first.
        caption: what the rows show.
        titles: a line above each row, or none at all.
    """

    rows: tuple[tuple[Picture, ...], ...]
    caption: str
    titles: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        """Return the rows as HTML with the pictures in it."""
        return template(_ROWS).render(
            css=_css() + asset(thumbnails.__package__, "zoom.css"),
            js=asset(thumbnails.__package__, "zoom.js"),
            caption=self.caption,
            rows=self.rows,
            titles=self.titles,
        )

    def __repr__(self) -> str:
        lines = [" ".join(picture.style.mark for picture in row if picture.style) for row in self.rows]
        told = [f"{title} {line}" for title, line in zip(self.titles, lines, strict=True)] if self.titles else lines
        return "\n".join(line.strip() for line in [self.caption, *told])


@dataclass(frozen=True)
class Picture:
    """One thumbnail: its address, its size, what it shows, its style (None for the query itself), and words below."""

    source: str
    size: int
    alt: str
    style: Style | None
    told: str = ""

    @property
    def verdict(self) -> str:
        """The class of its colour and its word: right, related or wrong; nothing for the query."""
        return _CLASSES[self.style.mark] if self.style is not None else ""

    @property
    def line(self) -> str:
        """The border: solid for right and dashed for wrong."""
        return _LINES[self.style.mark] if self.style is not None else "solid"


def show_retrieved(
    dataset: RetrievalDataset,
    queries: Sequence[int],
    retrieved: torch.Tensor,
    *,
    gallery: RetrievalDataset | None = None,
    size: int = 96,
) -> Gallery:
    """Show queries with the images retrieved for them; a click shows one large.

    Args:
        dataset: the queries and their labels.
        queries: Q positions in it.
        retrieved: `(Q, k)` positions in the gallery, best first, as `suprank_edu.retrieval.search` returns them.
        gallery: the set that was searched, with the same classes; None: the queries' own.
        size: pixels a side of a thumbnail.

    Returns:
        Rows that show themselves: ● shares the finest level with the query, ■ a coarser one, ✕ nothing.

    Raises:
        ValueError: `retrieved` has not one row per query, there is no query, a position is not in its set, or the
            two sets have other label columns.

    Example:
        >>> import torch
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin", split="test")
        >>> show_retrieved(glyphs, [0], torch.tensor([[1, len(glyphs) - 1]]))
        What was retrieved for 1 query: ● same character, ■ same alphabet, ✕ neither
        ● ✕
    """
    searched = dataset if gallery is None else gallery
    _check(dataset, searched, queries, retrieved)
    check_count("size", size)
    rows = []
    own, labels = torch.from_numpy(dataset.labels), torch.from_numpy(searched.labels)
    for query, row in zip(queries, retrieved.tolist(), strict=True):
        levels = count_shared(own[query][None], labels[row])[0].tolist()
        retrieved_ones = [picture_of(searched, item, level, size) for item, level in zip(row, levels, strict=True)]
        rows.append((picture_of(dataset, query, None, size), *retrieved_ones))
    names = [readable_name(name) for name in dataset.column_names]
    coarse = f", {RELATED.mark} same {' or '.join(names[1:])}, {NEGATIVE.mark} neither" if len(names) > 1 else ""
    count = pluralise(len(queries), "query", "queries")
    caption = f"What was retrieved for {count}: {POSITIVE.mark} same {names[0]}{coarse or f', {NEGATIVE.mark} another'}"
    return Gallery(tuple(rows), caption)


def _check(
    dataset: RetrievalDataset, searched: RetrievalDataset, queries: Sequence[int], retrieved: torch.Tensor
) -> None:
    if not isinstance(retrieved, torch.Tensor):
        raise ValueError(f"`retrieved`: got {type(retrieved).__name__}, expected a (Q, k) integer torch.Tensor")
    if retrieved.numel() == 0 or retrieved.ndim != 2 or len(retrieved) != len(queries):
        raise ValueError(
            f"`retrieved`: got shape {tuple(retrieved.shape)} for {len(queries)} queries, expected one row per query"
        )
    if retrieved.is_floating_point() or retrieved.dtype == torch.bool:
        raise ValueError(f"`retrieved`: got dtype {retrieved.dtype}, expected an integer dtype")
    if tuple(searched.column_names) != tuple(dataset.column_names):
        raise ValueError(f"`gallery`: got the columns {searched.column_names}, expected {dataset.column_names}")
    thumbnails.check_positions("queries", queries, len(dataset))
    thumbnails.check_positions("retrieved", retrieved.flatten().tolist(), len(searched))


def picture_of(dataset: RetrievalDataset, index: int, level: int | None, size: int, told: str = "") -> Picture:
    """Return the thumbnail of an image that shares `level` levels with the query, or of the query itself."""
    what = ", ".join(thumbnails.names_of(dataset, index))
    is_drawing = dataset.mode == "L"
    source = (
        thumbnails.as_drawing(dataset, index, size)
        if is_drawing
        else thumbnails.as_photograph(dataset, index, 2 * size)
    )
    if level is None:
        return Picture(source, size, f"query: {what}", None)
    style = level_style(level, dataset.labels.shape[1])
    return Picture(source, size, f"{_CLASSES[style.mark]}: {what}", style, told)
