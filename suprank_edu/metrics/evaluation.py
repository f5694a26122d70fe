"""The result of `evaluate`: means, values per query, a file of it, and a fair comparison of two."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from suprank_edu._checks import check_metric_keys
from suprank_edu._extras import needs
from suprank_edu._files import replacing
from suprank_edu.metrics._table import as_html, as_text, grid
from suprank_edu.metrics.comparison import Comparison, compare

if TYPE_CHECKING:
    import pandas as pd

Values = NDArray[np.float64]
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

    def compare(
        self,
        other: Evaluation,
        *,
        resample: Literal["classes", "queries"] | None = None,
        keys: Sequence[str] | None = None,
        samples: int = 10_000,
        seed: int = 0,
    ) -> Comparison:
        """Compare with another evaluation of the same queries, by a paired bootstrap over their finest classes.

        Queries of one class fail and succeed together, so that a class is one observation and not as many as it has
        queries: classes are drawn again with replacement, each with all its queries. The intervals are studentised
        (each redrawn difference is divided by its own standard error), which holds 95 % with fewer classes than
        quantiles of the differences do.

        Args:
            other: an evaluation of the same queries in the same order.
            resample: `"classes"`, or `"queries"` as if each were independent of all others; None takes classes where
                both evaluations know them.
            keys: metrics to compare, None all that both have; the fewer, the narrower the simultaneous intervals.
            samples: how often is drawn again.
            seed: of the draws.

        Returns:
            For each key mean here minus mean there, over the queries that count in both, intervals of 95 % alone and
            of all keys together, a p-value, and a verdict.

        Raises:
            ValueError: `other` has other queries or no key in common, a key that is not there, classes that are not
                known, or a bad `samples` or `seed`.

        Example:
            >>> draw, classes = np.random.default_rng(0), np.repeat(np.arange(40), 5)
            >>> hard = draw.normal(size=40)[classes]  # classes differ, and their queries are alike
            >>> one = Evaluation({"H-AP": hard + draw.normal(0.1, 0.1, size=200)}, classes=classes)
            >>> found = one.compare(Evaluation({"H-AP": hard}, classes=classes))
            >>> found.verdict["H-AP"], found.note
            ('better', 'Sample: 40 classes with all their queries, taken for a sample of all classes. Each is one \
network: of other seeds this says nothing.')

        Source: Field and Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical Society B, 2007.
        """
        return compare(self, other, resample, keys, samples, seed)

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


def _mean(values: Values) -> float:
    counted = values[~np.isnan(values)]
    return float(counted.mean()) if len(counted) else float("nan")
