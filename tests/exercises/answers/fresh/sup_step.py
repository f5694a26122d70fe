"""Answers to the exercise `sup_step` by readers of the chapter."""

import math

import torch


def right_where(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau)
    end = 1 / (1 + math.exp(-delta / tau)) + 0.5
    line = rho * (t - delta) + end
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, line))


def right_masks(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    low = (t < 0).to(t.dtype)
    high = (t > delta).to(t.dtype)
    middle = 1 - low - high
    end = torch.sigmoid(torch.tensor(delta / tau, dtype=t.dtype)) + 0.5
    curve = torch.sigmoid(t / tau)
    return low * curve + middle * (curve + 0.5) + high * (rho * (t - delta) + end)


def right_clamped(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    return torch.sigmoid(t.clamp(max=delta) / tau) + 0.5 * (t >= 0) + rho * torch.relu(t - delta)


def right_loops(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    pieces = []
    for x in t.reshape(-1):
        if x < 0:
            pieces.append(torch.sigmoid(x / tau))
        elif x <= delta:
            pieces.append(torch.sigmoid(x / tau) + 0.5)
        else:
            pieces.append(rho * (x - delta) + torch.sigmoid(torch.tensor(delta / tau, dtype=t.dtype)) + 0.5)
    return torch.stack(pieces).reshape(t.shape)


def right_filled(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    out = torch.empty_like(t)
    low, high = t < 0, t > delta
    middle = ~low & ~high
    out[low] = (t[low] / tau).sigmoid()
    out[middle] = (t[middle] / tau).sigmoid() + 0.5
    out[high] = rho * (t[high] - delta) + 0.5 + 1 / (1 + math.exp(-delta / tau))
    return out


def right_tanh(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = (1 + torch.tanh(t / (2 * tau))) / 2
    end = (1 + math.tanh(delta / (2 * tau))) / 2
    up_to_delta = curve + 0.5 * (t >= 0).to(t.dtype)
    return torch.where(t > delta, rho * (t - delta) + end + 0.5, up_to_delta)


# The gradient is cut off.
def wrong_detached(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    t = t.detach()
    end = torch.sigmoid(torch.tensor(delta / tau, dtype=t.dtype)) + 0.5
    curve = torch.sigmoid(t / tau)
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, rho * (t - delta) + end))


# The middle piece lacks its ½, so a tie counts one half.
def wrong_no_half(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau)
    end = 1 / (1 + math.exp(-delta / tau)) + 0.5
    return torch.where(t <= delta, curve, rho * (t - delta) + end)


# The middle piece starts above 0, so an exact tie counts one half.
def wrong_tie_below(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau)
    end = 1 / (1 + math.exp(-delta / tau)) + 0.5
    return torch.where(t <= 0, curve, torch.where(t <= delta, curve + 0.5, rho * (t - delta) + end))


# The line starts at 0 in height: it does not join the piece before it.
def wrong_line_from_zero(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau)
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, rho * (t - delta)))


# The line lacks the ½ of the piece before it, and so jumps down at delta.
def wrong_line_without_half(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau)
    end = 1 / (1 + math.exp(-delta / tau))
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, rho * (t - delta) + end))


# The line is measured from 0, not from delta: it is too high by rho times delta.
def wrong_line_from_the_origin(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau)
    end = 1 / (1 + math.exp(-delta / tau)) + 0.5
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, rho * t + end))


# Beyond delta the curve is flat: the line was forgotten.
def wrong_flat_beyond(t):
    tau = 0.01
    curve = torch.sigmoid(t / tau)
    return torch.where(t < 0, curve, curve + 0.5)


# The height at delta is the sigmoid of delta itself: tau is forgotten there.
def wrong_tau_forgotten_at_delta(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau)
    end = 1 / (1 + math.exp(-delta)) + 0.5
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, rho * (t - delta) + end))


# t is multiplied by tau, not divided.
def wrong_times_tau(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t * tau)
    end = 1 / (1 + math.exp(-delta * tau)) + 0.5
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, rho * (t - delta) + end))


# The line too is divided by tau: its slope is rho / tau.
def wrong_line_over_tau(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau)
    end = 1 / (1 + math.exp(-delta / tau)) + 0.5
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, rho * (t - delta) / tau + end))


# The logistic function is written with exp(−t/τ), which overflows: in float32 the gradient is NaN far below 0.
def wrong_overflow(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = 1 / (1 + torch.exp(-t / tau))
    end = 1 / (1 + math.exp(-delta / tau)) + 0.5
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, rho * (t - delta) + end))


# Below 0 the exact step is taken, so nothing pulls there.
def wrong_zero_below(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau) + 0.5
    end = 1 / (1 + math.exp(-delta / tau)) + 0.5
    return torch.where(t < 0, torch.zeros_like(t), torch.where(t <= delta, curve, rho * (t - delta) + end))


# The ½ is added below 0 as well.
def wrong_half_everywhere(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau) + 0.5
    end = 1 / (1 + math.exp(-delta / tau)) + 0.5
    return torch.where(t <= delta, curve, rho * (t - delta) + end)


# The published constant 1.44 stands for the height of the line: not where the piece before it ends.
def wrong_published_offset(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau)
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, rho * (t - delta) + 1.44))


# The curve goes on under the line: both are added beyond delta.
def wrong_curve_goes_on(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    end = 1 / (1 + math.exp(-delta / tau)) + 0.5
    out = torch.sigmoid(t / tau) + 0.5 * (t >= 0)
    return out + (t > delta) * (rho * (t - delta) + end)


# Through numpy: the gradient is lost.
def wrong_numpy(t):
    import numpy as np

    tau, rho, delta = 0.01, 100.0, 0.05
    x = t.detach().numpy()
    curve = 1 / (1 + np.exp(-x / tau))
    end = 1 / (1 + np.exp(-delta / tau)) + 0.5
    return torch.from_numpy(np.where(x < 0, curve, np.where(x <= delta, curve + 0.5, rho * (x - delta) + end)))


# One `if` for the whole tensor.
def wrong_if(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    if t < 0:
        return torch.sigmoid(t / tau)
    if t <= delta:
        return torch.sigmoid(t / tau) + 0.5
    return rho * (t - delta) + 1 / (1 + math.exp(-delta / tau)) + 0.5


# The curve is computed under no_grad: only the line has a gradient.
def wrong_curve_without_gradient(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    with torch.no_grad():
        curve = torch.sigmoid(t / tau)
        end = torch.sigmoid(torch.tensor(delta / tau, dtype=t.dtype)) + 0.5
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, rho * (t - delta) + end))


# Against overflow the argument of the sigmoid is clamped, so far below 0 nothing pulls and the value stands still.
def wrong_clamped_argument(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid((t / tau).clamp(-10, 10))
    end = 1 / (1 + math.exp(-delta / tau)) + 0.5
    return torch.where(t < 0, curve, torch.where(t <= delta, curve + 0.5, rho * (t - delta) + end))


# The pieces are chosen by the size of t: far below 0 the line goes on upwards.
def wrong_size_of_t(t):
    tau, rho, delta = 0.01, 100.0, 0.05
    curve = torch.sigmoid(t / tau)
    end = 1 / (1 + math.exp(-delta / tau)) + 0.5
    inner = torch.where(t < 0, curve, curve + 0.5)
    return torch.where(t.abs() <= delta, inner, rho * (t.abs() - delta) + end)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "exception": "if",
    "non-finite": "overflow",
    "ties": "tie_below",
    "temperature": "tau_forgotten_at_delta times_tau",
    "sigmoid": "no_half zero_below half_everywhere",
    "line": (
        "line_from_zero line_without_half line_from_the_origin flat_beyond line_over_tau published_offset curve_goes_on"
    ),
    "no-gradient": "detached numpy",
    "wrong-gradient": "curve_without_gradient",
    "wrong": "clamped_argument size_of_t",
}
