"""Typical wrong answers to the exercises of chapters 00 and 05, each caught with the hint meant for it."""

import math

import pytest
import torch
from exercises.learners import Answers

from suprank_edu.exercises import check

answers = Answers()
TAU, RHO, DELTA = 0.01, 100.0, 0.05
EDGE = 1 / (1 + math.exp(-5)) + 0.5


@answers.wrong("unit_norm", "axis", "columns")
def norm_over_axis_0(x):
    return x / x.norm(dim=0, keepdim=True)


@answers.wrong("unit_norm", "axis", "one number")
def norm_of_the_table(x):
    return x / torch.linalg.norm(x)


@answers.wrong("unit_norm", "exception", "keepdim=True")
def no_keepdim(x):
    return x / x.norm(dim=1)


@answers.wrong("unit_norm", "non-finite", "0/0")
def zero_division(x):
    return x / x.norm(dim=1, keepdim=True)


@answers.wrong("unit_norm", "norm", "square root")
def no_square_root(x):
    return x / (x**2).sum(dim=1, keepdim=True).clamp(min=1e-9)


@answers.wrong("unit_norm", "norm", "absolute values")
def sum_to_one(x):
    return torch.nn.functional.normalize(x, p=1, dim=1)


@answers.wrong("unit_norm", "shape")
def the_norms_only(x):
    return x.norm(dim=1)


@answers.wrong("unit_norm", "no-gradient")
def through_numpy(x):
    return torch.nn.functional.normalize(torch.tensor(x.tolist()), dim=1)


@answers.wrong("unit_norm", "wrong-gradient")
def detached_norm(x):
    return x / x.norm(dim=1, keepdim=True).clamp(min=1e-12).detach()


@answers.wrong("unit_norm", "in-place", "`embeddings`")
def divided_in_place(x):
    x /= x.norm(dim=1, keepdim=True).clamp(min=1e-12)
    return x


@answers.wrong("unit_norm", "type", "numpy.ndarray")
def numpy_out(x):
    return torch.nn.functional.normalize(x.detach(), dim=1).numpy()


@answers.wrong("heaviside", "ties", "H(0) = 1")
def strict(t):
    return torch.where(t > 0, 1.0, 0.0)


@answers.wrong("heaviside", "ties", "½")
def half_at_zero(t):
    return torch.heaviside(t, torch.tensor(0.5))


@answers.wrong("heaviside", "dtype", "true and false")
def comparison(t):
    return t >= 0


@answers.wrong("heaviside", "dtype")
def integers(t):
    return (t >= 0).long()


@answers.wrong("heaviside", "sign")
def turned_round(t):
    return (t <= 0).float()


@answers.wrong("heaviside", "exception", "RuntimeError")
def if_on_a_tensor(t):
    return 1.0 if t >= 0 else 0.0


@answers.wrong("heaviside", "wrong")
def smooth(t):
    return torch.sigmoid(t)


@answers.wrong("heaviside", "type", "a `list` of 2")
def a_list(t):
    return [1.0, 0.0]


@answers.wrong("heaviside", "in-place")
def written_into_t(t):
    result = (t >= 0).to(t.dtype)
    t[...] = result
    return t


@answers.wrong("sup_step", "sigmoid", "everywhere")
def plain_sigmoid(t):
    return torch.sigmoid(t / TAU)


@answers.wrong("sup_step", "ties", "σ(0) = ½")
def lifted_after_zero(t):
    near = torch.sigmoid(t / TAU) + 0.5 * (t > 0)
    return torch.where(t > DELTA, RHO * (t - DELTA) + EDGE, near)


@answers.wrong("sup_step", "line", "1.44")
def published_offset(t):
    near = torch.sigmoid(t / TAU) + 0.5 * (t >= 0)
    return torch.where(t > DELTA, RHO * (t - DELTA) + 1.44, near)


@answers.wrong("sup_step", "line", "flat")
def no_line(t):
    return torch.sigmoid(t / TAU) + 0.5 * (t >= 0)


@answers.wrong("sup_step", "temperature", "takes t itself")
def no_temperature(t):
    near = torch.sigmoid(t) + 0.5 * (t >= 0)
    return torch.where(t > DELTA, RHO * (t - DELTA) + 1 / (1 + math.exp(-DELTA)) + 0.5, near)


@answers.wrong("sup_step", "sign", "mirrored")
def mirrored(t):
    near = torch.sigmoid(-t / TAU) + 0.5 * (t <= 0)
    return torch.where(-t > DELTA, RHO * (-t - DELTA) + EDGE, near)


@answers.wrong("sup_step", "sigmoid", "negative t too")
def lifted_everywhere(t):
    return torch.where(t > DELTA, RHO * (t - DELTA) + EDGE, torch.sigmoid(t / TAU) + 0.5)


@answers.wrong("sup_step", "non-finite", "overflows")
def sigmoid_by_hand(t):
    near = 1 / (1 + torch.exp(-t / TAU)) + 0.5 * (t >= 0)
    return torch.where(t > DELTA, RHO * (t - DELTA) + EDGE, near)


@answers.wrong("sup_step", "no-gradient", "does not depend")
def element_by_element(t):
    values = []
    for x in t.flatten().tolist():
        near = 1 / (1 + math.exp(min(-x / TAU, 700))) + (0.5 if x >= 0 else 0)
        values.append(RHO * (x - DELTA) + EDGE if x > DELTA else near)
    return torch.tensor(values).reshape(t.shape)


@answers.wrong("sup_step", "wrong-gradient")
def line_detached(t):
    near = torch.sigmoid(t / TAU) + 0.5 * (t >= 0)
    return torch.where(t > DELTA, RHO * (t - DELTA).detach() + EDGE, near)


@answers.wrong("sup_step", "in-place")
def filled_in(t):
    far = t > DELTA
    line = RHO * (t - DELTA) + EDGE
    near = torch.sigmoid(t / TAU) + 0.5 * (t >= 0)
    t[far] = 0
    return torch.where(far, line, near)


@answers.wrong("sigmoid_slope", "temperature", "missing")
def no_inner_derivative(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (1 - s)


@answers.wrong("sigmoid_slope", "temperature", "do not multiply")
def times_tau(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (1 - s) * tau


@answers.wrong("sigmoid_slope", "sign")
def falling(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (s - 1) / tau


@answers.wrong("sigmoid_slope", "product", "(1 − σ)")
def one_factor(t, tau):
    return torch.sigmoid(t / tau) / tau


@answers.wrong("sigmoid_slope", "non-finite", "overflows")
def with_exponentials(t, tau):
    e = torch.exp(-t / tau)
    return e / (1 + e) ** 2 / tau


@answers.wrong("sigmoid_slope", "signature", "def ex_sigmoid_slope(t, tau):")
def tau_forgotten(t):
    return t


@answers.wrong("dead_zone", "temperature", "t/τ")
def in_units_of_tau(tau):
    return math.log(4e6)


@answers.wrong("dead_zone", "peak", "¼")
def not_of_the_peak(tau):
    return tau * math.log(1e6)


@answers.wrong("dead_zone", "peak", "1/(4τ)")
def absolute(tau):
    return tau * math.log(1e6 / tau)


@answers.wrong("dead_zone", "sign")
def left_edge(tau):
    return -tau * math.log(4e6)


@answers.wrong("dead_zone", "wrong", "half of it")
def both_sides(tau):
    return 2 * tau * math.log(4e6)


@answers.wrong("dead_zone", "type", "one number")
def a_sentence(tau):
    return "15 tau"


@answers.wrong("dead_zone", "shape")
def a_vector(tau):
    return torch.tensor([tau * math.log(4e6)])


@answers.wrong("dead_zone", "non-finite")
def infinite(tau):
    return math.inf


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    result = check(name, fn)
    assert result.hint == hint, repr(result)
    assert says in f"{result.title} {result.message} {result.traceback} {result.more}", repr(result)


def test_a_dead_zone_found_by_trying_passes() -> None:
    def ex_dead_zone(tau):
        t = torch.linspace(0, 20 * tau, 2001)
        s = torch.sigmoid(t.double() / tau)
        slope = s * (1 - s) / tau
        return t[slope <= 1e-6 * slope.max()].min()

    assert check("dead_zone", ex_dead_zone).passed


def test_a_norm_with_a_tiny_number_added_passes() -> None:
    assert check("unit_norm", lambda x: x / (x.norm(dim=1, keepdim=True) + 1e-9)).passed
    assert check("unit_norm", lambda x: torch.nn.functional.normalize(x, dim=1)).passed
