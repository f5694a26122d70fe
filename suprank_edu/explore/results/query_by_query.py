"""Explorer: two losses query by query: what each retrieved, as pictures, and where the query lies among all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from suprank_edu._checks import check_one_of
from suprank_edu.explore.drawing.thumbnails import check_positions
from suprank_edu.explore.drawing.words import fixed, readable_name
from suprank_edu.explore.engine.controls import Choice
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.results.found import SHOWN, check_found
from suprank_edu.explore.results.query_by_query_figure import Results, figure_of, first_ones
from suprank_edu.explore.results.telling_queries import KINDS, telling_queries

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset


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
        found: loss → `retrieved` `(N, k)`, best first with k ≥ 10, `ap` and `h_ap` `(N,)`.
        queries: two or more positions by caption; `telling_queries` chooses some.
        first: the loss whose list is shown at first.
        second: the one that it is compared with.

    Returns:
        An `Explorer` with the query and two losses.

    Raises:
        ValueError: `found` is not of this data set, fewer than ten images were kept, or a query or a loss to begin
            with is not among them.
    """
    check_found(dataset, found)
    data, losses = Results(dataset, found, queries), tuple(found)
    _check_choices(len(dataset), losses, queries, first, second)

    def readout(query: str, first: str, second: str) -> str:
        lines = [f"{'AB'[place]}, {_words(data, query, loss)}" for place, loss in enumerate((first, second))]
        return "\n".join([*lines, _of_all(data, first, second)])

    names = [readable_name(name) for name in dataset.column_names]
    return Explorer(
        figure_of(data),
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


def _check_choices(size: int, losses: tuple[str, ...], queries: Mapping[str, int], first: str, second: str) -> None:
    if len(queries) < 2:
        raise ValueError(f"`queries`: got {len(queries)}, expected two or more, to choose from")
    check_positions("queries", queries.values(), size)
    for name, loss in (("first", first), ("second", second)):
        check_one_of(name, loss, losses)


def _words(data: Results, query: str, loss: str) -> str:
    at = data.queries[query]
    levels, arrays = first_ones(data, at, loss)[1], data.found[loss]
    top, names = data.dataset.labels.shape[1], [readable_name(name) for name in data.dataset.column_names]
    right, severe = levels.count(top), levels.count(0)
    return (
        f"{loss}: AP {fixed(float(arrays['ap'][at]), 2)}, H-AP {fixed(float(arrays['h_ap'][at]), 2)}; of the first "
        f"{len(levels)}: {right} right, {len(levels) - right - severe} mild (same {names[-1]}), {severe} severe."
    )


def _of_all(data: Results, first: str, second: str) -> str:
    one, other = data.found[first]["ap"], data.found[second]["ap"]
    if first == second:
        return f"One loss twice: all {len(one):,} dots lie on the diagonal, mean AP {fixed(float(one.mean()), 3)}."
    return (
        f"Over all {len(one):,} queries: AP is higher with A for {int((one > other).sum()):,}, with B for "
        f"{int((other > one).sum()):,}; mean AP {fixed(float(one.mean()), 3)} and {fixed(float(other.mean()), 3)}."
    )


__all__ = ["KINDS", "SHOWN", "query_by_query", "telling_queries"]
