"""Photographs put behind others: their classes are the same where their names are."""

import os
from collections.abc import Iterable, Sequence

import numpy as np

from suprank_edu.data import RetrievalDataset
from suprank_edu.data.dataset import Labels

NOT_LABELLED = "not labelled"


def loose(
    paths: Iterable[str | os.PathLike[str]],
    like: RetrievalDataset | None = None,
    classes: Sequence[str] | None = None,
) -> RetrievalDataset:
    """Return photographs of one class, or of none: those are of the class "not labelled" at each level.

    Args:
        paths: of the files.
        like: the photographs that they will join; None gives one column, `class`.
        classes: names of their class and of those above it, finest first.

    Raises:
        ValueError: `paths` is one path, or none; or there are not as many `classes` as columns.
    """
    if isinstance(paths, str | os.PathLike) or not (files := [os.fspath(path) for path in paths]):
        raise ValueError(f"`photographs`: got {paths!r}, expected a data set, or a list of one or more paths")
    columns = ("class",) if like is None else like.column_names
    names = [NOT_LABELLED] * len(columns) if classes is None else list(classes)
    if len(names) != len(columns):
        raise ValueError(f"`classes`: got {', '.join(names)}, expected {len(columns)} names: {', '.join(columns)}")
    return RetrievalDataset(
        files,
        np.zeros((len(files), len(columns)), dtype=np.int64),
        column_names=columns,
        class_names=[[name] for name in names],
        licence="not stated",
        source="photographs",
        mode="RGB" if like is None else like.mode,
    )


def as_deep_as(like: RetrievalDataset, photographs: RetrievalDataset) -> RetrievalDataset:
    """Return photographs of a folder with the columns of others; where they have fewer, the finest is repeated.

    Deeper ones are returned as they are, for `renumbered` to refuse.
    """
    missing = len(like.column_names) - len(photographs.column_names)
    if missing < 0:
        return photographs
    finest = photographs.labels[:, :1]  # (N, 1)
    return RetrievalDataset(
        photographs.items,
        np.concatenate([*[finest] * missing, photographs.labels], axis=1),  # (N, L)
        column_names=like.column_names,
        class_names=[*photographs.class_names[:1] * missing, *photographs.class_names],
        licence=photographs.licence,
        source=photographs.source,
        mode=like.mode,
        names=photographs.names,
        boxes=photographs.boxes,
    )


def joined(first: RetrievalDataset, second: RetrievalDataset) -> RetrievalDataset:
    """Return the photographs of both, those of `first` with the class ids that they have.

    A class of `second` is one of `first` when its name and those of all classes above it are the same.

    Raises:
        ValueError: other columns, other channels, or boxes in one of them alone.

    Example:
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin", split="test")
        >>> joined(glyphs.subset(range(10)), glyphs.subset([470]))
        RetrievalDataset(11 images; character: 2, alphabet: 2)
    """
    labels, class_names = renumbered(first, second)
    if first.mode != second.mode:
        raise ValueError(f"`photographs`: got images of mode {second.mode}, expected {first.mode}, as in the index")
    if (first.boxes is None) != (second.boxes is None):
        raise ValueError("`photographs`: got boxes in the index or in what is added alone, expected them in both")
    return RetrievalDataset(
        [*first.items, *second.items],
        np.concatenate([first.labels, labels]),  # (N + M, L)
        column_names=first.column_names,
        class_names=class_names,
        licence=_both(first.licence, second.licence),
        source=_both(first.source, second.source),
        mode=first.mode,
        names=None if first.names is None and second.names is None else _names(first) + _names(second),
        boxes=None if first.boxes is None else np.concatenate([first.boxes, second.boxes]),
    )


def renumbered(first: RetrievalDataset, second: RetrievalDataset) -> tuple[Labels, list[list[str]]]:
    """Return the `(M, L)` labels of the second by the class ids of the first, and the names of all classes.

    Raises:
        ValueError: other columns.
    """
    if first.column_names != second.column_names:
        raise ValueError(
            f"`photographs`: got the columns {', '.join(second.column_names)}, expected those of the index, "
            f"{', '.join(first.column_names)}"
        )
    if first.class_names == second.class_names:
        return second.labels, first.class_names
    class_names = [list(of_level) for of_level in first.class_names]
    labels = np.empty_like(second.labels)  # (M, L)
    for column, names in enumerate(class_names):
        ids = dict(zip(_with_parents(first, column), first.labels[:, column].tolist(), strict=True))
        for row, key in enumerate(_with_parents(second, column)):
            if key not in ids:
                ids[key] = len(names)
                names.append("/".join(reversed(key)) if key[0] in names else key[0])
            labels[row, column] = ids[key]
    return labels, class_names


def _with_parents(photographs: RetrievalDataset, column: int) -> list[tuple[str, ...]]:
    """Return of each photograph the name of its class in a column, and those of the classes above it."""
    names = photographs.class_names[column:]
    return [
        _own_names([of_level[one] for of_level, one in zip(names, row, strict=True)])
        for row in photographs.labels[:, column:].tolist()
    ]


def _own_names(names: list[str]) -> tuple[str, ...]:
    """Return names of a class and of those above it without their parents, which a folder puts before equal ones.

    Example:
        >>> _own_names(["Fruit/Apple", "Fruit"]), _own_names(["Apple", "Fruit"])
        (('Apple', 'Fruit'), ('Apple', 'Fruit'))
    """
    own: list[str] = []
    for name in reversed(names):
        own.append(name.removeprefix("/".join(own) + "/"))
    return tuple(reversed(own))


def _names(photographs: RetrievalDataset) -> list[str]:
    return [photographs.name_of(row) for row in range(len(photographs))]


def _both(first: str, second: str) -> str:
    return first if second in first.split("; ") else f"{first}; {second}"
