"""Two evaluations of the same queries compared: differences, intervals, and three verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from suprank_edu._checks import check_count, check_index, check_one_of
from suprank_edu._extras import needs
from suprank_edu.metrics._clusters import cluster_bootstrap
from suprank_edu.metrics._table import as_html, as_text, grid
from suprank_edu.metrics.multiple import level_of_each

if TYPE_CHECKING:
    import pandas as pd

    from suprank_edu.metrics.evaluation import Evaluation

Ends = tuple[float, float]
Verdict = Literal["better", "not told apart", "worse"]
_CAPTION = "Difference of means and its 95 % interval, all intervals together"
_FEW = 20


@dataclass(frozen=True, repr=False)
class Comparison:
    """What a comparison found.

    Attributes:
        difference: for each key the mean of the first minus the mean of the second.
        interval: for each key the ends of the 95 % interval of that difference, as if it were the only one.
        simultaneous: for each key the ends of wider intervals, all of which hold at once in 95 of 100 cases.
        p_value: for each key how often a difference of 0 would look as large or larger, of that key alone; correct many
            with `holm`.
        note: what was taken for a sample, how large it is, and what the intervals therefore say nothing of.
    """

    difference: dict[str, float]
    interval: dict[str, Ends]
    simultaneous: dict[str, Ends]
    p_value: dict[str, float]
    note: str

    @property
    def verdict(self) -> dict[str, Verdict]:
        """For each key what its simultaneous interval says of the first: better, not told apart, or worse.

        A larger number counts as better.
        """
        return {key: verdict_of(ends) for key, ends in self.simultaneous.items()}

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas DataFrame with a row for each key.

        Its columns: difference, low, high (simultaneous), p_value, verdict.
        """
        with needs("train"):
            import pandas as pd

        verdicts = self.verdict
        rows = {
            key: (value, *self.simultaneous[key], self.p_value[key], verdicts[key])
            for key, value in self.difference.items()
        }
        names = ["difference", "low", "high", "p_value", "verdict"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("metric")

    def _summary(self) -> list[list[str]]:
        cells = {}
        for key, value in self.difference.items():
            low, high = self.simultaneous[key]
            cells[key] = f"{value:+.4f} [{low:+.4f}, {high:+.4f}]"
        return grid(cells)

    def _verdicts(self) -> str:
        """Say which keys are better and worse, and how many are not told apart."""
        verdicts = self.verdict
        told = {word: [key for key in verdicts if verdicts[key] == word] for word in ("better", "worse")}
        parts = [f"{word}: {', '.join(keys)}" for word, keys in told.items() if keys]
        left = len(verdicts) - sum(map(len, told.values()))
        return "; ".join([*parts, *([f"not told apart: {left} of {len(verdicts)}"] if left else [])])

    def __repr__(self) -> str:
        return "\n".join([_CAPTION, as_text(self._summary()), self._verdicts(), self.note])

    def _repr_html_(self) -> str:
        return as_html(self._summary(), f"{_CAPTION}. {self._verdicts()}. {self.note}")


def verdict_of(ends: Ends) -> Verdict:
    """Return on which side of 0 an interval lies, as a word; decided on unrounded numbers.

    Example:
        >>> verdict_of((0.0001, 0.2)), verdict_of((0.0, 0.2)), verdict_of((-0.2, -0.0001))
        ('better', 'not told apart', 'worse')
    """
    low, high = ends
    return "better" if low > 0 else "worse" if high < 0 else "not told apart"


def compare(
    one: Evaluation,
    other: Evaluation,
    resample: Literal["classes", "queries"] | None = None,
    keys: Sequence[str] | None = None,
    samples: int = 10_000,
    seed: int = 0,
) -> Comparison:
    """Do what `Evaluation.compare` says."""
    check_count("samples", samples)
    check_index("seed", seed)
    keys = common_keys([one, other], keys)
    classes = common_classes([one, other])
    if resample is None:
        resample = "queries" if classes is None else "classes"
    check_one_of("resample", resample, ("classes", "queries"))
    if resample == "queries":
        classes = None
    elif classes is None:
        raise ValueError("`resample`: got 'classes', expected evaluations that know them, or 'queries'")
    differences = np.stack([one.per_query[key] - other.per_query[key] for key in keys], axis=1)  # (Q, K)
    found = cluster_bootstrap(differences, np.arange(len(one)) if classes is None else classes, samples, seed)
    halves, halves_together = (
        _half_widths(found.error, found.misses, level) for level in (0.95, level_of_each(found.misses))
    )
    with np.errstate(divide="ignore"):  # a difference without any spread is infinitely many errors away from 0
        observed = np.divide(np.abs(found.mean), found.error, out=np.zeros_like(found.mean), where=found.mean != 0)
    p_values = (1 + (found.misses >= observed).sum(axis=0)) / (1 + samples)
    return Comparison(
        dict(zip(keys, found.mean.tolist(), strict=True)),
        _ends(keys, found.mean, halves),
        _ends(keys, found.mean, halves_together),
        dict(zip(keys, np.where(np.isnan(found.mean), np.nan, p_values).tolist(), strict=True)),
        f"{sample_note(classes, len(one))} Each is one network: of other seeds this says nothing.",
    )


def common_keys(evaluations: Sequence[Evaluation], keys: Sequence[str] | None) -> list[str]:
    """Return the keys to compare: those of all evaluations, or the given ones of them.

    Raises:
        ValueError: other numbers of queries, or a key that one of them lacks, or none.
    """
    first = evaluations[0]
    for each in evaluations[1:]:
        if len(each) != len(first):
            raise ValueError(f"`other`: got {len(each)} queries, expected {len(first)}, the same queries in both")
    common = [key for key in first.per_query if all(key in each.per_query for each in evaluations)]
    if not common:
        other = list(evaluations[-1].per_query)
        raise ValueError(f"`other`: got the keys {other}, expected some of {list(first.per_query)}")
    if keys is None:
        return common
    if not isinstance(keys, list | tuple) or not keys or any(str(key) not in common for key in keys):
        raise ValueError(f"`keys`: got {keys!r}, expected some of {common}")
    return list(dict.fromkeys(keys))


def common_classes(evaluations: Sequence[Evaluation]) -> NDArray[np.integer[Any]] | None:
    """Return the classes of the queries, None where one of the evaluations does not know them.

    Raises:
        ValueError: they differ.
    """
    known = [each.classes for each in evaluations if each.classes is not None]
    if any(not np.array_equal(classes, known[0]) for classes in known):
        raise ValueError("`other`: got queries of other classes, expected the same queries in both")
    return known[0] if len(known) == len(evaluations) else None


def sample_note(classes: NDArray[np.integer[Any]] | None, queries: int) -> str:
    """Say what was taken for a sample, classes or else queries, and warn of a small one."""
    if classes is None:
        count, text = queries, "queries, taken to be independent, which those of one class are not."
    else:
        count, text = len(np.unique(classes)), "classes with all their queries, taken for a sample of all classes."
    few = f" With fewer than {_FEW} an interval may hold less often than it says." if count < _FEW else ""
    return f"Sample: {count} {text}{few}"


def _half_widths(error: NDArray[np.float64], misses: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Return `(K,)` half widths of intervals: the quantile of the misses times the standard error."""
    quantile = np.quantile(misses, level, axis=0, method="higher")
    return np.where(error == 0, 0.0, np.where(np.isinf(error), np.inf, quantile) * error)


def _ends(keys: Sequence[str], mean: NDArray[np.float64], half: NDArray[np.float64]) -> dict[str, Ends]:
    return {key: (float(m - h), float(m + h)) for key, m, h in zip(keys, mean, half, strict=True)}
