"""The odds engine in float32 against autograd of the dense form, whatever the chunks, ties and rounding at 0 and δ."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from pair_sums import STEPS, dense, gradients, padded_pairs

from suprank_edu.pairwise import choice, direct
from suprank_edu.pairwise.odds import odds_sums, worth_odds
from suprank_edu.steps import PUBLISHED_INAT, Heaviside, Sigmoid, SupStep

WITH_TAU = [step for step in STEPS if step != Heaviside()] + [PUBLISHED_INAT, SupStep(tau=1e-3, delta=0.9)]


def assert_as_dense(rows, columns, step):
    torch.testing.assert_close(odds_sums(rows, columns, step), dense(rows, columns, step), rtol=1e-5, atol=1e-5)
    found, expected = (gradients(lambda r, c, f=f: f(r, c, step), rows, columns) for f in (odds_sums, dense))
    for mine, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=3e-4)  # slopes are of the size of ρ and 1/τ


@pytest.mark.parametrize("chunk", [1, 5, 1 << 17])
@given(pairs=padded_pairs(), step=st.sampled_from(WITH_TAU))
def test_sums_and_gradients_are_those_of_the_dense_form_whatever_the_chunk(chunk, pairs, step):
    rows, columns = (part.float().clamp(-1, 1).where(part.isfinite(), part.float()) for part in pairs)
    if step.tau < 0.01:  # keep the exponents within float32
        rows, columns = rows * 0.05, columns * 0.05
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(direct.PAIRS_AT_A_TIME, "cpu", chunk)
        assert_as_dense(rows, columns, step)


@given(seed=st.integers(0, 1000), delta=st.sampled_from([0.0, 0.05, 0.27]))
def test_neighbouring_floats_are_beyond_delta_where_the_rounded_difference_is(seed, delta):
    generator = torch.Generator().manual_seed(seed)
    rows = torch.rand(1, 20, generator=generator).sub(0.5)
    near = rows + delta
    columns = torch.cat([near] * 3 + [near.nextafter(near + 1), near.nextafter(near - 1), rows], dim=1)
    assert_as_dense(rows, columns, SupStep(delta=delta, offset=3.0))


def test_the_two_zeros_score_alike():
    rows, columns = torch.tensor([[0.0, -0.0]]), torch.tensor([[-0.0, 0.0]])
    assert odds_sums(rows, columns, SupStep()).tolist() == [[2.0, 2.0]]


def test_a_perfect_ranking_keeps_its_tail():
    """Sums far below float32's rounding of the number of columns: each pair adds e^-12."""
    rows, columns = torch.full((1, 16), 0.5), torch.full((1, 100), 0.38)
    expected = 100 * torch.sigmoid(torch.tensor(-12.0, dtype=torch.float64))
    torch.testing.assert_close(odds_sums(rows, columns, SupStep()), expected.float().expand(1, 16), rtol=1e-4, atol=0)


def test_which_sums_it_takes():
    rows, columns = torch.rand(2, 16), torch.rand(2, 5)
    rows[1], columns[0] = float("inf"), -float("inf")
    assert worth_odds(rows, columns, SupStep())
    assert worth_odds(rows + 9, columns + 9, Sigmoid())  # the spread counts, wherever the scores lie
    assert not worth_odds(rows[:, :15], columns, SupStep())
    assert not worth_odds(rows.double(), columns.double(), SupStep())
    assert not worth_odds(rows, columns[:, :0], SupStep())
    assert not worth_odds(rows, columns, Heaviside())
    assert not worth_odds(rows, columns, lambda t: t)
    assert not worth_odds(rows, columns, SupStep(tau=0.001))  # e^1000 is no float32


def test_a_spread_too_wide_is_summed_by_differences():
    generator = torch.Generator().manual_seed(0)
    rows, columns = (10 * torch.rand(2, 20, generator=generator) for _ in range(2))
    torch.testing.assert_close(choice.step_sums(rows, columns, SupStep()), dense(rows, columns, SupStep()))


def test_no_tensor_of_all_pairs_is_kept_for_backward():
    kept = []
    rows, columns = torch.rand(2, 50, requires_grad=True), torch.rand(2, 60, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.numel()) or t, lambda t: t):
        odds_sums(rows, columns, SupStep())
    assert max(kept) <= 2 * 60
