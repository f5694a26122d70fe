"""The direct engine against sums in loops and against autograd of the dense form, whatever the chunks."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from pair_sums import STEPS, by_loops, dense, gradients, padded_pairs

from suprank_edu.pairwise import direct, direct_sums
from suprank_edu.steps import Heaviside, SupStep


@pytest.mark.parametrize("chunk", [1, 5, 1 << 18])
@given(pairs=padded_pairs(), step=st.sampled_from(STEPS))
def test_sums_are_those_of_the_loops_whatever_the_chunk(chunk, pairs, step):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(direct.PAIRS_AT_A_TIME, "cpu", chunk)
        torch.testing.assert_close(direct_sums(*pairs, step), by_loops(*pairs, step), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("chunk", [1, 5, 1 << 18])
@given(pairs=padded_pairs(), step=st.sampled_from([step for step in STEPS if step != Heaviside()]))
def test_gradients_are_those_of_the_dense_form_whatever_the_chunk(chunk, pairs, step):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(direct.PAIRS_AT_A_TIME, "cpu", chunk)
        found = gradients(lambda r, c: direct_sums(r, c, step), *pairs)
    expected = gradients(lambda r, c: dense(r, c, step), *pairs)
    for mine, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-9)


def test_the_exact_step_has_no_gradient():
    rows, columns = torch.rand(2, 3, dtype=torch.float64), torch.rand(2, 4, dtype=torch.float64)
    for part in gradients(lambda r, c: direct_sums(r, c, Heaviside()), rows, columns):
        assert not part.any()


def test_gradcheck():
    generator = torch.Generator().manual_seed(0)
    rows = torch.rand(2, 3, dtype=torch.float64, generator=generator).mul(0.3).requires_grad_()
    columns = torch.rand(2, 5, dtype=torch.float64, generator=generator).mul(0.3).requires_grad_()
    assert torch.autograd.gradcheck(lambda r, c: direct_sums(r, c, SupStep(tau=0.05)), (rows, columns))


@pytest.mark.parametrize("chunk", [5, 1 << 18])
def test_the_gradient_can_be_asked_for_twice(chunk, monkeypatch):
    monkeypatch.setitem(direct.PAIRS_AT_A_TIME, "cpu", chunk)
    rows, columns = torch.rand(2, 3, requires_grad=True), torch.rand(2, 4, requires_grad=True)
    sums = direct_sums(rows, columns, SupStep()).sum()
    first, second = (torch.autograd.grad(sums, (rows, columns), retain_graph=True) for _ in range(2))
    assert all(map(torch.equal, first, second))


def test_a_gradient_for_one_side_only():
    rows, columns = torch.tensor([[0.2]], requires_grad=True), torch.tensor([[0.5]])
    direct_sums(rows, columns, SupStep()).sum().backward()
    assert rows.grad.item() == -100
    rows, columns = torch.tensor([[0.2]]), torch.tensor([[0.5]], requires_grad=True)
    direct_sums(rows, columns, SupStep()).sum().backward()
    assert columns.grad.item() == 100


def test_nothing_of_the_size_of_all_pairs_is_kept_for_backward():
    """Memory is O(Q·G): the graph holds the inputs and no tensor of Q·P·M elements."""
    kept = []
    rows, columns = torch.rand(2, 50, requires_grad=True), torch.rand(2, 60, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.numel()) or t, lambda t: t):
        direct_sums(rows, columns, SupStep())
    assert max(kept) <= 2 * 60


def test_a_card_is_not_asked_how_many_rows_there_are() -> None:
    """Nor could this device answer; every row is in one block."""
    rows = torch.empty(8, 100, device="meta")
    for at_a_time in (30, 250, 10_000):
        seen = torch.zeros(8, 100)
        for queries, slots in direct.blocks(rows, at_a_time):
            assert rows[queries, slots].numel() <= at_a_time or at_a_time == 10_000
            seen[queries, slots] += 1
        assert (seen == 1).all()
