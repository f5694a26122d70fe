"""Answers to the exercise `prefix_linear_part` by readers of the chapter."""

import bisect
import itertools

import numpy as np
import torch


def right_prefix_sums(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    border = rows.double() + delta
    start = torch.searchsorted(c, border, right=True)
    number = len(c) - start
    return rho * (sums[-1] - sums[start] - number * border)


def right_suffix_sums(rows, columns, rho, delta):
    c = columns.to(torch.float64)
    suffix = torch.cat([c.flip(0).cumsum(0).flip(0), torch.zeros(1).double()])
    threshold = rows.to(torch.float64) + delta
    start = torch.bucketize(threshold, c, right=True)
    return rho * (suffix[start] - (len(c) - start) * threshold)


def right_python(rows, columns, rho, delta):
    c = columns.tolist()
    sums = [0.0, *itertools.accumulate(c)]
    result = []
    for row in rows.tolist():
        start = bisect.bisect_right(c, row + delta)
        number = len(c) - start
        result.append(rho * ((sums[-1] - sums[start]) - number * (row + delta)))
    return torch.tensor(result)


def right_numpy(rows, columns, rho, delta):
    c = columns.numpy().astype(np.float64)
    border = rows.numpy().astype(np.float64) + delta
    sums = np.concatenate([[0.0], np.cumsum(c)])
    start = np.searchsorted(c, border, side="right")
    return torch.from_numpy(rho * (sums[-1] - sums[start] - (len(c) - start) * border))


def right_around_the_mean(rows, columns, rho, delta):
    # the sum of the distances from any fixed point will do
    centre = columns.double().mean()
    c = columns.double() - centre
    border = rows.double() + delta - centre
    sums = torch.zeros(len(c) + 1, dtype=torch.float64)
    sums[1:] = torch.cumsum(c, dim=0)
    start = torch.searchsorted(c, border)
    above = sums[-1] - sums[start]
    return torch.addcmul(above, border, (start - len(c)).double()).mul(rho)


# Takes the cumulative sum in float32, which loses digits with many columns.
def wrong_sum_in_float32(rows, columns, rho, delta):
    sums = torch.nn.functional.pad(columns.cumsum(dim=0), (1, 0))
    border = rows + delta
    start = torch.searchsorted(columns, border, right=True)
    return rho * (sums[-1] - sums[start] - (len(columns) - start) * border)


# Converts to float64 only after the cumulative sum: the digits are gone already.
def wrong_double_too_late(rows, columns, rho, delta):
    sums = torch.nn.functional.pad(columns.cumsum(dim=0).double(), (1, 0))
    border = rows.double() + delta
    start = torch.searchsorted(columns.double(), border, right=True)
    return rho * (sums[-1] - sums[start] - (len(columns) - start) * border)


# Builds the table of all pairs, which the exercise rules out.
def wrong_table_of_pairs(rows, columns, rho, delta):
    t = columns.double()[None, :] - rows.double()[:, None] - delta
    return rho * t.clamp(min=0).sum(dim=1)


# Goes through all columns for each row: the table of pairs, one row at a time.
def wrong_pairs_row_by_row(rows, columns, rho, delta):
    c = columns.double()
    return torch.stack([rho * (c - row.double() - delta).clamp(min=0).sum() for row in rows])


# Sums the columns below the border instead of those beyond it.
def wrong_columns_below(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    border = rows.double() + delta
    start = torch.searchsorted(c, border, right=True)
    return rho * (sums[start] - start * border)


# Forgets δ in the sum; it only decides which columns count.
def wrong_delta_only_in_the_search(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    start = torch.searchsorted(c, rows.double() + delta, right=True)
    return rho * (sums[-1] - sums[start] - (len(c) - start) * rows.double())


# Forgets δ in the search: columns between s_k and s_k + δ count with a negative part.
def wrong_delta_not_in_the_search(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    start = torch.searchsorted(c, rows.double(), right=True)
    border = rows.double() + delta
    return rho * (sums[-1] - sums[start] - (len(c) - start) * border)


# Searches at s_k − δ instead of s_k + δ.
def wrong_sign_of_delta(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    border = rows.double() - delta
    start = torch.searchsorted(c, border, right=True)
    return rho * (sums[-1] - sums[start] - (len(c) - start) * border)


# Forgets ρ.
def wrong_without_rho(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    border = rows.double() + delta
    start = torch.searchsorted(c, border, right=True)
    return sums[-1] - sums[start] - (len(c) - start) * border


# Subtracts the border once instead of once for each column beyond it.
def wrong_border_once(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    border = rows.double() + delta
    start = torch.searchsorted(c, border, right=True)
    return rho * (sums[-1] - sums[start] - border)


# Subtracts the border for every column, those below it too.
def wrong_all_columns_counted(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    border = rows.double() + delta
    start = torch.searchsorted(c, border, right=True)
    return rho * (sums[-1] - sums[start] - len(c) * border)


# Takes the cumulative sum without the leading 0, so the first column beyond the border is lost.
def wrong_no_leading_zero(rows, columns, rho, delta):
    c = columns.double()
    sums = c.cumsum(dim=0)
    border = rows.double() + delta
    start = torch.searchsorted(c, border, right=True)
    above = sums[-1] - sums[start.clamp(max=len(c) - 1)]
    return rho * (above - (len(c) - start) * border)


# Looks up `sums[start - 1]`: where all columns lie beyond, −1 is the last sum.
def wrong_minus_one_wraps(rows, columns, rho, delta):
    c = columns.double()
    sums = c.cumsum(dim=0)
    border = rows.double() + delta
    start = torch.searchsorted(c, border, right=True)
    return rho * (sums[-1] - sums[start - 1] - (len(c) - start) * border)


# Counts one column too few.
def wrong_one_too_few(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    border = rows.double() + delta
    start = torch.searchsorted(c, border, right=True)
    return rho * (sums[-1] - sums[start] - (len(c) - start - 1) * border)


# Searches the columns among the rows: the arguments of searchsorted the wrong way round.
def wrong_search_the_wrong_way(rows, columns, rho, delta):
    r, c = rows.double() + delta, columns.double()
    start = torch.searchsorted(r.sort().values, c)
    return rho * (c - r[start.clamp(max=len(r) - 1)]).clamp(min=0)


# Sorts the rows for the search and returns the sums in that order.
def wrong_rows_in_another_order(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    border = rows.double().sort().values + delta
    start = torch.searchsorted(c, border, right=True)
    return rho * (sums[-1] - sums[start] - (len(c) - start) * border)


# Takes the mean over the columns beyond the border instead of the sum.
def wrong_mean(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    border = rows.double() + delta
    start = torch.searchsorted(c, border, right=True)
    number = len(c) - start
    return rho * ((sums[-1] - sums[start]) / number.clamp(min=1) - border) * (number > 0)


# Adds up the columns of each row anew: no table, but a whole sum for every row.
def wrong_sum_for_every_row(rows, columns, rho, delta):
    c = columns.double()
    result = []
    for row in rows.double():
        start = torch.searchsorted(c, row + delta, right=True)
        result.append(rho * (c[start:].sum() - (len(c) - start) * (row + delta)))
    return torch.stack(result)


# Multiplies only the sum of the columns by ρ: the brackets are lost.
def wrong_brackets(rows, columns, rho, delta):
    c = columns.double()
    sums = torch.nn.functional.pad(c.cumsum(dim=0), (1, 0))
    border = rows.double() + delta
    start = torch.searchsorted(c, border, right=True)
    return rho * (sums[-1] - sums[start]) - (len(c) - start) * border


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "search_the_wrong_way",
    "off-by-one": "no_leading_zero minus_one_wraps one_too_few",
    "sign": "sign_of_delta",
    "order": "rows_in_another_order",
    "prefix": "columns_below border_once all_columns_counted",
    "rounding": "sum_in_float32 double_too_late",
    "line": "delta_only_in_the_search delta_not_in_the_search",
    "product": "without_rho brackets",
    "normaliser": "mean",
    "forbidden": "table_of_pairs pairs_row_by_row sum_for_every_row",
}
