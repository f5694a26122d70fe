"""Answers to the exercise `unit_norm` by readers of the chapter."""

import numpy as np
import torch
import torch.nn.functional as F


def right_mask(embeddings):
    norms = embeddings.norm(dim=1, keepdim=True)
    norms = torch.where(norms == 0, torch.ones_like(norms), norms)
    return embeddings / norms


def right_loops(embeddings):
    out = torch.zeros_like(embeddings)
    for i in range(embeddings.shape[0]):
        norm = sum(float(x) ** 2 for x in embeddings[i]) ** 0.5
        if norm > 0:
            for j in range(embeddings.shape[1]):
                out[i, j] = embeddings[i, j] / norm
    return out


def right_library(embeddings):
    return F.normalize(embeddings, p=2, dim=1)


def right_numpy(embeddings):
    rows = embeddings.detach().numpy()
    norms = np.linalg.norm(rows, axis=1)
    norms[norms == 0] = 1
    return torch.from_numpy(rows / norms[:, None])


def right_einsum(embeddings):
    squares = torch.einsum("nd,nd->n", embeddings, embeddings)
    inverse = squares.masked_fill(squares == 0, 1.0).rsqrt()
    return torch.einsum("nd,n->nd", embeddings, inverse)


def right_nan_to_num(embeddings):
    return (embeddings / embeddings.norm(dim=1)[:, None]).nan_to_num(0.0)


# A row of zeros is divided by 0 and becomes NaN.
def wrong_zero_row_is_nan(embeddings):
    return embeddings / embeddings.norm(dim=1, keepdim=True)


# One norm is taken of the whole matrix, not one of each row.
def wrong_norm_of_the_matrix(embeddings):
    norm = embeddings.norm()
    return embeddings / norm if norm > 0 else embeddings


# The columns get norm 1, not the rows.
def wrong_columns(embeddings):
    norms = embeddings.norm(dim=0, keepdim=True)
    return embeddings / norms.clamp(min=1e-12)


# The square root is forgotten: each row is divided by its squared norm.
def wrong_no_root(embeddings):
    squares = (embeddings**2).sum(dim=1, keepdim=True)
    return embeddings / squares.masked_fill(squares == 0, 1)


# The sum of absolute values is taken for the norm.
def wrong_l1(embeddings):
    sizes = embeddings.abs().sum(dim=1, keepdim=True)
    return embeddings / sizes.clamp(min=1e-12)


# The largest entry is taken for the norm.
def wrong_largest_entry(embeddings):
    largest = embeddings.abs().max(dim=1, keepdim=True).values
    return embeddings / torch.where(largest > 0, largest, 1.0)


# The plain sum of a row is taken for its norm: the entries are not squared.
def wrong_plain_sum(embeddings):
    totals = embeddings.sum(dim=1, keepdim=True)
    return torch.where(totals != 0, embeddings / totals, embeddings)


# Against the division by 0 the norm is clamped at 1, so short rows stay short.
def wrong_clamped_at_one(embeddings):
    return embeddings / embeddings.norm(dim=1, keepdim=True).clamp(min=1)


# Against the division by 0 something is added to every norm, so that no row has norm 1.
def wrong_added_one(embeddings):
    return embeddings / (embeddings.norm(dim=1, keepdim=True) + 1)


# The norms have lost their dimension, so they divide the columns (where the shapes let them).
def wrong_no_keepdim(embeddings):
    return embeddings / embeddings.norm(dim=1).clamp(min=1e-12)


# The tensor of the caller is changed.
def wrong_in_place(embeddings):
    norms = embeddings.norm(dim=1, keepdim=True)
    norms[norms == 0] = 1
    embeddings /= norms
    return embeddings


# The mean is taken off first, which was not asked here.
def wrong_centred(embeddings):
    return F.normalize(embeddings - embeddings.mean(dim=0), dim=1)


# The rows of zeros are dropped.
def wrong_zero_rows_dropped(embeddings):
    norms = embeddings.norm(dim=1)
    keep = norms > 0
    return embeddings[keep] / norms[keep][:, None]


# A row of zeros is made to point somewhere.
def wrong_zero_row_gets_a_direction(embeddings):
    shifted = embeddings + 1e-9
    return shifted / shifted.norm(dim=1, keepdim=True)


# The standard deviation is taken for the norm.
def wrong_standardised(embeddings):
    spread = embeddings.std(dim=1, keepdim=True)
    return embeddings / spread.masked_fill(spread == 0, 1)


# The norms are returned, not the rows.
def wrong_returns_norms(embeddings):
    return embeddings.norm(dim=1)


# The result is printed, not returned.
def wrong_printed(embeddings):
    print(F.normalize(embeddings, dim=1))


# A softmax makes each row sum to 1, which is another thing than norm 1.
def wrong_softmax(embeddings):
    return embeddings.softmax(dim=1)


def right_root_of_squares(embeddings):
    squares = (embeddings * embeddings).sum(dim=1, keepdim=True)
    return embeddings / squares.clamp(min=1e-24).sqrt()


# Short rows are kept from norm 1 by a clamp that is not small enough.
def wrong_clamped_at_a_tenth(embeddings):
    return embeddings / embeddings.norm(dim=1, keepdim=True).clamp(min=0.1)


# One row of zeros, and nothing at all is normalised.
def wrong_all_or_nothing(embeddings):
    norms = embeddings.norm(dim=1, keepdim=True)
    if (norms == 0).any():
        return embeddings
    return embeddings / norms


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "no-return": "printed",
    "exception": "no_keepdim",
    "shape": "zero_rows_dropped returns_norms",
    "non-finite": "zero_row_is_nan",
    "axis": "norm_of_the_matrix columns",
    "norm": "no_root l1 largest_entry plain_sum clamped_at_one added_one clamped_at_a_tenth",
    "in-place": "in_place",
    "wrong": "centred zero_row_gets_a_direction standardised softmax all_or_nothing",
}
