"""Numbering classes, against the definition in plain loops."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from suprank_edu.data import RetrievalDataset
from suprank_edu.data.readers._tables import number_classes

COLUMNS = st.integers(1, 30).flatmap(
    lambda size: st.lists(st.lists(st.sampled_from("abcd"), min_size=size, max_size=size), min_size=1, max_size=3)
)


@given(COLUMNS, st.booleans())
def test_classes_against_the_loops(columns: list[list[str]], arrays: bool) -> None:
    rows = list(zip(*columns, strict=True))
    home = [next(other for other in rows if other[0] == row[0]) for row in rows]  # the first of its finest class
    expected = []
    for row in home:
        # A class is its path, the coarsest first; its id is the place of this path among all of them.
        paths = [row[level:][::-1] for level in range(len(row))]
        everything = [sorted({other[level:][::-1] for other in home}) for level in range(len(row))]
        expected.append([ids.index(path) for ids, path in zip(everything, paths, strict=True)])
    found = number_classes([np.array(column) for column in columns] if arrays else columns)
    assert found.labels.tolist() == expected
    assert found.conflicts.tolist() == [
        i for i, (row, first) in enumerate(zip(rows, home, strict=True)) if row != first
    ]
    assert found.num_keys == [len(set(column)) for column in columns]
    for level, firsts in enumerate(found.first_rows):
        assert [expected[row][level] for row in firsts] == list(range(len(firsts)))
    RetrievalDataset(  # raises unless it is a tree
        [b""] * len(rows),
        found.labels,
        column_names=["x"] * len(columns),
        class_names=[["n"] * len(firsts) for firsts in found.first_rows],
        licence="",
        source="",
    )
