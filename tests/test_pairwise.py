"""The direct engine against sums in loops and against autograd of the dense form, whatever the chunks."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from strategies import score_rows

from suprank_edu.pairwise import compact, count_at_least, direct, direct_sums, step_sums
from suprank_edu.steps import PUBLISHED, Heaviside, Sigmoid, SupStep

STEPS = [Heaviside(), Sigmoid(0.05), SupStep(), PUBLISHED, SupStep(rho=0.0), SupStep(delta=0.0)]
INFINITY = float("inf")


@st.composite
def padded_pairs(draw):
    """Rows padded with +inf at the end, columns padded with -inf anywhere."""
    queries, slots, width = draw(st.integers(1, 4)), draw(st.integers(1, 6)), draw(st.integers(1, 7))
    rows, columns = draw(score_rows(queries, slots)), draw(score_rows(queries, width))
    for query in range(queries):
        rows[query, draw(st.integers(0, slots)) :] = INFINITY
        columns[query, draw(st.lists(st.integers(0, width - 1), max_size=width))] = -INFINITY
    return rows, columns


def by_loops(rows, columns, step):
    sums = torch.zeros_like(rows)
    for query, slot in torch.cartesian_prod(torch.arange(rows.shape[0]), torch.arange(rows.shape[1])):
        for column in columns[query]:
            difference = column - rows[query, slot]
            if difference.isfinite():
                sums[query, slot] += step(difference[None])[0]
    return sums


def gradients(function, rows, columns):
    rows, columns = rows.clone().requires_grad_(), columns.clone().requires_grad_()
    sums = function(rows, columns)
    weights = torch.linspace(-1, 2, sums.numel(), dtype=sums.dtype).view_as(sums)
    found = torch.autograd.grad((sums * weights).sum(), (rows, columns), allow_unused=True)
    return [torch.zeros_like(rows) if part is None else part for part in found]


def dense(rows, columns, step):
    """The Q·P·M tensor and autograd, over the finite pairs only."""
    finite = rows.isfinite()[:, :, None] & columns.isfinite()[:, None, :]
    differences = columns.nan_to_num(neginf=0.0)[:, None, :] - rows.nan_to_num(posinf=0.0)[:, :, None]
    return torch.where(finite, step(differences), 0.0).sum(dim=2)  # (Q, P)


@pytest.mark.parametrize("chunk", [1, 5, 1 << 18])
@given(pairs=padded_pairs(), step=st.sampled_from(STEPS))
def test_sums_are_those_of_the_loops_whatever_the_chunk(chunk, pairs, step):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(direct._PAIRS_AT_A_TIME, "cpu", chunk)
        torch.testing.assert_close(direct_sums(*pairs, step), by_loops(*pairs, step), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("chunk", [1, 5, 1 << 18])
@given(pairs=padded_pairs(), step=st.sampled_from([step for step in STEPS if step != Heaviside()]))
def test_gradients_are_those_of_the_dense_form_whatever_the_chunk(chunk, pairs, step):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(direct._PAIRS_AT_A_TIME, "cpu", chunk)
        found = gradients(lambda r, c: direct_sums(r, c, step), *pairs)
    expected = gradients(lambda r, c: dense(r, c, step), *pairs)
    for mine, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-9)


def test_the_exact_step_has_no_gradient():
    rows, columns = torch.rand(2, 3, dtype=torch.float64), torch.rand(2, 4, dtype=torch.float64)
    for part in gradients(lambda r, c: step_sums(r, c, Heaviside()), rows, columns):
        assert not part.any()


def test_gradcheck():
    generator = torch.Generator().manual_seed(0)
    rows = torch.rand(2, 3, dtype=torch.float64, generator=generator).mul(0.3).requires_grad_()
    columns = torch.rand(2, 5, dtype=torch.float64, generator=generator).mul(0.3).requires_grad_()
    assert torch.autograd.gradcheck(lambda r, c: step_sums(r, c, SupStep(tau=0.05)), (rows, columns))


def test_a_gradient_for_one_side_only():
    rows, columns = torch.tensor([[0.2]], requires_grad=True), torch.tensor([[0.5]])
    step_sums(rows, columns, SupStep()).sum().backward()
    assert rows.grad.item() == -100
    rows, columns = torch.tensor([[0.2]]), torch.tensor([[0.5]], requires_grad=True)
    step_sums(rows, columns, SupStep()).sum().backward()
    assert columns.grad.item() == 100


@given(padded_pairs())
def test_counts_are_the_sums_of_the_exact_step(pairs):
    rows, columns = pairs
    expected = by_loops(rows, columns, Heaviside())
    assert torch.equal(count_at_least(rows, columns), expected)
    assert not count_at_least(rows.clone().requires_grad_(), columns).requires_grad


@given(st.data())
def test_compact_lists_the_true_columns(data):
    queries, width = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 6))
    mask = torch.tensor(
        data.draw(st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=queries, max_size=queries))
    )
    index, present = compact(mask)
    assert index.shape == present.shape == (queries, int(mask.sum(dim=1).max()))
    for query in range(queries):
        assert index[query, present[query]].tolist() == mask[query].nonzero()[:, 0].tolist()
        assert not present[query].logical_not().logical_and(index[query] != 0).any()


def test_nothing_of_the_size_of_all_pairs_is_kept_for_backward():
    """Memory is O(Q·G): the graph holds the inputs and no tensor of Q·P·M elements."""
    kept = []
    rows, columns = torch.rand(2, 50, requires_grad=True), torch.rand(2, 60, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.numel()) or t, lambda t: t):
        step_sums(rows, columns, SupStep())
    assert max(kept) <= 2 * 60
