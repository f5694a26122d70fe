"""Functional losses under torch.func, on any scores: gradients are those of autograd, and vmap is a loop."""

from typing import Any

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from public_calls import CALLS, Arguments
from torch import Tensor

LOSSES = (
    *("sup_ap", "sup_recall", "sup_ndcg", "sup_h_ap", "smooth_ap", "smooth_recall", "smooth_ndcg", "smooth_h_ap"),
    *("soft_bin_ap", "black_box_ap"),
)


def slopes(name: str, scores: Tensor, others: Arguments) -> Tensor:
    leaf = scores.clone().requires_grad_()
    value = CALLS[name].function(leaf, **others).sum()
    return torch.autograd.grad(value, leaf)[0] if value.requires_grad else torch.zeros_like(leaf)


@pytest.mark.parametrize("name", LOSSES)
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_a_transformed_loss_is_the_loss(name: str, data: st.DataObject) -> None:
    others: dict[str, Any] = dict(data.draw(CALLS[name].good))
    scores = others.pop("scores")
    some = torch.stack([scores, -scores, scores.flip(1) / 2])  # (3, Q, G)
    loss = CALLS[name].function
    gradient = torch.func.grad(lambda x: loss(x, **others).sum())
    close = {"atol": 1e-9, "rtol": 1e-9} if scores.dtype == torch.float64 else {"atol": 1e-4, "rtol": 1e-3}
    expected = torch.stack([slopes(name, one, others) for one in some])
    torch.testing.assert_close(gradient(scores), expected[0], **close)
    torch.testing.assert_close(torch.vmap(gradient)(some), expected, **close)
    found = torch.vmap(lambda x: loss(x, **others))(some)
    torch.testing.assert_close(found, torch.stack([loss(one, **others) for one in some]), **close)
