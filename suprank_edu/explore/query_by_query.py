"""Explorer: two losses query by query: what each retrieved, as pictures, and where the query lies among all."""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from suprank_edu.explore.controls import Choice
from suprank_edu.explore.explorer import Explorer
from suprank_edu.explore.figures import Description, FigureFunction
from suprank_edu.explore.palette import ACCENT, TEXT, axis, heading, layout
from suprank_edu.explore.picture_grid import centre, frames, mark_of, marks, picture, picture_axes, query_frame
from suprank_edu.explore.words import fixed, spoken
from suprank_edu.relevance import count_shared

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset

Array = np.ndarray[Any, Any]
Found = Mapping[str, Mapping[str, Array]]

SHOWN = 10
"""Retrieved images that are shown of each loss."""

KINDS = ("losses differ", "mistakes differ", "typical")
"""Why a query was chosen: by the AP of all losses, by the severe mistakes among the first ten, or as the median."""

_BLOCK = 3.3  # height of a loss's two rows of pictures with its heading, in cells
_PICTURES, _SCATTER, _SPACE = 410, 250, 46  # pixels


class _Data(NamedTuple):
    """The data set, what each loss found in it, and the queries to choose from by caption."""

    dataset: RetrievalDataset
    found: Found
    queries: Mapping[str, int]


def query_by_query(
    dataset: RetrievalDataset,
    found: Mapping[str, Mapping[str, np.ndarray[Any, Any]]],
    queries: Mapping[str, int],
    first: str,
    second: str,
) -> Explorer:
    """Return the explorer of two losses query by query: both lists as pictures, both APs among those of all queries.

    AP is E3 and H-AP E13. A mistake is mild when it shares a coarser level with the query, severe when it shares none.

    Args:
        dataset: N images with two levels of labels, each of them a query in the gallery of all others.
        found: loss → ``retrieved`` ``(N, k)``, best first with k ≥ 10, ``ap`` and ``h_ap`` ``(N,)``.
        queries: two or more positions by caption; :func:`telling_queries` chooses some.
        first: the loss whose list is shown at first.
        second: the one that it is compared with.

    Returns:
        An ``Explorer`` with the query and two losses.

    Raises:
        ValueError: ``found`` is not of this data set, or fewer than ten images were kept.
    """
    for loss, arrays in found.items():
        shape = arrays["retrieved"].shape
        if shape[0] != len(dataset) or shape[1] < SHOWN:
            raise ValueError(
                f"`found`: got {shape} retrieved images for {loss!r}, expected ({len(dataset)}, {SHOWN} or more)"
            )
    data, losses = _Data(dataset, found, queries), tuple(found)
    side = functools.cache(functools.partial(_side, data))
    cloud = functools.cache(functools.partial(_cloud, _rounded(found)))
    made, legend = _layout(), _legend(dataset)

    def describe(query: str, first: str, second: str) -> Description:
        traces = [*side(query, first, 0), *side(query, second, 1), *legend, *cloud(first, second)]
        return {"data": [*traces, _here(data, query, first, second)], "layout": made}

    def readout(query: str, first: str, second: str) -> str:
        lines = [f"{'AB'[place]}, {_words(data, query, loss)}" for place, loss in enumerate((first, second))]
        return "\n".join([*lines, _of_all(data, first, second)])

    names = [spoken(name) for name in dataset.level_names]
    return Explorer(
        FigureFunction(describe),
        [
            Choice("query", "Query", tuple(queries), next(iter(queries))),
            Choice("first", "Loss A", losses, first),
            Choice("second", "Loss B", losses, second),
        ],
        title="Two losses, query by query",
        alt=(
            f"The chosen query and the {SHOWN} images that a network trained with loss A puts first, and the same for "
            f"loss B. A circle marks an image of the same {names[0]}, a square a mild mistake (the same "
            f"{names[-1]}), a cross a severe one (another {names[-1]}). Below, a dot for each of all {len(dataset):,} "
            "queries: its AP with loss A across, with loss B up; a ring is around the chosen query. Above the diagonal "
            "loss B is better."
        ),
        readout=readout,
    )


def telling_queries(
    dataset: RetrievalDataset, found: Mapping[str, Mapping[str, np.ndarray[Any, Any]]], each: int = 2
) -> dict[str, int]:
    """Choose queries on which losses differ, and typical ones, by caption.

    Of every class of column 1 come ``each`` queries with the largest spread of AP over the losses, with the largest
    spread of severe mistakes, and with a mean AP nearest the median; no class of column 0 comes twice.

    Args:
        dataset: the images and their labels at two levels.
        found: as for :func:`query_by_query`.
        each: queries of each kind and class of column 1.

    Returns:
        Caption → position; those of one kind together.
    """
    ap = np.stack([arrays["ap"] for arrays in found.values()])  # (losses, N)
    coarse = dataset.labels[:, -1]
    severe = [(coarse[arrays["retrieved"][:, :SHOWN]] != coarse[:, None]).sum(axis=1) for arrays in found.values()]
    mean = ap.mean(axis=0)
    spread = (ap.std(axis=0), np.std(severe, axis=0), -np.abs(mean - np.median(mean)))  # (N,) each
    chosen: dict[str, int] = {}
    taken: set[int] = set()
    for kind, telling in zip(KINDS, spread, strict=True):
        for one in np.unique(coarse):
            left = each
            for query in np.argsort(-telling, kind="stable").tolist():
                fine = int(dataset.labels[query, 0])
                if left and coarse[query] == one and fine not in taken:
                    chosen[f"{_short(dataset, query)}, {kind}"] = query
                    taken.add(fine)
                    left -= 1
    return chosen


def _short(dataset: RetrievalDataset, index: int) -> str:
    """Return the name of an image's class: ``Japanese_(katakana)/character07`` becomes ``katakana 7``."""
    name = re.sub(r"/character0*|_", " ", dataset.class_names[0][dataset.labels[index, 0]])
    return re.sub(r".*\((.*)\)", r"\1", name)


def _levels(data: _Data, query: int, loss: str) -> tuple[list[int], list[int]]:
    """Return the first positions that were retrieved and how many levels each shares with the query."""
    labels = torch.from_numpy(data.dataset.labels)
    items = data.found[loss]["retrieved"][query, :SHOWN].astype(np.int64)
    return items.tolist(), count_shared(labels[query][None], labels[items])[0].tolist()


def _side(data: _Data, query: str, loss: str, place: int) -> list[dict[str, Any]]:
    """Return the two rows of one loss: heading, query, pictures, frames and marks."""
    at = data.queries[query]
    items, levels = _levels(data, at, loss)
    traces = [picture(_address(data.dataset, at), 0, pixels=_width(data.dataset))]
    traces += [
        picture(_address(data.dataset, item), rank, pixels=_width(data.dataset)) for rank, item in enumerate(items, 1)
    ]
    top = data.dataset.labels.shape[1]
    for level in reversed(range(top + 1)):
        ranks = [rank for rank, own in enumerate(levels, 1) if own == level]
        traces += [frames(mark_of(level, top), ranks), marks(mark_of(level, top), ranks, "") | {"showlegend": False}]
    traces += [query_frame(), _hover(data.dataset, items), _heading(data, at, loss, place)]
    return [_lowered(trace, place * _BLOCK) for trace in traces]


def _lowered(trace: dict[str, Any], by: float) -> dict[str, Any]:
    if "y0" in trace:
        return trace | {"y0": trace["y0"] + by}
    return trace | {"y": [None if y is None else y + by for y in trace["y"]]}


def _legend(dataset: RetrievalDataset) -> list[dict[str, Any]]:
    """Return a trace without points for each level, so that the legend names all, whatever is shown."""
    fine, coarse = (spoken(name) for name in dataset.level_names)
    names = (f"another {coarse}: severe", f"same {coarse}: mild", f"same {fine}")
    empty = {"x": [None], "y": [None], "text": [""], "showlegend": True}
    return [marks(mark_of(level, 2), [], names[level]) | empty for level in (2, 1, 0)]


def _heading(data: _Data, query: int, loss: str, place: int) -> dict[str, Any]:
    arrays = data.found[loss]
    return {
        "type": "scatter",
        "x": [-0.45],
        "y": [-0.68],
        "mode": "text",
        "text": [
            f"<b>{'AB'[place]}: {loss}</b>   AP {fixed(float(arrays['ap'][query]), 2)}, "
            f"H-AP {fixed(float(arrays['h_ap'][query]), 2)}"
        ],
        "textposition": "middle right",
        "textfont": {"color": TEXT.colour},
        "cliponaxis": False,
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _hover(dataset: RetrievalDataset, items: list[int]) -> dict[str, Any]:
    centres = [centre(place) for place in range(1, len(items) + 1)]
    return {
        "type": "scatter",
        "x": [x for x, _ in centres],
        "y": [y for _, y in centres],
        "mode": "markers",
        "marker": {"color": "rgba(0,0,0,0)", "size": 36},
        "hovertext": [_short(dataset, item) for item in items],
        "hoverinfo": "text",
        "showlegend": False,
    }


def _width(dataset: RetrievalDataset) -> int:
    return dataset[0].width


def _address(dataset: RetrievalDataset, index: int) -> str:
    """Return an image as the address of its own data; it must be small, for it is not made smaller."""
    item = dataset.items[index]
    assert isinstance(item, bytes)
    return "data:image/png;base64," + base64.b64encode(item).decode("ascii")


def _rounded(found: Found) -> dict[str, Array]:
    return {loss: np.round(arrays["ap"].astype(np.float64), 3) for loss, arrays in found.items()}


def _cloud(ap: Mapping[str, Array], first: str, second: str) -> list[dict[str, Any]]:
    """Return a dot for every query, and the diagonal over them."""
    common = {"type": "scatter", "xaxis": "x2", "yaxis": "y2", "showlegend": False, "hoverinfo": "skip"}
    diagonal = {
        "x": [0, 1],
        "y": [0, 1],
        "mode": "lines",
        "line": {"color": ACCENT.colour, "width": 1.5, "dash": "dot"},
    }
    dots = {"x": ap[first], "y": ap[second], "mode": "markers"}
    dots["marker"] = {"color": TEXT.colour, "size": 4, "opacity": 0.3, "symbol": "circle"}
    return [common | dots, common | diagonal]


def _here(data: _Data, query: str, first: str, second: str) -> dict[str, Any]:
    at = data.queries[query]
    return {
        "type": "scatter",
        "x": [float(data.found[first]["ap"][at])],
        "y": [float(data.found[second]["ap"][at])],
        "xaxis": "x2",
        "yaxis": "y2",
        "mode": "markers",
        "marker": {"color": "rgba(0,0,0,0)", "size": 16, "line": {"color": ACCENT.colour, "width": 3}},
        "name": "○ this query",
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _words(data: _Data, query: str, loss: str) -> str:
    at = data.queries[query]
    levels, arrays = _levels(data, at, loss)[1], data.found[loss]
    top, names = data.dataset.labels.shape[1], [spoken(name) for name in data.dataset.level_names]
    right, severe = levels.count(top), levels.count(0)
    return (
        f"{loss}: AP {fixed(float(arrays['ap'][at]), 2)}, H-AP {fixed(float(arrays['h_ap'][at]), 2)}; of the first "
        f"{len(levels)}: {right} right, {len(levels) - right - severe} mild (same {names[-1]}), {severe} severe."
    )


def _of_all(data: _Data, first: str, second: str) -> str:
    one, other = data.found[first]["ap"], data.found[second]["ap"]
    if first == second:
        return f"One loss twice: all {len(one):,} dots lie on the diagonal, mean AP {fixed(float(one.mean()), 3)}."
    return (
        f"Over all {len(one):,} queries: AP is higher with A for {int((one > other).sum()):,}, with B for "
        f"{int((other > one).sum()):,}; mean AP {fixed(float(one.mean()), 3)} and {fixed(float(other.mean()), 3)}."
    )


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
