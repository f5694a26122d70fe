"""Chapter 16: the linear part of the step, by prefix sums."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Case, Exercise, Function, Mistake


def _linear(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
    sums = [sum(rho * (c - r - delta) for c in columns.tolist() if c - r > delta) for r in rows.tolist()]
    return torch.tensor(sums, dtype=torch.float64)


def _beyond(term: Function, chosen: Function) -> Function:
    """Return `Σ_j term` over the columns that `chosen` marks, of t = column − row."""

    def rule(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
        t = columns.double()[None, :] - rows.double()[:, None]  # (P, M)
        total: Tensor = (term(t, rho, delta) * chosen(t, delta)).sum(1)
        return total

    return rule


def _by_prefix(skip_sum: int, skip_count: int) -> Function:
    """Return the answer of prefix sums that are read some places too far, for the scores and for the count."""

    def rule(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
        prefix = torch.nn.functional.pad(columns.double().cumsum(0), (1, 0))
        at = torch.searchsorted(columns.double(), rows.double() + delta, right=True)
        size = len(columns)
        scores = prefix[-1] - prefix[(at + skip_sum).clamp(0, size)]
        count = (size - at - skip_count).clamp(0, size)
        return rho * (scores - (rows.double() + delta) * count)

    return rule


def _line(t: Tensor, rho: float, delta: float) -> Tensor:
    return rho * (t - delta)


def _past_delta(t: Tensor, delta: float) -> Tensor:
    return t > delta


def _once(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
    t = columns.double()[None, :] - rows.double()[:, None]  # (P, M)
    scores: Tensor = (columns.double() * (t > delta)).sum(1)
    return rho * (scores - rows.double() - delta)


def _scores_only(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
    t = columns.double()[None, :] - rows.double()[:, None]  # (P, M)
    scores: Tensor = (columns.double() * (t > delta)).sum(1)
    return rho * scores


_LONG = torch.linspace(0.3, 0.9, 6_001)

PREFIX_LINEAR_PART = Exercise(
    name="prefix_linear_part",
    arguments=("rows", "columns", "rho", "delta"),
    returns="(P,), one sum per row",
    truth=_linear,
    cases=(
        Case(
            "three rows, five columns",
            (torch.tensor([0.42, 0.1, 0.3]), torch.tensor([0.05, 0.2, 0.38, 0.5, 0.71]), 100.0, 0.05),
        ),
        Case(
            "another slope and threshold",
            (torch.tensor([-0.3, 0.25]), torch.tensor([-0.4, -0.22, 0.1, 0.33]), 10.0, 0.02),
        ),
        Case("a row above all columns", (torch.tensor([0.9, 0.2]), torch.tensor([0.1, 0.3, 0.6]), 100.0, 0.05)),
        Case("6,001 columns", (torch.tensor([0.8491, 0.8401, 0.2]), _LONG, 100.0, 0.05)),
    ),
    mistakes=(
        Mistake(
            "off-by-one",
            "The lowest column beyond δ is missing. The sum of all minus the sum of the first i leaves column i in; "
            "`cumsum` alone gives at place i the sum of the first i + 1.",
            _by_prefix(1, 1),
            "Put a 0 in front: `torch.nn.functional.pad(columns.cumsum(0), (1, 0))`.",
        ),
        Mistake(
            "off-by-one",
            "The count is right, but the lowest score beyond δ is missing from the sum: `cumsum` gives at place i the "
            "sum of the first i + 1. Put a 0 in front of it.",
            _by_prefix(1, 0),
            "`torch.nn.functional.pad(columns.cumsum(0), (1, 0))`",
        ),
        Mistake(
            "off-by-one",
            "One column too many: the last one that is not beyond δ is in your sums.",
            _by_prefix(-1, -1),
        ),
        Mistake(
            "sign",
            "You look at the columns below the row. Beyond δ are those with s_j − s_k > δ.",
            _beyond(lambda t, rho, delta: rho * (-t - delta), lambda t, delta: -t > delta),
        ),
        Mistake(
            "sign", "Every sum came out negative.", _beyond(lambda t, rho, delta: -_line(t, rho, delta), _past_delta)
        ),
        Mistake(
            "line",
            "The line starts at δ: each column adds ρ(t − δ), not ρt. Take (s_k + δ) as often as there are columns.",
            _beyond(lambda t, rho, delta: rho * t, _past_delta),
        ),
        Mistake(
            "line",
            "Only the columns with t > δ count. You sum from t = 0 on, so that those in between add less than 0.",
            _beyond(_line, lambda t, delta: t > 0),
        ),
        Mistake("product", "The slope ρ is missing.", _beyond(lambda t, rho, delta: t - delta, _past_delta)),
        Mistake(
            "prefix",
            "A prefix sum gives what lies *up to* δ. What lies beyond is the total minus that.",
            _beyond(_line, lambda t, delta: t <= delta),
        ),
        Mistake(
            "prefix",
            "s_k + δ is subtracted once. It is in every term, so it counts as often as there are columns beyond δ.",
            _once,
            "The count is `len(columns) - i`, with i from `torch.searchsorted`.",
        ),
        Mistake(
            "prefix",
            "That is ρ times the sum of the scores beyond δ. Each term is s_j − (s_k + δ): the second half is missing.",
            _scores_only,
        ),
        Mistake(
            "prefix",
            "You count the columns beyond δ. Each adds ρ(t − δ).",
            _beyond(lambda t, rho, delta: torch.ones_like(t), _past_delta),
        ),
    ),
    praise="One cumulative sum, one binary search per row, and thousands of columns cost nothing more: that is how the "
    "library sums the line of H⁻.",
    advice={
        "dtype": "Scores are floats, and so are their sums.",
    },
    further={
        "shape": "`torch.searchsorted(columns, rows + delta, right=True)` is `(P,)`; so is everything after it.",
        "wrong": "If the short lists come out right and 6,001 columns do not, look at the digits: a sum of thousands "
        "of float32 scores is good to 0.0002, and ρ makes that 100 times larger. Sum in float64: "
        "`columns.double().cumsum(0)`.",
    },
)
