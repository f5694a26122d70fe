"""Answers to the exercise `sigmoid_slope` by readers of the chapter."""

import math

import numpy as np
import torch


def right_product(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (1 - s) / tau


def right_mirrored(t, tau):
    return torch.sigmoid(t / tau) * torch.sigmoid(-t / tau) / tau


def right_tanh(t, tau):
    return (1 - torch.tanh(t / (2 * tau)) ** 2) / (4 * tau)


def right_exponential(t, tau):
    e = torch.exp(-t.abs() / tau)
    return e / (tau * (1 + e) ** 2)


def right_cosh(t, tau):
    return 1 / (4 * tau * torch.cosh(t / tau / 2) ** 2)


def right_loops(t, tau):
    out = []
    for x in t.flatten().tolist():
        e = math.exp(-abs(x) / tau)
        out.append(e / (1 + e) ** 2 / tau)
    return torch.tensor(out, dtype=t.dtype).reshape(t.shape)


def right_numpy(t, tau):
    e = np.exp(-np.abs(t.detach().numpy()) / tau)
    return torch.as_tensor(e / (1 + e) ** 2 / tau)


# The inner derivative 1/τ is forgotten.
def wrong_no_inner_derivative(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (1 - s)


# Multiplied by τ, not divided.
def wrong_times_tau(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (1 - s) * tau


# τ is forgotten inside the sigmoid.
def wrong_tau_only_outside(t, tau):
    s = torch.sigmoid(t)
    return s * (1 - s) / tau


# τ is forgotten altogether.
def wrong_tau_ignored(t, tau):
    return torch.sigmoid(t) * (1 - torch.sigmoid(t))


# 1/τ is applied to each factor, hence twice.
def wrong_tau_twice(t, tau):
    s = torch.sigmoid(t / tau)
    return (s / tau) * ((1 - s) / tau)


# The factor 1 − σ is forgotten.
def wrong_one_factor(t, tau):
    return torch.sigmoid(t / tau) / tau


# The derivative of tanh, 1 − f², is taken for that of the sigmoid.
def wrong_tanh_rule(t, tau):
    s = torch.sigmoid(t / tau)
    return (1 - s**2) / tau


# The square of the exponential is missing in the quotient rule.
def wrong_quotient_rule(t, tau):
    e = torch.exp(-t.abs() / tau)
    return e / (1 + e) / tau


# The sign of the inner derivative of exp(−t/τ) is left over.
def wrong_sign(t, tau):
    s = torch.sigmoid(t / tau)
    return -s * (1 - s) / tau


# The formula with exp(−t/τ) overflows: NaN far below 0.
def wrong_overflow(t, tau):
    e = torch.exp(-t / tau)
    return e / (1 + e) ** 2 / tau


def right_autograd(t, tau):
    x = t.detach().clone().requires_grad_()
    torch.sigmoid(x / tau).sum().backward()
    return x.grad


# A difference quotient with a step as wide as τ.
def wrong_difference_quotient(t, tau):
    h = 0.01
    return (torch.sigmoid((t + h) / tau) - torch.sigmoid((t - h) / tau)) / (2 * h)


# The sigmoid itself is returned.
def wrong_value(t, tau):
    return torch.sigmoid(t / tau)


# σ(1 − σ) is evaluated with t/τ put in the place of σ.
def wrong_argument_for_value(t, tau):
    x = t / tau
    return x * (1 - x) / tau


# The second derivative.
def wrong_second_derivative(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (1 - s) * (1 - 2 * s) / tau**2


# The slope at 0 is returned for every t.
def wrong_peak(t, tau):
    return torch.full_like(t, 1 / (4 * tau))


# τ is 0.01 whatever the caller says.
def wrong_fixed_tau(t, tau):
    s = torch.sigmoid(t / 0.01)
    return s * (1 - s) / 0.01


# Precedence: only σ² is divided by τ.
def wrong_precedence(t, tau):
    s = torch.sigmoid(t / tau)
    return s - s * s / tau


def right_fine_difference_quotient(t, tau):
    h = 1e-5 * tau
    x = t.double()
    return ((torch.sigmoid((x + h) / tau) - torch.sigmoid((x - h) / tau)) / (2 * h)).to(t.dtype)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "non-finite": "overflow",
    "sign": "sign",
    "temperature": "no_inner_derivative times_tau tau_only_outside tau_ignored tau_twice fixed_tau",
    "product": "one_factor tanh_rule value",
    "peak": "peak",
    "other-metric": "second_derivative",
    "wrong": "quotient_rule difference_quotient argument_for_value precedence",
}
