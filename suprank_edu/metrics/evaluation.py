"""The result of `evaluate`: means, values per query, a file of it, and a fair comparison of two."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from suprank_edu._checks import check_count, check_index, check_metric_keys
from suprank_edu._extras import needs
from suprank_edu._files import replacing
from suprank_edu.metrics._table import as_html, as_text, grid

if TYPE_CHECKING:
    import pandas as pd

Values = NDArray[np.float64]
# Redrawn query numbers held at once.
_DRAWS_AT_ONCE = 1 << 20
_FORMAT = "suprank_edu.Evaluation/1"


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """Metrics of a set of queries; made by `suprank_edu.metrics.evaluate`.

    Attributes:
        per_query: for each key, `(Q,)` float64 with NaN for the queries left out.
        settings: how it was computed: `ks`, `map_at`, `alpha`, `ap`, and the numbers of queries,
            gallery items and levels.
        classes: `(Q,)` integers, the finest class of each query; None where it is not known.

    Example:
        >>> result = Evaluation({"R@1/column0": np.array([1.0, 0.0, np.nan]), "H-AP": np.array([0.5, 1.0, 0.9])})
        >>> result.mean["R@1/column0"], result.skipped["R@1/column0"]
        (0.5, 1)
        >>> result
        Evaluation of 3 queries
              column0  all levels
        R@1    0.5000
        H-AP               0.8000
        left out: 1 of 3 queries from column0
    """

    per_query: dict[str, Values]
    settings: dict[str, object] | None = None
    classes: NDArray[np.integer[Any]] | None = None

    @cached_property
    def mean(self) -> dict[str, float]:
        """For each key the mean over the queries that count; NaN if there is none."""
        return {key: _mean(values) for key, values in self.per_query.items()}

    @cached_property
    def skipped(self) -> dict[str, int]:
        """For each key the number of queries left out, because they have no positive there."""
        return {key: int(np.isnan(values).sum()) for key, values in self.per_query.items()}

    def __len__(self) -> int:
        return len(next(iter(self.per_query.values()), ()))

    def to_frame(self, per_query: bool = False) -> pd.DataFrame:
        """Return a pandas DataFrame: a row for each key (mean, queries, skipped), or for each query."""
        with needs("train"):
            import pandas as pd

        if per_query:
            return pd.DataFrame(self.per_query).rename_axis("query")
        counted = {key: len(self) - skipped for key, skipped in self.skipped.items()}
        columns = {"mean": self.mean, "queries": counted, "skipped": self.skipped}
        return pd.DataFrame(columns, index=list(self.per_query)).rename_axis("metric")

    def only(self, keys: Iterable[str]) -> Evaluation:
        """Return the same with those of the `keys` that it has."""
        return replace(self, per_query={key: self.per_query[key] for key in keys if key in self.per_query})

    def save(self, path: str | os.PathLike[str], dtype: type[np.floating[Any]] = np.float64) -> None:
        """Write everything to one file, which appears whole or not at all.

        Args:
            path: of the file.
            dtype: in which the values are written. `np.float16` takes a quarter of the room and rounds a value by
                2.5e-4 at most, the mean of hundreds of them by some 1e-5.
        """
        header = json.dumps({"format": _FORMAT, "keys": list(self.per_query), "settings": self.settings})
        values = np.stack([*self.per_query.values()]) if self.per_query else np.empty((0, 0))
        with replacing(Path(path)) as file:
            arrays: dict[str, Any] = {"header": np.array(header), "values": values.astype(dtype)}
            np.savez_compressed(file, **arrays | ({} if self.classes is None else {"classes": self.classes}))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Evaluation:
        """Read a file written by `save`.

        Raises:
            OSError: there is no such file, or it cannot be read.
            ValueError: the file is damaged, something else, or of a version whose metrics had other names.
        """
        content = io.BytesIO(Path(path).read_bytes())
        try:
            with np.load(content, allow_pickle=False) as file:
                header, values = json.loads(str(file["header"])), file["values"].astype(np.float64)
                classes = file.get("classes")
            keys, settings, name = header["keys"], header["settings"], header["format"]
        except Exception as error:  # whatever numpy, zipfile and zlib make of a damaged file
            raise ValueError(f"`path`: got {os.fspath(path)!r}, expected a file written by Evaluation.save") from error
        if name != _FORMAT or len(keys) != len(values):
            raise ValueError(f"`path`: got a file of format {name!r}, expected {_FORMAT!r}")
        check_metric_keys(os.fspath(path), keys)
        return cls(dict(zip(keys, values, strict=True)), settings, classes)

    def compare(self, other: Evaluation, *, samples: int = 2000, seed: int = 0) -> Comparison:
        """Compare with another evaluation of the same queries, by a paired bootstrap over the queries.

        Args:
            other: an evaluation of the same queries in the same order.
            samples: how often the queries are drawn again with replacement.
            seed: of the draws.

        Returns:
            For each key that both have: mean here minus mean there, over the queries that count in both, and the
            interval that holds 95 % of the redrawn differences. If it leaves out 0, the difference is unlikely to
            come from the choice of the queries alone.

        Raises:
            ValueError: `other` has another number of queries or no key in common, or a bad `samples` or `seed`.
        """
        check_count("samples", samples)
        check_index("seed", seed)
        if len(self) != len(other):
            raise ValueError(f"`other`: got {len(other)} queries, expected {len(self)}, the same queries in both")
        keys = [key for key in self.per_query if key in other.per_query]
        if not keys:
            raise ValueError(f"`other`: got the keys {list(other.per_query)}, expected some of {list(self.per_query)}")
        differences = np.stack([self.per_query[key] - other.per_query[key] for key in keys], axis=1)  # (Q, K)
        draws = _bootstrap(differences, samples, seed)  # (samples, K)
        return Comparison(
            {key: _mean(differences[:, i]) for i, key in enumerate(keys)},
            {key: _interval(draws[:, i]) for i, key in enumerate(keys)},
        )

    def _summary(self) -> list[list[str]]:
        return grid({key: f"{value:.4f}" for key, value in self.mean.items()})

    def _note(self) -> str:
        by_column = {key.partition("/")[2] or "all levels": count for key, count in self.skipped.items() if count}
        parts = [f"{count} of {len(self)} queries from {column}" for column, count in by_column.items()]
        return "left out: " + ", ".join(parts) if parts else ""

    def __repr__(self) -> str:
        lines = [f"Evaluation of {len(self)} queries", as_text(self._summary()), self._note()]
        return "\n".join(line for line in lines if line)

    def _repr_html_(self) -> str:
        note = self._note()
        return as_html(self._summary(), f"{len(self)} queries" + (f"; {note}" if note else ""))


@dataclass(frozen=True, repr=False)
class Comparison:
    """What `Evaluation.compare` found.

    Attributes:
        difference: for each key the mean of the first minus the mean of the second evaluation.
        interval: for each key the ends of the 95 % interval of that difference.
    """

    difference: dict[str, float]
    interval: dict[str, tuple[float, float]]

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas DataFrame with a row for each key: difference, low, high."""
        with needs("train"):
            import pandas as pd

        rows = {key: (value, *self.interval[key]) for key, value in self.difference.items()}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["difference", "low", "high"]).rename_axis("metric")

    def _summary(self) -> list[list[str]]:
        cells = {}
        for key, value in self.difference.items():
            low, high = self.interval[key]
            cells[key] = f"{value:+.4f} [{low:+.4f}, {high:+.4f}]"
        return grid(cells)

    def __repr__(self) -> str:
        return "Difference of means and its 95 % interval\n" + as_text(self._summary())

    def _repr_html_(self) -> str:
        return as_html(self._summary(), "Difference of means and its 95 % interval")


def _mean(values: Values) -> float:
    counted = values[~np.isnan(values)]
    return float(counted.mean()) if len(counted) else float("nan")


def _bootstrap(differences: Values, samples: int, seed: int) -> Values:
    """Return `(samples, K)` means of `(Q, K)` differences over queries drawn again; NaN entries do not count."""
    generator = np.random.default_rng(seed)
    size = len(differences)
    counted = ~np.isnan(differences)
    terms = np.concatenate([np.where(counted, differences, 0.0), counted], axis=1)  # (Q, 2 K)
    sums = []
    for start in range(0, samples, at_once := max(_DRAWS_AT_ONCE // max(size, 1), 1)):
        rows = min(at_once, samples - start)
        drawn = generator.integers(size, size=(rows, size)) + size * np.arange(rows)[:, None]
        # How often each query is drawn: the product with these counts sums the redrawn values of all keys at once.
        times = np.bincount(drawn.ravel(), minlength=rows * size).reshape(rows, size)
        sums.append(times.astype(np.float64) @ terms)
    total, number = np.split(np.concatenate(sums), 2, axis=1)  # (samples, K) each
    means: Values = np.divide(total, number, out=np.full_like(total, np.nan), where=number > 0)
    return means


def _interval(draws: Values) -> tuple[float, float]:
    counted = draws[~np.isnan(draws)]
    low, high = np.quantile(counted, [0.025, 0.975]) if len(counted) else (np.nan, np.nan)
    return float(low), float(high)
