"""Many scores as a few numbers: moments of bins, and the sums of a smooth function that follow from them.

Within a bin of width 2τ a score is `centre + τu` with `-1 ≤ u ≤ 1`. There σ is as good as its interpolation at 10
Chebyshev nodes (relative error 9e-8 at most, of its slope 4e-7), a combination of the polynomials `T_0(u) … T_9(u)`.
So a sum of `σ((s_j - s_k)/τ)` over the items j of a bin needs of them only ten *moments* `Σ_j w_j T_n(u_j)`,
however many they are. Read as a function of `s_k` it is as smooth: ten coefficients give it for all k of a bin. What
remains is one 10 × 10 matrix for each distance between two bins.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import pad

from suprank_edu.pairwise.sorted.prefix import Prefix

NODES = 10
"""Chebyshev nodes, and so moments, per bin."""

Smooth = Callable[[Tensor], Tensor]
"""A function of `(s_j - s_k)/τ`, such as σ."""


def chebyshev(u: Tensor, weights: Tensor | float = 1.0, nodes: int = NODES) -> Tensor:
    """Return `(nodes, …)`: `weights · T_n(u)` for the first Chebyshev polynomials, by their recurrence.

    Example:
        >>> chebyshev(torch.tensor([0.5]))[:4, 0]
        tensor([ 1.0000,  0.5000, -0.5000, -1.0000])
    """
    values = u.new_empty(nodes, *u.shape)
    values[0] = weights
    torch.mul(u, weights, out=values[1])
    twice = 2 * u
    for n in range(2, nodes):
        torch.mul(twice, values[n - 1], out=values[n])
        values[n] -= values[n - 2]
    return values


def prefix_moments(u: Tensor, weights: Tensor, nodes: int = NODES) -> Prefix:
    """Return `(nodes, Q, M + 1)`: moments of the first m of `(Q, M)` items, for every m.

    The difference of two of them is the moment of what lies between: a whole cell, or part of one.

    Example:
        >>> u, weights = torch.tensor([[0.5, -0.5]], dtype=torch.float64), torch.ones(1, 2, dtype=torch.float64)
        >>> prefix_moments(u, weights).sums[1]  # Σ T_1(u) = Σ u
        tensor([[0.0000, 0.5000, 0.0000]], dtype=torch.float64)
    """
    return Prefix.of(chebyshev(pad(u.to(weights.dtype), (1, 0)), pad(weights, (1, 0)), nodes))


def translations(functions: Sequence[Smooth], shifts: Tensor, nodes: int = NODES, width: float = 1.0) -> Tensor:
    """Return `(S, nodes·F, nodes)`: from moments to coefficients elsewhere, for each distance and function.

    With `A` the rows of a function f at a shift, `f(shift + width · (u - v)) ≈ Σ_{l,n} T_l(v) A[l, n] T_n(u)` for u
    and v in [-1, 1].

    Args:
        functions: F functions of `(s_j - s_k)/τ`.
        shifts: `(S,)` float64 distances between the centres, in units of τ.
        nodes: Chebyshev nodes.
        width: half the width of the two bins or cells, in units of τ.

    Example:
        >>> (A,) = translations([torch.sigmoid], torch.tensor([3.0], dtype=torch.float64))
        >>> u, v = torch.tensor([0.2, -0.7], dtype=torch.float64)
        >>> abs(chebyshev(v) @ A @ chebyshev(u) - torch.sigmoid(3 + u - v)) < 1e-8
        tensor(True)
    """
    points, transform = (part.to(shifts.device) for part in _nodes_and_transform(nodes))
    arguments = shifts[:, None, None] + width * (points[None, :] - points[:, None])  # (S, v, u)
    at_nodes = torch.stack([function(arguments) for function in functions], dim=1)  # (S, F, v, u)
    return (transform @ at_nodes @ transform.T).flatten(1, 2)


def refinement(cells: int, nodes: int) -> Tensor:
    """Return `(NODES, nodes, cells)`: the polynomials of a bin as polynomials of its cells, equal parts of it.

    `T_l` at the place v of a cell c is about `Σ_n refinement[l, n, c] T_n(v)`. So moments of cells make those of
    the bin, and coefficients in the bin those in its cells.

    Example:
        >>> refinement(2, 4)[1]  # u = -½ + v/2 in the lower half, ½ + v/2 in the upper
        tensor([[-0.5000,  0.5000],
                [ 0.5000,  0.5000],
                [ 0.0000,  0.0000],
                [ 0.0000,  0.0000]], dtype=torch.float64)
    """
    points, transform = _nodes_and_transform(nodes)
    centres = (2 * torch.arange(cells, dtype=torch.float64) + 1) / cells - 1
    found = transform @ chebyshev(centres + points[:, None] / cells)  # (NODES, nodes, cells)
    return torch.where(found.abs() < 1e-15, 0.0, found)


def _nodes_and_transform(nodes: int) -> tuple[Tensor, Tensor]:
    """Return `(nodes,)` Chebyshev nodes, and the matrix from values there to coefficients."""
    order = torch.arange(nodes, dtype=torch.float64)
    angles = (order + 0.5) * (math.pi / nodes)
    transform = (order[:, None] * angles).cos() * (2 / nodes)  # (n, node): the T_n are orthogonal at the nodes
    transform[0] /= 2
    return angles.cos(), transform
