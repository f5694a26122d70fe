"""What the explorer of two losses draws: two lists as pictures, and the AP of every query with both losses."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from suprank_edu.explore.drawing.palette import ACCENT, TEXT, axis, heading, layout
from suprank_edu.explore.drawing.picture_grid import frames, hovers, mark_of, marks, picture, picture_axes, query_frame
from suprank_edu.explore.drawing.thumbnails import as_stored
from suprank_edu.explore.drawing.traces import LOWER, QUIET, ring, words
from suprank_edu.explore.drawing.words import fixed, readable_name, untagged
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.explore.results.found import SHOWN, Array, Found
from suprank_edu.explore.results.telling_queries import short_name
from suprank_edu.relevance import count_shared

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset

_BLOCK = 3.3  # height of a loss's two rows of pictures with its heading, in cells
_PICTURES, _SCATTER, _SPACE = 410, 250, 46  # pixels


class Results(NamedTuple):
    """The data set, what each loss found in it, and the queries to choose from by caption."""

    dataset: RetrievalDataset
    found: Found
    queries: Mapping[str, int]


def first_ones(data: Results, query: int, loss: str) -> tuple[list[int], list[int]]:
    """Return the first positions that were retrieved and how many levels each shares with the query."""
    labels = torch.from_numpy(data.dataset.labels)
    items = data.found[loss]["retrieved"][query, :SHOWN].astype(np.int64)
    return items.tolist(), count_shared(labels[query][None], labels[items])[0].tolist()


def figure_of(data: Results) -> FigureFunction:
    """Return the figure function of these results: query and two losses → both lists, and all queries as dots."""
    ap = {loss: np.round(arrays["ap"].astype(np.float64), 3) for loss, arrays in data.found.items()}
    side = functools.cache(functools.partial(_side, data))
    cloud = functools.cache(functools.partial(_cloud, ap))
    made, legend = _layout(), _legend(data.dataset)

    def describe(query: str, first: str, second: str) -> Description:
        traces = [*side(query, first, 0), *side(query, second, 1), *legend, *cloud(first, second)]
        return {"data": [*traces, _here(data, query, first, second)], "layout": made}

    return FigureFunction(describe)


def _side(data: Results, query: str, loss: str, place: int) -> list[dict[str, Any]]:
    """Return the two rows of one loss: heading, query, pictures, frames and marks."""
    at = data.queries[query]
    items, levels = first_ones(data, at, loss)
    width = data.dataset[0].width
    traces = [picture(as_stored(data.dataset, item), rank, pixels=width) for rank, item in enumerate([at, *items])]
    top = data.dataset.labels.shape[1]
    for level in reversed(range(top + 1)):
        ranks = [rank for rank, own in enumerate(levels, 1) if own == level]
        traces += [frames(mark_of(level, top), ranks), marks(mark_of(level, top), ranks, "") | {"showlegend": False}]
    shown = [untagged(short_name(data.dataset, item)) for item in items]
    traces += [query_frame(), hovers(shown, 36), _heading(data, at, loss, place)]
    return [_lowered(trace, place * _BLOCK) for trace in traces]


def _lowered(trace: dict[str, Any], by: float) -> dict[str, Any]:
    if "y0" in trace:
        return trace | {"y0": trace["y0"] + by}
    return trace | {"y": [None if y is None else y + by for y in trace["y"]]}


def _legend(dataset: RetrievalDataset) -> list[dict[str, Any]]:
    """Return a trace without points for each level, so that the legend names all, whatever is shown."""
    fine, coarse = (untagged(readable_name(name)) for name in dataset.column_names)
    names = (f"another {coarse}: severe", f"same {coarse}: mild", f"same {fine}")
    empty = {"x": [None], "y": [None], "text": [""], "showlegend": True}
    return [marks(mark_of(level, 2), [], names[level]) | empty for level in (2, 1, 0)]


def _heading(data: Results, query: int, loss: str, place: int) -> dict[str, Any]:
    ap, h_ap = (fixed(float(data.found[loss][metric][query]), 2) for metric in ("ap", "h_ap"))
    text = f"<b>{'AB'[place]}: {untagged(loss)}</b>   AP {ap}, H-AP {h_ap}"
    return words([-0.45], [-0.68], [text], "middle right") | {"cliponaxis": False}


def _cloud(ap: Mapping[str, Array], first: str, second: str) -> list[dict[str, Any]]:
    """Return a dot for every query, and the diagonal over them."""
    common = {"type": "scatter", **LOWER, **QUIET}
    marker = {"color": TEXT.colour, "size": 4, "opacity": 0.3, "symbol": "circle"}
    line = {"color": ACCENT.colour, "width": 1.5, "dash": "dot"}
    return [
        common | {"x": ap[first], "y": ap[second], "mode": "markers", "marker": marker},
        common | {"x": [0, 1], "y": [0, 1], "mode": "lines", "line": line},
    ]


def _here(data: Results, query: str, first: str, second: str) -> dict[str, Any]:
    at = data.queries[query]
    across, up = (float(data.found[loss]["ap"][at]) for loss in (first, second))
    return ring(across, up, 16, 3, "○ this query", **LOWER)


def _layout() -> dict[str, Any]:
    whole = _PICTURES + _SPACE + _SCATTER
    across, down = picture_axes(4, (_SCATTER + _SPACE) / whole)
    return layout(
        whole + 56,
        xaxis=across,
        yaxis=down | {"range": [2 * _BLOCK - 1.05, -0.9]},
        xaxis2=axis("AP with loss A", range=[-0.02, 1.02], anchor="y2", zeroline=False),
        yaxis2=axis("", range=[-0.03, 1.2], domain=[0.0, _SCATTER / whole], anchor="x2", zeroline=False, dtick=0.25),
        annotations=[heading("AP with loss B", _SCATTER / whole)],
        margin={"l": 34, "r": 10, "t": 12, "b": 44},
    )
