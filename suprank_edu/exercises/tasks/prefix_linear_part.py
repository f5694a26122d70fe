"""Chapter 18: the linear part of the step, by prefix sums."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Hint, Mistake, case
from suprank_edu.exercises.engine.watch import made_by


def _linear(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
    sums = [sum(rho * (c - r - delta) for c in columns.tolist() if c - r > delta) for r in rows.tolist()]
    return torch.tensor(sums, dtype=torch.float64)


def _beyond(term: Function, chosen: Function) -> Function:
    """Return `Σ_j term` over the columns that `chosen` marks, of t = column − row."""

    def rule(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
        t = columns.double()[None, :] - rows.double()[:, None]  # (P, M)
        return (term(t, rho, delta) * chosen(t, delta)).sum(1)

    return rule


def _line(t: Tensor, rho: float, delta: float) -> Tensor:
    return rho * (t - delta)


def _past_delta(t: Tensor, delta: float) -> Tensor:
    return t > delta


def _edge(rows: Tensor, delta: float) -> Tensor:
    return rows + delta


def _rest(size: int, start: Tensor) -> Tensor:
    return size - start


def _prefix(border: Function = _edge, skip: int = 0, count: Function = _rest) -> Function:
    """Return prefix sums with another place of the border, read too far, or with another number of columns beyond."""

    def rule(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
        size, edge = len(columns), border(rows.double(), delta)
        prefix = torch.nn.functional.pad(columns.double().cumsum(0), (1, 0))
        start = torch.searchsorted(columns.double(), edge, right=True)
        return rho * (prefix[-1] - prefix[(start + skip).clamp(0, size)] - count(size, start) * edge)

    return rule


def _from_sums(term: Function) -> Function:
    """Return a mistake from the sum of the scores beyond δ, their count, s_k + δ, and ρ."""

    def rule(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
        beyond = columns.double()[None, :] - rows.double()[:, None] > delta  # (P, M)
        return term((columns.double() * beyond).sum(1), beyond.sum(1), rows.double() + delta, rho)

    return rule


def _last_for_none(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
    """Read the prefix sums at −1, the last one, where all columns lie beyond δ."""
    sums = columns.double().cumsum(0)
    start = torch.searchsorted(columns.double(), rows.double() + delta, right=True)
    return rho * (sums[-1] - sums[start - 1] - (len(columns) - start) * (rows.double() + delta))


def _rounded(after: torch.dtype, search: torch.dtype) -> Function:
    """Return the answer of prefix sums in float32; what follows, and the search, may be in float64, too late."""

    def rule(rows: Tensor, columns: Tensor, rho: float, delta: float) -> Tensor:
        prefix = torch.nn.functional.pad(columns.float().cumsum(0), (1, 0))
        prefix, edge = prefix.to(after), rows.to(after) + delta
        start = torch.searchsorted(columns.to(search), rows.to(search) + delta, right=True)
        result: Tensor = rho * (prefix[-1] - prefix[start] - (len(columns) - start) * edge)
        return result.double()

    return rule


def _compares_all_pairs(call: Function, rows: Tensor, columns: Tensor, rho: float, delta: float) -> Hint | None:
    """Tell a table of all pairs, at once or row by row, where one sum over the columns would do."""
    pairs, few = len(rows) * len(columns), len(rows) + len(columns) + 2
    if pairs < 20 * few:  # short lists: a table is no larger than what a prefix sum needs
        return None
    made = made_by(call)
    if made.largest >= pairs:
        seen = (
            f"a table of all pairs was made: {made.largest:,} numbers for {len(rows)} rows and {len(columns):,} columns"
        )
    elif made.total >= pairs / 2:
        seen = "you go through the columns again for each row, which is the table of all pairs, one row after another"
    else:
        return None
    return Hint(
        "forbidden",
        f"The sums are right, but {seen}. The columns are sorted: what do the sums of two rows share?",
        "Sum the columns once, cumulatively, and look up for each row where its columns begin.",
    )


_FLOAT32 = (
    "Right on short lists, and lost in the digits on long ones: a float32 sum of thousands of scores is good to "
    "0.0002, the difference of two of them is small, and ρ makes the error 100 times larger."
)

_FLOAT32_MORE = "Sum in float64: `columns.double().cumsum(0)`."

_LONG = torch.linspace(0.3, 0.9, 6_001)

PREFIX_LINEAR_PART = Exercise(
    name="prefix_linear_part",
    arguments=("rows", "columns", "rho", "delta"),
    returns="(P,), one sum per row",
    truth=_linear,
    cases=(
        case("three rows, five columns", [0.42, 0.1, 0.3], [0.05, 0.2, 0.38, 0.5, 0.71], 100.0, 0.05),
        case("another slope and threshold", [-0.3, 0.25], [-0.4, -0.22, 0.1, 0.33], 10.0, 0.02),
        case("a row above all columns", [0.9, 0.2], [0.1, 0.3, 0.6], 100.0, 0.05),
        case("6,001 columns", [0.8491, 0.8401, 0.2], _LONG, 100.0, 0.05),
        case(
            "twelve rows near the top of 4,001 columns",
            *(torch.linspace(0.848, 0.842, 12), torch.linspace(0.1, 0.9, 4_001), 100.0, 0.05),
        ),
        case(
            "thirty rows, some of them below all 600 columns",
            *(torch.linspace(0.3, -0.2, 30), torch.linspace(0.1, 0.9, 600), 10.0, 0.02),
        ),
    ),
    mistakes=(
        Mistake(
            "off-by-one",
            "The lowest column beyond δ is missing. The sum of all minus the sum of the first i leaves column i in; "
            "`cumsum` alone gives at place i the sum of the first i + 1.",
            _prefix(skip=1, count=lambda size, start: (size - start - 1).clamp(min=0)),
            "Put a 0 in front: `torch.nn.functional.pad(columns.cumsum(0), (1, 0))`.",
        ),
        Mistake(
            "off-by-one",
            "The count is right, but the lowest score beyond δ is missing from the sum: `cumsum` gives at place i the "
            "sum of the first i + 1. Put a 0 in front of it.",
            _prefix(skip=1),
            "`torch.nn.functional.pad(columns.cumsum(0), (1, 0))`",
        ),
        Mistake(
            "off-by-one",
            "One column too many: the last one that is not beyond δ is in your sums.",
            _prefix(skip=-1, count=lambda size, start: (size - start + 1).clamp(max=size)),
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
            _from_sums(lambda scores, count, edge, rho: rho * (scores - edge)),
            "The count is `len(columns) - i`, with i from `torch.searchsorted`.",
        ),
        Mistake(
            "prefix",
            "That is ρ times the sum of the scores beyond δ. Each term is s_j − (s_k + δ): the second half is missing.",
            _from_sums(lambda scores, count, edge, rho: rho * scores),
        ),
        Mistake(
            "prefix",
            "You count the columns beyond δ. Each adds ρ(t − δ).",
            _beyond(lambda t, rho, delta: torch.ones_like(t), _past_delta),
        ),
        *(
            Mistake("rounding", _FLOAT32, _rounded(after, search), _FLOAT32_MORE)
            for after in (torch.float32, torch.float64)
            for search in (torch.float32, torch.float64)
        ),
        Mistake(
            "sign",
            "You take s_k − δ for the border. Beyond δ are those with s_j > s_k + δ.",
            _prefix(lambda rows, delta: rows - delta),
        ),
        Mistake(
            "prefix",
            "s_k + δ is subtracted for every column, those below it too. It counts for the columns beyond δ only.",
            _prefix(count=lambda size, start: size),
        ),
        Mistake(
            "off-by-one",
            "The sum is right, but you count one column too few beyond δ.",
            _prefix(count=lambda size, start: size - start - 1),
        ),
        Mistake(
            "off-by-one",
            "Where all columns lie beyond δ, you look up place −1, which is the last sum and not an empty one. Put a 0 "
            "in front.",
            _last_for_none,
        ),
        Mistake(
            "order",
            "The sums are right, but they come in the order of sorted rows. Return them in the order of `rows`.",
            lambda rows, columns, rho, delta: _linear(rows.sort().values, columns, rho, delta),
        ),
        Mistake(
            "normaliser",
            "That is a mean over the columns beyond δ. Asked is their sum.",
            _from_sums(lambda scores, count, edge, rho: rho * (scores - edge * count) / count.clamp(min=1)),
        ),
        Mistake(
            "product",
            "ρ multiplies the sum of the scores alone: the brackets are lost. It multiplies s_k + δ too.",
            _from_sums(lambda scores, count, edge, rho: rho * scores - edge * count),
        ),
    ),
    forbidden=_compares_all_pairs,
    praise="One cumulative sum, one binary search per row, and thousands of columns cost nothing more: that is how the "
    "library sums the line of H⁻.",
    advice={"dtype": "Scores are floats, and so are their sums."},
    further={"shape": "`torch.searchsorted(columns, rows + delta, right=True)` is `(P,)`; so is everything after it."},
)
