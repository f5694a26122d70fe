"""What was fetched from a wiki, on disk: one SQLite file, one row a title, safe against a break at any moment."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

_TABLE = "CREATE TABLE IF NOT EXISTS parents (api TEXT, title TEXT, parents TEXT, PRIMARY KEY (api, title))"
_MAX_SQL_VARIABLES = 500  # SQLite takes a limited number of values in one statement


class WikiCache:
    """Title → its parents, or None for a page that does not exist, of one wiki.

    Args:
        path: the file; made when missing, with its folder. `":memory:"` keeps nothing.
        api: address of the wiki's API: one file may hold several wikis.

    Raises:
        ValueError: the file is there but is no such cache.

    Example:
        >>> cache = WikiCache(":memory:", "https://example.org/api.php")
        >>> cache.put({"Category:A": ["Category:B"], "Category:C": None})
        >>> cache.get(["Category:A", "Category:C", "Category:D"])
        {'Category:A': ['Category:B'], 'Category:C': None}
    """

    def __init__(self, path: str | PathLike[str], api: str) -> None:
        self.api = api
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._file = sqlite3.connect(path)
            with self._file:
                self._file.execute(_TABLE)
                self._file.execute("SELECT api, title, parents FROM parents LIMIT 1")
        except sqlite3.DatabaseError as error:
            raise ValueError(f"{path}: this is no cache of a wiki ({error}); delete it or name another file") from error

    def get(self, titles: Sequence[str]) -> dict[str, list[str] | None]:
        """Return what is known of `titles`; those that were never put are left out."""
        found: dict[str, list[str] | None] = {}
        for start in range(0, len(titles), _MAX_SQL_VARIABLES):
            some = list(titles[start : start + _MAX_SQL_VARIABLES])
            marks = ",".join("?" * len(some))
            rows = self._file.execute(
                f"SELECT title, parents FROM parents WHERE api = ? AND title IN ({marks})", [self.api, *some]
            )
            found |= {title: json.loads(parents) for title, parents in rows}
        return found

    def put(self, parents: Mapping[str, list[str] | None]) -> None:
        """Write all of `parents` to the disk, or nothing of it."""
        rows = [(self.api, title, json.dumps(of_title)) for title, of_title in parents.items()]
        with self._file:  # one transaction
            self._file.executemany("INSERT OR REPLACE INTO parents VALUES (?, ?, ?)", rows)

    def __len__(self) -> int:
        return int(self._file.execute("SELECT COUNT(*) FROM parents WHERE api = ?", [self.api]).fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self._file.close()
