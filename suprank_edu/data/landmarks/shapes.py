"""Signed distance fields of the few shapes that every scene is made of, cheap because most of them are separable.

A pixel lies at `(x, y)`: `x` is one row `(N, 1, S)` and `y` one column `(N, S, 1)`, in landmark units with
`y` upward. What depends on one of them alone costs a row or a column; a shape costs the operations that join the
two, from one (a rectangle) to four (a strip between two lines). Its vertical (or horizontal) distance in pixels,
clamped to 0..1, is the share of the pixel that it covers.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

Number = Tensor | float
Points = Sequence[tuple[Number, Number]]

_FALL = 30.0  # beyond its ends a line falls so steeply that nothing is left under it


def ramp(t: Tensor, start: Number, end: Number) -> Tensor:
    """Return 0 before `start`, 1 after `end`, straight in between."""
    return ((t - start) / (end - start)).clamp_(0, 1)


def line(t: Tensor, points: Points) -> Tensor:
    """Return the height at `t` of a line through points, which falls off steeply beyond both ends.

    Args:
        t: (N, 1, S) or (N, S, 1) coordinates.
        points: (place, height) pairs, places ascending, numbers or (N, 1, 1).

    Returns:
        Heights of the shape of `t`.

    Example:
        >>> t = torch.tensor([0.0, 0.5, 1.0, 1.5]).view(1, 1, 4)
        >>> [round(height, 2) for height in line(t, [(0, 0), (1, 2)]).flatten().tolist()]
        [0.0, 1.0, 2.0, -13.0]
    """
    (first, height), (last, _) = points[0], points[-1]
    total = height - _FALL * ((first - t).clamp_(min=0) + (t - last).clamp_(min=0))
    for (t0, h0), (t1, h1) in pairwise(points):
        total = total + (h1 - h0) * ramp(t, t0, t1 + 1e-4)
    return total


def edge(x: Tensor, x0: Tensor, h0: Tensor, x1: Tensor, h1: Tensor) -> Tensor:
    """Return the height at `x` of a segment between two points in either order; beyond them it falls steeply."""
    span = x1 - x0
    span = torch.where(span.abs() < 1e-3, 1e-3, span)
    t = (x - x0) / span
    over = ((t - 0.5).abs() - 0.5).clamp_(min=0)
    return h0 + (h1 - h0) * t.clamp(0, 1) - _FALL * over * span.abs()


def cosine(t: Tensor, frequency: Number, phase: Number) -> Tensor:
    """Return cos(2π(frequency · t + phase))."""
    return torch.cos((t * frequency + phase) * (2 * math.pi))


def noise(t: Tensor, frequency: float, phases: Tensor, roughness: float = 0.5) -> Tensor:
    """Return a random curve of about unit height: one cosine an octave.

    Args:
        t: (N, 1, S) coordinates.
        frequency: cycles a unit of the lowest octave.
        phases: (N, octaves, 1) in 0..1.
        roughness: height of each octave against the one below.
    """
    octaves = phases.shape[1]
    steps = torch.arange(octaves, device=t.device).view(1, -1, 1)
    waves = cosine(t, frequency * 1.93**steps, phases * 7 + steps * 0.37)  # (N, octaves, S)
    return (waves * roughness**steps).sum(dim=1, keepdim=True)  # (N, 1, S)


def plane_waves(x: Tensor, y: Tensor, across: Tensor, up: Tensor, phase: Tensor, strength: Tensor) -> Tensor:
    """Return a random texture, a sum of M plane waves, as one matrix product.

    cos(a + b) = cos a · cos b − sin a · sin b, so a sum of M waves has rank 2M: rows times columns.

    Args:
        x: (N, 1, S).
        y: (N, S, 1).
        across: (N, M, 1) cycles a unit in x.
        up: (N, M, 1) cycles a unit in y.
        phase: (N, M, 1) in 0..1.
        strength: (N, M, 1) amplitudes.

    Returns:
        (N, S, S).
    """
    a = (x * across + phase) * (2 * math.pi)  # (N, M, S)
    b = (y.transpose(1, 2) * up) * (2 * math.pi)  # (N, M, S)
    rows = torch.cat([a.cos() * strength, a.sin() * -strength], dim=1)  # (N, 2M, S)
    columns = torch.cat([b.cos(), b.sin()], dim=1)  # (N, 2M, S)
    return torch.bmm(columns.transpose(1, 2), rows)  # (N, S, S)
