"""Steps: their values against the loops, their slopes against differences, and which of them bound H."""

import dataclasses
import math

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import assume, given

from suprank_edu import naive
from suprank_edu.steps import PUBLISHED, PUBLISHED_INAT, Heaviside, Sigmoid, SupStep

STEPS = {
    "heaviside": (Heaviside(), naive.heaviside),
    "sigmoid": (Sigmoid(), naive.sigmoid),
    "sigmoid, wide": (Sigmoid(tau=0.3), lambda t: naive.sigmoid(t, 0.3)),
    "sup": (SupStep(), naive.sup_step),
    "published": (PUBLISHED, lambda t: naive.sup_step(t, offset=1.44)),
    "published iNat": (PUBLISHED_INAT, lambda t: naive.sup_step(t, start=0.0, offset=1.0)),
    "other": (SupStep(0.05, 20.0, 0.1, 0.7, 2.0), lambda t: naive.sup_step(t, 0.05, 20.0, 0.1, 0.7, 2.0)),
    "no middle": (SupStep(delta=0.0), lambda t: naive.sup_step(t, delta=0.0)),
    "flat": (SupStep(rho=0.0), lambda t: naive.sup_step(t, rho=0.0)),
}
EVERY_STEP = pytest.mark.parametrize("name", STEPS)
differences = st.one_of(
    st.floats(-2, 2),
    st.integers(-200, 200).map(lambda n: n / 1000),  # hits 0 and delta
    st.sampled_from([0.0, -0.0, 0.05, math.nextafter(0.05, 1), math.nextafter(0, 1), -math.nextafter(0, 1)]),
)


def at(step, t):
    return step(torch.tensor([t], dtype=torch.float64)).item()


@EVERY_STEP
@given(t=differences)
def test_value_is_that_of_the_definition(name, t):
    step, definition = STEPS[name]
    assert at(step, t) == pytest.approx(definition(t), abs=1e-12, rel=1e-12)


@EVERY_STEP
@given(t=st.floats(-0.5, 0.5))
def test_slope_is_the_derivative(name, t):
    step, definition = STEPS[name]
    width = 1e-6
    kinks = [0.0, getattr(step, "delta", 0.0)]
    assume(all(abs(t - kink) > 10 * width for kink in kinks))
    by_difference = (definition(t + width) - definition(t - width)) / (2 * width)
    slope = step.slope(torch.tensor([t], dtype=torch.float64)).item()
    assert slope == pytest.approx(by_difference, abs=1e-4, rel=1e-5)


@EVERY_STEP
def test_slope_agrees_with_autograd_of_the_value_where_there_is_one(name):
    step, _ = STEPS[name]
    t = torch.linspace(-0.301, 0.3, 100, dtype=torch.float64, requires_grad=True)
    value = step(t)
    if value.requires_grad:
        (gradient,) = torch.autograd.grad(value.sum(), t)
        torch.testing.assert_close(step.slope(t.detach()), gradient)
    else:
        assert not step.slope(t.detach()).any()


@EVERY_STEP
def test_value_and_slope_vanish_at_minus_infinity_and_stay_finite_far_out(name):
    step, _ = STEPS[name]
    nothing = torch.tensor([-math.inf])
    assert step(nothing).item() == 0
    assert step.slope(nothing).item() == 0
    far = torch.tensor([-1e4, -2.0, 2.0, 1e4])
    assert step(far).isfinite().all()
    assert step.slope(far).isfinite().all()


@EVERY_STEP
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_and_shape_are_kept(name, dtype):
    step, _ = STEPS[name]
    t = torch.zeros(2, 3, 4, dtype=dtype)
    assert step(t).dtype == step.slope(t).dtype == dtype
    assert step(t).shape == step.slope(t).shape == t.shape


@EVERY_STEP
def test_the_input_is_left_alone(name):
    step, _ = STEPS[name]
    t = torch.tensor([-0.1, 0.0, 0.02, 0.05, 0.3])
    before = t.clone()
    step(t)
    step.slope(t)
    assert torch.equal(t, before)


parameters = st.builds(
    SupStep,
    tau=st.sampled_from([0.001, 0.01, 0.3, 2.0]),
    rho=st.sampled_from([0.0, 1.0, 100.0]),
    delta=st.sampled_from([0.0, 0.01, 0.05, 0.5]),
    start=st.sampled_from([0.0, 0.4, 0.499, 0.5, 0.6, 1.0]),
    offset=st.sampled_from([None, 0.0, 0.9, 0.999, 1.0, 1.44, 3.0]),
)


@given(parameters, differences)
def test_a_step_that_says_so_bounds_h(step, t):
    if step.upper_bounds_heaviside:
        assert at(step, t) >= naive.heaviside(t)


@given(parameters)
def test_a_step_that_does_not_say_so_has_a_counter_example(step):
    """Below ½ it fails at the tie, with an offset below 1 just beyond delta: there is no bound left unclaimed."""
    witnesses = [0.0, step.delta, math.nextafter(step.delta, math.inf)]
    broken = any(at(step, t) < 1 for t in witnesses)
    assert broken == (not step.upper_bounds_heaviside)


def test_which_steps_bound_h():
    assert Heaviside().upper_bounds_heaviside
    assert SupStep().upper_bounds_heaviside
    assert PUBLISHED.upper_bounds_heaviside
    assert not Sigmoid().upper_bounds_heaviside
    assert not PUBLISHED_INAT.upper_bounds_heaviside


def test_the_sigmoid_counts_a_misranked_pair_less_than_1():
    for t in (0.0, 0.001, 0.02, 0.1):
        assert at(Sigmoid(), t) < 1


def test_the_inaturalist_setting_counts_less_than_1_up_to_delta():
    for t in (0.0, 0.001, 0.02, 0.049, 0.05):
        assert at(PUBLISHED_INAT, t) < 1


def test_the_default_is_continuous_at_delta_and_the_published_setting_falls_there():
    beyond = math.nextafter(0.05, 1)
    assert at(SupStep(), 0.05) == pytest.approx(1.4933, abs=1e-4)
    assert at(SupStep(), beyond) == pytest.approx(at(SupStep(), 0.05), abs=1e-9)
    assert at(PUBLISHED, 0.05) == pytest.approx(1.4933, abs=1e-4)
    assert at(PUBLISHED, beyond) == pytest.approx(1.44, abs=1e-9)


def test_the_pull_of_the_sigmoid_dies_and_that_of_h_minus_does_not():
    """Beyond |t| = 0.16 the slope of σ(t/0.01) is below a millionth of its peak."""
    far = torch.tensor([0.16, 0.5, 1.9], dtype=torch.float64)
    peak = Sigmoid().slope(torch.zeros(1, dtype=torch.float64))
    assert (Sigmoid().slope(far) < 1e-6 * peak).all()
    assert torch.equal(SupStep().slope(far), torch.full_like(far, 100.0))


def test_published_settings():
    assert SupStep(tau=0.01, rho=100.0, delta=0.05, start=0.5, offset=1.44) == PUBLISHED
    assert SupStep(tau=0.01, rho=100.0, delta=0.05, start=0.0, offset=1.0) == PUBLISHED_INAT


@EVERY_STEP
def test_steps_are_values(name):
    step, _ = STEPS[name]
    assert dataclasses.replace(step) == step
    assert hash(dataclasses.replace(step)) == hash(step)
    with pytest.raises(dataclasses.FrozenInstanceError):
        step.tau = 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Sigmoid(tau=0), r"`tau`: got 0, expected a finite number above 0"),
        (lambda: Sigmoid(tau=math.nan), r"`tau`: got nan, expected"),
        (lambda: SupStep(tau=-0.01), r"`tau`: got -0.01, expected a finite number above 0"),
        (lambda: SupStep(rho=-1.0), r"`rho`: got -1.0, expected"),
        (lambda: SupStep(delta=-0.1), r"`delta`: got -0.1, expected"),
        (lambda: SupStep(rho=math.inf), r"`rho`: got inf, expected"),
        (lambda: SupStep(start=math.nan), r"`start`: got nan, expected"),
        (lambda: SupStep(offset=math.inf), r"`offset`: got inf, expected"),
    ],
)
def test_bad_parameters_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
