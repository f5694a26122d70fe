"""Disturbed calls of the public functions: an error that names an argument, or the value of the loops; nothing else."""

import math
import re
import warnings
from typing import Any

import batch_calls
import index_calls
import public_calls
import pytest
import set_calls
import torch
from hostile import disturbed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from public_calls import Arguments
from torch import Tensor

CALLS = public_calls.CALLS | batch_calls.CALLS | set_calls.CALLS | index_calls.CALLS
IN_THE_SUITE, AT_NIGHT = 2_000, 100_000
EVERY_CALL = pytest.mark.parametrize("name", CALLS)


def searched(cases: int) -> Any:
    """Share a number of cases out among the functions; the same ones every time."""
    each = math.ceil(cases / len(CALLS))
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=each, deadline=None, suppress_health_check=checks)


def answer(name: str, arguments: Arguments) -> Any:
    """Return what a function says of any arguments, or None where it refuses one of them by its name."""
    before = {key: value.clone() for key, value in arguments.items() if isinstance(value, Tensor)}
    try:
        found = CALLS[name].function(**arguments)
    except ValueError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        named = re.findall("`([a-z_]+)`: got ", refusal)
        assert set(named) & set(arguments), f"names no argument, or not what came: {refusal}"
        assert "expected" in refusal, f"does not say what was expected: {refusal}"
        return None
    for key, value in before.items():
        assert torch.equal(torch.nan_to_num(value), torch.nan_to_num(arguments[key])), f"`{key}` was changed"
    return found


def check_one(name: str, arguments: Arguments) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = answer(name, arguments)
    if found is None:
        return
    loops = CALLS[name].loops(arguments)
    if callable(loops):
        assert loops(found), f"{found} is not what was asked for"
        return
    expected = torch.tensor(loops, dtype=torch.float64)
    found = torch.as_tensor(found)
    assert found.shape == expected.shape
    exact = CALLS[name].double and (found.dtype == torch.float64 or not found.is_floating_point())
    close = {"atol": 1e-9, "rtol": 1e-9} if exact else {"atol": 1e-4, "rtol": 1e-3}
    assert torch.allclose(found.double(), expected, equal_nan=True, **close), f"{found} is not {expected}"
    if found.requires_grad:
        leaves = [value for value in arguments.values() if isinstance(value, Tensor) and value.requires_grad]
        for slopes in torch.autograd.grad(found.sum(), leaves, allow_unused=True) if leaves else []:
            assert slopes is None or torch.isfinite(slopes).all(), f"slopes {slopes}"


@EVERY_CALL
@given(data=st.data())
@searched(IN_THE_SUITE)
def test_a_disturbed_call_is_refused_or_right(name: str, data: st.DataObject) -> None:
    check_one(name, data.draw(disturbed(data.draw(CALLS[name].good), CALLS[name].keep)))


@pytest.mark.nightly
@EVERY_CALL
@given(data=st.data())
@searched(AT_NIGHT)
def test_many_disturbed_calls_are_refused_or_right(name: str, data: st.DataObject) -> None:
    check_one(name, data.draw(disturbed(data.draw(CALLS[name].good), CALLS[name].keep)))
