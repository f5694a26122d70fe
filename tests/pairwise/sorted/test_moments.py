"""Moments and the matrices between bins against numpy's Chebyshev polynomials and the function itself."""

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given
from numpy.polynomial.chebyshev import chebval

from suprank_edu.pairwise.sorted.moments import NODES, chebyshev, prefix_moments, refinement, translations

D = torch.float64


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=5), st.floats(-3, 3))
def test_chebyshev_polynomials_are_those_of_numpy(values, weight):
    u = torch.tensor(values, dtype=D)
    for n, found in enumerate(chebyshev(u, torch.full_like(u, weight))):
        np.testing.assert_allclose(found, weight * chebval(u.numpy(), np.eye(NODES)[n]), atol=1e-14)


def test_prefix_moments_sum_what_comes_before():
    generator = torch.Generator().manual_seed(0)
    u, weights = torch.rand(2, 6, dtype=D, generator=generator) * 2 - 1, torch.rand(2, 6, dtype=D, generator=generator)
    found = prefix_moments(u, weights).sums
    assert found.shape == (NODES, 2, 7)
    for n, query, m in np.ndindex(NODES, 2, 7):
        expected = sum(w * chebval(x, np.eye(NODES)[n]) for x, w in zip(u[query, :m], weights[query, :m], strict=True))
        assert abs(float(found[n, query, m]) - float(expected)) < 1e-13


@pytest.mark.parametrize("function", [torch.sigmoid, lambda t: torch.sigmoid(t) * torch.sigmoid(-t)])
@pytest.mark.parametrize("shift", [-60.0, -20.0, -3.5, 0.0, 1.0, 5.0, 27.0])
def test_ten_nodes_reproduce_a_function_between_two_bins_in_its_tails_too(function, shift):
    (matrix,) = translations([function], torch.tensor([shift], dtype=D))
    grid = torch.linspace(-1, 1, 41, dtype=D)
    found = chebyshev(grid).T @ matrix @ chebyshev(grid)  # (v, u)
    expected = function(shift + grid[None, :] - grid[:, None])
    assert ((found - expected).abs() / expected).max() < 5e-7


def test_translations_keep_distances_and_functions_apart():
    both = translations([torch.sigmoid, torch.exp], torch.tensor([0.5, -2.0], dtype=D))
    assert both.shape == (2, 2 * NODES, NODES)
    for place, shift in enumerate([0.5, -2.0]):
        for number, function in enumerate([torch.sigmoid, torch.exp]):
            (alone,) = translations([function], torch.tensor([shift], dtype=D))
            assert torch.equal(both[place, number * NODES : (number + 1) * NODES], alone)


@pytest.mark.parametrize("function", [torch.sigmoid, lambda t: torch.sigmoid(t) * torch.sigmoid(-t)])
@pytest.mark.parametrize("shift", [-60.0, -20.0, -3.5, 0.0, 1.0, 5.0])
def test_four_nodes_reproduce_a_function_between_two_cells(function, shift):
    (matrix,) = translations([function], torch.tensor([shift], dtype=D), 4, 1 / 16)
    grid = torch.linspace(-1, 1, 41, dtype=D)
    found = chebyshev(grid, nodes=4).T @ matrix @ chebyshev(grid, nodes=4)  # (v, u)
    expected = function(shift + (grid[None, :] - grid[:, None]) / 16)
    assert ((found - expected).abs() / expected).max() < 5e-7


@pytest.mark.parametrize("shift", [-20.0, -3.5, 0.0, 5.0])
def test_moments_of_cells_make_those_of_their_bin(shift):
    """Not each polynomial to the last digit, but what a bin's ten moments are for: sums of σ."""
    generator = torch.Generator().manual_seed(0)
    u = torch.rand(500, dtype=D, generator=generator) * 2 - 1
    cell = ((u + 1) * 8).long()
    inside = (u + 1) * 16 - 2 * cell - 1
    moments = torch.zeros(4, 16, dtype=D).index_add_(1, cell, chebyshev(inside, nodes=4))
    (matrix,) = translations([torch.sigmoid], torch.tensor([shift], dtype=D))
    v = torch.tensor([-0.9, 0.0, 0.7], dtype=D)
    found = chebyshev(v).T @ matrix @ (refinement(16, 4).flatten(1) @ moments.flatten())
    expected = torch.sigmoid(shift + u[None, :] - v[:, None]).sum(dim=1)
    torch.testing.assert_close(found, expected, rtol=2e-7, atol=0)


def test_one_cell_of_all_nodes_is_the_bin_itself():
    torch.testing.assert_close(refinement(1, NODES)[:, :, 0], torch.eye(NODES, dtype=D), rtol=0, atol=1e-14)
