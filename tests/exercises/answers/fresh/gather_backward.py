"""Answers to the exercise `gather_backward` by readers of the chapter."""

import numpy as np
import torch


def right_slice(gradient, rank, world_size):
    own = len(gradient) // world_size
    return world_size * gradient[rank * own : (rank + 1) * own]


def right_chunk(gradient, rank, world_size):
    return gradient.chunk(world_size)[rank] * world_size


def right_reshape(gradient, rank, world_size):
    return gradient.reshape(world_size, -1, gradient.shape[1])[rank].mul(world_size)


def right_loops(gradient, rank, world_size):
    own = gradient.shape[0] // world_size
    rows = []
    for i in range(own):
        row = torch.zeros_like(gradient[0])
        for _ in range(world_size):  # each process has computed the same
            row += gradient[rank * own + i]
        rows.append(row)
    return torch.stack(rows)


def right_selection_matrix(gradient, rank, world_size):
    own = len(gradient) // world_size
    pick = torch.eye(len(gradient), dtype=gradient.dtype).split(own)[rank]
    return torch.einsum("ib,bd->id", world_size * pick, gradient)


def right_numpy(gradient, rank, world_size):
    parts = np.split(gradient.detach().numpy(), world_size)
    return torch.from_numpy(parts[rank] * world_size)


# Forgets that the averaging afterwards divides by W.
def wrong_no_factor(gradient, rank, world_size):
    own = len(gradient) // world_size
    return gradient[rank * own : (rank + 1) * own]


# Divides by W, which the averaging will do anyway.
def wrong_divided(gradient, rank, world_size):
    return gradient.chunk(world_size)[rank] / world_size


# Takes every W-th row, as if the images were dealt out in turn.
def wrong_every_wth_row(gradient, rank, world_size):
    return world_size * gradient[rank::world_size]


# Passes the rows of all processes back.
def wrong_all_rows(gradient, rank, world_size):
    return world_size * gradient


# Keeps all rows and puts zeros where the images of the others are.
def wrong_zeros_for_the_others(gradient, rank, world_size):
    own = len(gradient) // world_size
    result = torch.zeros_like(gradient)
    here = slice(rank * own, (rank + 1) * own)
    result[here] = world_size * gradient[here]
    return result


# Always takes the first rows, whatever the rank.
def wrong_rank_ignored(gradient, rank, world_size):
    return world_size * gradient[: len(gradient) // world_size]


# Counts ranks from 1.
def wrong_rank_from_one(gradient, rank, world_size):
    own = len(gradient) // world_size
    return world_size * gradient[(rank - 1) * own : rank * own]


# Multiplies the rank by W instead of by the number of its rows.
def wrong_start(gradient, rank, world_size):
    own = len(gradient) // world_size
    return world_size * gradient[rank * world_size : rank * world_size + own]


# Adds the rows of the processes up, as a reduce-scatter of different gradients would.
def wrong_sum_over_processes(gradient, rank, world_size):
    return gradient.reshape(world_size, -1, gradient.shape[1]).sum(dim=0)


# Averages the rows of the processes.
def wrong_mean_over_processes(gradient, rank, world_size):
    return gradient.reshape(world_size, -1, gradient.shape[1]).mean(dim=0)


# Cuts along the dimensions of the embedding instead of along the images.
def wrong_axis(gradient, rank, world_size):
    return world_size * gradient.chunk(world_size, dim=1)[rank]


# Multiplies by the number of its own rows instead of the number of processes.
def wrong_factor_of_rows(gradient, rank, world_size):
    own = len(gradient) // world_size
    return own * gradient[rank * own : (rank + 1) * own]


# Multiplies by the rank, so process 0 passes back nothing.
def wrong_factor_of_rank(gradient, rank, world_size):
    own = len(gradient) // world_size
    return rank * gradient[rank * own : (rank + 1) * own]


# Changes the gradient that was handed in.
def wrong_in_place(gradient, rank, world_size):
    gradient *= world_size
    return gradient.chunk(world_size)[rank]


# Multiplies by W − 1, the number of the other processes.
def wrong_other_processes(gradient, rank, world_size):
    own = len(gradient) // world_size
    return (world_size - 1) * gradient[rank * own : (rank + 1) * own]


# Takes pieces of W rows instead of W pieces.
def wrong_pieces_of_w_rows(gradient, rank, world_size):
    return world_size * gradient.split(world_size)[rank]


# Divides by `/` and uses the result as an index, which is no whole number.
def wrong_float_index(gradient, rank, world_size):
    own = len(gradient) / world_size
    return world_size * gradient[rank * own : (rank + 1) * own]


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "exception": "axis pieces_of_w_rows float_index",
    "shape": "all_rows zeros_for_the_others rank_from_one start",
    "pieces": "every_wth_row rank_ignored",
    "sum": "sum_over_processes mean_over_processes",
    "product": "no_factor factor_of_rows factor_of_rank other_processes",
    "normaliser": "divided",
    "in-place": "in_place",
}
