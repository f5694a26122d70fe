"""Exercises of chapter 16: how many terms a rank loss has, and its linear part by prefix sums."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu.exercises.spec import Case, Exercise, Function, Reading


def _three(rule: Callable[[int, int, int], tuple[int, int, int]]) -> Function:
    """Turn three counts into the tensor that is asked for."""
    return lambda queries, positives, gallery: torch.tensor(rule(queries, positives, gallery), dtype=torch.float64)


TERMS = Exercise(
    name="terms",
    arguments=("queries", "positives", "gallery"),
    returns="(3,): terms of the dense form, terms of the direct form, items of the sorted one",
    truth=_three(lambda q, p, g: (q * g * g, q * p * (g - p), q * g)),
    cases=(
        Case("64 queries, a large gallery", (64, 5_000, 60_000)),
        Case("a batch of 256", (256, 3, 256)),
        Case("one query", (1, 2, 7)),
    ),
    readings=(
        Reading(
            "pairs",
            "The dense form looks at every pair of gallery items, k and j, for each query: Q·G·G. Yours has only Q·G.",
            _three(lambda q, p, g: (q * g, q * p * (g - p), q * g)),
        ),
        Reading(
            "pairs",
            "You left out the pairs of an item with itself. The dense form computes the whole G × G table, its "
            "diagonal included, and masks it afterwards.",
            _three(lambda q, p, g: (q * g * (g - 1), q * p * (g - p), q * g)),
        ),
        Reading(
            "pairs",
            "The direct form compares a positive with the negatives only, of which there are G − P. You compare it "
            "with the whole gallery.",
            _three(lambda q, p, g: (q * g * g, q * p * g, q * g)),
            "Positives are counted by a sort, exactly and without a surrogate: `rank⁺` needs no pairs.",
        ),
        Reading(
            "positives",
            "The direct form needs a sum for each *positive*: a rank of a negative enters no loss. Yours has a sum for "
            "every negative, against all negatives.",
            _three(lambda q, p, g: (q * g * g, q * (g - p) ** 2, q * g)),
        ),
        Reading(
            "sum",
            "The sorted form sees positives and negatives once each: P + (G − P) = G items a query. Their product is "
            "what it saves.",
            _three(lambda q, p, g: (q * g * g, q * p * (g - p), q * p * (g - p))),
        ),
        Reading(
            "sum",
            "Positives and negatives together are P + (G − P) = G items. You count the positives twice.",
            _three(lambda q, p, g: (q * g * g, q * p * (g - p), q * (p + g))),
        ),
        Reading(
            "sum",
            "The positives take part in the sort too, as the rows: P + (G − P) = G items a query.",
            _three(lambda q, p, g: (q * g * g, q * p * (g - p), q * (g - p))),
        ),
        Reading(
            "product",
            "These are the numbers of one query. Multiply each by Q.",
            _three(lambda q, p, g: (g * g, p * (g - p), g)),
        ),
        Reading(
            "order",
            "The right numbers, from the smallest to the largest. Asked are dense, direct, sorted.",
            _three(lambda q, p, g: (q * g, q * p * (g - p), q * g * g)),
        ),
    ),
    praise="Two factors of G become one, and then none but the reading of the scores: that is the whole chapter.",
    advice={
        "type": "Return three numbers as one tensor: `torch.tensor([dense, direct, items])`.",
        "shape": "Three numbers are asked for: `torch.tensor([dense, direct, items])`.",
    },
    floating=False,
    rtol=1e-9,
)


def _linear(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
    sums = [sum(rho * (c - r - delta) for c in columns.tolist() if c - r > delta) for r in rows.tolist()]
    return torch.tensor(sums, dtype=torch.float64)


def _beyond(term: Function, chosen: Function) -> Function:
    """Return ``Σ_j term`` over the columns that ``chosen`` marks, of t = column − row."""

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
    readings=(
        Reading(
            "off-by-one",
            "The lowest column beyond δ is missing. The sum of all minus the sum of the first i leaves column i in; "
            "`cumsum` alone gives at place i the sum of the first i + 1.",
            _by_prefix(1, 1),
            "Put a 0 in front: `torch.nn.functional.pad(columns.cumsum(0), (1, 0))`.",
        ),
        Reading(
            "off-by-one",
            "The count is right, but the lowest score beyond δ is missing from the sum: `cumsum` gives at place i the "
            "sum of the first i + 1. Put a 0 in front of it.",
            _by_prefix(1, 0),
            "`torch.nn.functional.pad(columns.cumsum(0), (1, 0))`",
        ),
        Reading(
            "off-by-one",
            "One column too many: the last one that is not beyond δ is in your sums.",
            _by_prefix(-1, -1),
        ),
        Reading(
            "sign",
            "You look at the columns below the row. Beyond δ are those with s_j − s_k > δ.",
            _beyond(lambda t, rho, delta: rho * (-t - delta), lambda t, delta: -t > delta),
        ),
        Reading(
            "sign", "Every sum came out negative.", _beyond(lambda t, rho, delta: -_line(t, rho, delta), _past_delta)
        ),
        Reading(
            "line",
            "The line starts at δ: each column adds ρ(t − δ), not ρt. Take (s_k + δ) as often as there are columns.",
            _beyond(lambda t, rho, delta: rho * t, _past_delta),
        ),
        Reading(
            "line",
            "Only the columns with t > δ count. You sum from t = 0 on, so that those in between add less than 0.",
            _beyond(_line, lambda t, delta: t > 0),
        ),
        Reading("product", "The slope ρ is missing.", _beyond(lambda t, rho, delta: t - delta, _past_delta)),
        Reading(
            "prefix",
            "A prefix sum gives what lies *up to* δ. What lies beyond is the total minus that.",
            _beyond(_line, lambda t, delta: t <= delta),
        ),
        Reading(
            "prefix",
            "s_k + δ is subtracted once. It is in every term, so it counts as often as there are columns beyond δ.",
            _once,
            "The count is `len(columns) - i`, with i from `torch.searchsorted`.",
        ),
        Reading(
            "prefix",
            "That is ρ times the sum of the scores beyond δ. Each term is s_j − (s_k + δ): the second half is missing.",
            _scores_only,
        ),
        Reading(
            "prefix",
            "You count the columns beyond δ. Each adds ρ(t − δ).",
            _beyond(lambda t, rho, delta: torch.ones_like(t), _past_delta),
        ),
    ),
    praise="One cumulative sum, one binary search per row, and thousands of columns cost nothing more: that is how the "
    "library sums the line of H⁻.",
    advice={
        "shape": "`torch.searchsorted(columns, rows + delta, right=True)` is `(P,)`; so is everything after it.",
        "wrong": "If the short lists come out right and 6,001 columns do not, look at the digits: a sum of thousands "
        "of float32 scores is good to 0.0002, and ρ makes that 100 times larger. Sum in float64: "
        "`columns.double().cumsum(0)`.",
        "dtype": "Scores are floats, and so are their sums.",
    },
)

EXERCISES = (TERMS, PREFIX_LINEAR_PART)
