"""Answers to the exercise `heaviside` by readers of the chapter."""

import numpy as np
import torch


def right_comparison(t):
    return (t >= 0).to(t.dtype)


def right_library(t):
    return torch.heaviside(t, torch.ones_like(t))


def right_where(t):
    return torch.where(t < 0, torch.zeros_like(t), torch.ones_like(t))


def right_loops(t):
    values = [1.0 if x >= 0 else 0.0 for x in t.flatten().tolist()]
    return torch.tensor(values, dtype=t.dtype).reshape(t.shape)


def right_numpy(t):
    return torch.from_numpy(np.where(t.detach().numpy() >= 0, 1, 0)).to(t.dtype)


def right_sign(t):
    return (torch.sign(t) + 1).clamp(max=1)


def right_copy_filled(t):
    out = t.clone()
    out[t >= 0] = 1
    out[t < 0] = 0
    return out


# Nothing is counted at 0: > is taken for ≥.
def wrong_strict(t):
    return torch.where(t > 0, 1.0, 0.0).to(t.dtype)


# A tie counts one half.
def wrong_half_at_zero(t):
    return (torch.sign(t) + 1) / 2


# The step is turned round: 1 below 0.
def wrong_reversed(t):
    return (t <= 0).to(t.dtype)


# The result is True and False, not numbers of the dtype of t.
def wrong_bool(t):
    return t >= 0


# The result is in whole numbers, not in the dtype of t.
def wrong_int(t):
    return (t >= 0).int()


# The result is float32 whatever the dtype of t.
def wrong_single_precision(t):
    return (t >= 0).float()


# The sign is returned: −1 below 0.
def wrong_sign(t):
    return torch.where(t >= 0, 1.0, -1.0).to(t.dtype)


# t itself is returned above 0, as a ReLU does.
def wrong_relu(t):
    return t.clamp(min=0)


# Divided by its own size, t gives NaN at 0.
def wrong_nan_at_zero(t):
    return (t / t.abs() + 1) / 2


# A steep sigmoid is taken for the step: one half at 0, and something in between near it.
def wrong_steep_sigmoid(t):
    return torch.sigmoid(1000 * t)


# One `if` for the whole tensor: works for a single number alone.
def wrong_if(t):
    if t >= 0:
        return torch.ones_like(t)
    return torch.zeros_like(t)


# The tensor of the caller is overwritten.
def wrong_in_place(t):
    mask = t >= 0
    t[mask] = 1
    t[~mask] = 0
    return t


# The result is overwritten while it is still compared: the zeros of the first line are ≥ 0 in the second.
def wrong_overwritten_in_order(t):
    out = t.clone()
    out[out < 0] = 0
    out[out >= 0] = 1
    return out


# The shape is lost.
def wrong_flat(t):
    return torch.tensor([float(x >= 0) for x in t.flatten()], dtype=t.dtype)


# −0.0 is taken for a negative number.
def wrong_sign_bit(t):
    return (~torch.signbit(t)).to(t.dtype)


# Small negative numbers are taken for ties.
def wrong_tolerance(t):
    return (t > -1e-4).to(t.dtype)


# Truncated, −0.5 becomes 0 and so counts.
def wrong_truncated(t):
    return (t.trunc() >= 0).to(t.dtype)


# 1 is reached only at t = 1.
def wrong_clamped(t):
    return t.clamp(0, 1)


# Nothing is returned.
def wrong_no_return(t):
    (t >= 0).to(t.dtype)


# A steep ramp is taken for the step: something in between just below 0.
def wrong_steep_ramp(t):
    return (1000 * t + 1).clamp(0, 1)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "no-return": "no_return",
    "exception": "if",
    "shape": "flat",
    "dtype": "bool int single_precision",
    "non-finite": "nan_at_zero",
    "ties": "strict half_at_zero",
    "sign": "reversed",
    "in-place": "in_place",
    "wrong": "sign relu steep_sigmoid overwritten_in_order sign_bit tolerance truncated clamped steep_ramp",
}
