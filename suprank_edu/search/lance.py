"""An index as a table of LanceDB, an embedded database of vectors whose files lie in a folder."""

import os
import secrets
import shutil
from pathlib import Path
from typing import Any

from suprank_edu._extras import needs
from suprank_edu.search.index import PhotoIndex

TABLE = "photographs"
_OWN = ("position", "name", "vector")


def export_lancedb(index: PhotoIndex, folder: str | os.PathLike[str]) -> None:
    """Write the vectors, names and classes of an index as the table `photographs` of LanceDB, whole or not at all.

    Its search by inner product is exact as long as nobody makes an approximate index there, and gives the list of
    `PhotoIndex.search`; its `_distance` is 1 − score. Queries are embedded with the network of the index, which stays
    where it is.

    Args:
        index: what to write.
        folder: a new one.

    Raises:
        ValueError: the folder is there already, or a label column has the name of a column of the table.
        ModuleNotFoundError: the extra `[lancedb]` is not installed.

    Example:
        >>> import tempfile
        >>> import lancedb
        >>> from suprank_edu.data import read
        >>> from suprank_edu.training import SmallCNN
        >>> index = PhotoIndex.build(SmallCNN(image_size=16, channels=(4, 8)), read("standin").subset(range(40)))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     export_lancedb(index, f"{folder}/database")
        ...     table = lancedb.connect(f"{folder}/database").open_table("photographs")
        ...     found = table.search(index.vectors[7].numpy()).distance_type("dot").limit(3).to_list()
        >>> [row["position"] for row in found] == index.search(index.vectors[7], k=3).positions
        True
    """
    with needs("lancedb"):
        import lancedb

    path = Path(folder).absolute()
    if path.exists():
        raise ValueError(f"`folder`: got {path}, which is there already, expected a new one")
    table = _table(index)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        lancedb.connect(half).create_table(TABLE, table)
        half.rename(path)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _table(index: PhotoIndex) -> Any:
    """Return an Arrow table: position, name, the name of the class at each level, vector."""
    with needs("lancedb"):
        import pyarrow as pa

    data, size = index.photographs, index.vectors.shape[1]
    if clash := set(data.column_names) & set(_OWN):
        raise ValueError(f"`index`: has a label column called {clash.pop()}, expected none of {', '.join(_OWN)}")
    names = (data.name_of(row).encode("utf-8", "replace").decode() for row in range(len(data)))
    classes = {
        column: pa.array([of_level[one] for one in ids])
        for column, of_level, ids in zip(data.column_names, data.class_names, data.labels.T.tolist(), strict=True)
    }
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(index.vectors.numpy().reshape(-1)), size)
    return pa.table({"position": pa.array(range(len(data))), "name": pa.array(names), **classes, "vector": vectors})
