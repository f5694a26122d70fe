"""Parts of buildings, placed in space and seen by the camera of a canvas: blocks, houses and turned bodies."""

import torch
from torch import Tensor

from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.palette import snowed, window
from suprank_edu.data.landmarks.shapes import Number, Points, edge, line

GONE = 99.0  # where things are put that a landmark does not have: far outside the picture


def absent(present: Tensor) -> Tensor:
    """Return a move that takes what is not present out of the picture, (N, 1, 1)."""
    return (1 - present) * GONE


def straight(x: Tensor, x0: Tensor, h0: Tensor, x1: Tensor, h1: Tensor) -> Tensor:
    """Return the height at `x` of the endless line through two points."""
    span = x1 - x0
    return h0 + (h1 - h0) * ((x - x0) / torch.where(span.abs() < 1e-3, 1e-3, span)).clamp(-3, 3)


def visible_side(c: Canvas) -> Tensor:
    """Return +1 where the camera sees the right end of a block at yaw 0 turned, −1 where it sees the left end."""
    return torch.where(c.view.yaw > 0, -1.0, 1.0)


def lit(c: Canvas, colour: Tensor, facing: Tensor) -> Tensor:
    """Return the colour of a flat wall: `facing` (N, 1, 1) is the x-part of its normal in the picture."""
    return colour * (1 + 0.85 * c.view.contrast * c.view.sun * facing)[:, 0]


def block(
    c: Canvas, px: Number, pz: Number, w: Number, d: Number, low: Number, high: Number, colour: Tensor
) -> tuple[Tensor, Tensor]:
    """Paint an upright block and return the weights of its front and of its visible end.

    Args:
        c: the canvas.
        px: place of its middle, units to the right.
        pz: place of its middle, units to the front.
        w: half its width.
        d: half its depth.
        low: height of its bottom.
        high: height of its top.
        colour: (N, 3).
    """
    s = visible_side(c)
    corners = [(px - s * w, pz + d), (px + s * w, pz + d), (px + s * w, pz - d)]
    (xa, ta), (xb, tb), (xc, tc) = (c.project(*corner, high) for corner in corners)
    (_, ba), (_, bb), (_, bc) = (c.project(*corner, low) for corner in corners)
    front = c.between(straight(c.x, xa, ba, xb, bb), edge(c.x, xa, ta, xb, tb))
    end = c.between(straight(c.x, xb, bb, xc, bc), edge(c.x, xb, tb, xc, tc))
    return c.paint(front, lit(c, colour, c.sin)), c.paint(end, lit(c, colour, s * c.cos))


def house(
    c: Canvas,
    px: Number,
    pz: Number,
    w: Number,
    d: Number,
    heights: tuple[Number, Number, Number],
    wall: Tensor,
    roof: Tensor,
    *,
    gable_in_front: bool = True,
) -> None:
    """Paint a house with a gabled roof; `heights` are those of its floor, eaves and ridge."""
    low, eave, ridge = heights
    s = visible_side(c)
    if gable_in_front:
        a, b, e = (px - s * w, pz + d), (px + s * w, pz + d), (px + s * w, pz - d)
        near, far = (px, pz + d), (px, pz - d)
        facing, along = c.sin, s * c.cos
    else:
        a, b, e = (px + s * w, pz - d), (px + s * w, pz + d), (px - s * w, pz + d)
        near, far = (px + s * w, pz), (px - s * w, pz)
        facing, along = s * c.cos, c.sin
    (xa, ta), (xb, tb), (xe, te) = (c.project(*corner, eave) for corner in (a, b, e))
    (_, ba), (_, bb), (_, be) = (c.project(*corner, low) for corner in (a, b, e))
    (xn, tn), (xf, tf) = c.project(*near, ridge), c.project(*far, ridge)
    gable = torch.maximum(edge(c.x, xa, ta, xn, tn), edge(c.x, xn, tn, xb, tb))
    c.paint(c.between(straight(c.x, xa, ba, xb, bb), gable), lit(c, wall, facing))
    c.paint(c.between(straight(c.x, xb, bb, xe, be), edge(c.x, xb, tb, xe, te)), lit(c, wall, along))
    hull = torch.maximum(edge(c.x, xb, tb, xn, tn), edge(c.x, xn, tn, xf, tf))
    hull = torch.maximum(hull, edge(c.x, xf, tf, xe, te))
    c.paint(
        c.between(torch.maximum(straight(c.x, xb, tb, xe, te), torch.minimum(tb, te)), hull),
        lit(c, snowed(c, roof), along),
    )


def turned(c: Canvas, px: Number, pz: Number, points: Points, colour: Tensor) -> Tensor:
    """Paint a body of revolution, round and shaded, and return its weights.

    Args:
        c: the canvas.
        px: place of its axis, units to the right.
        pz: place of its axis, units to the front.
        points: (height, radius) from the bottom to the top.
        colour: (N, 3).
    """
    scale = c.scale_at(px, pz)
    x, _ = c.project(px, pz)
    radius = line(c.y, [(c.view.eye + (height - c.view.eye) * scale, r * scale) for height, r in points])
    weight = c.paint(c.inside(radius, x), colour)
    widest = points[0][1]
    for _, r in points[1:]:
        widest = torch.maximum(torch.as_tensor(widest, device=c.x.device), torch.as_tensor(r, device=c.x.device))
    side = ((c.x - x) / (widest * scale)).clamp(-1, 1)
    c.shade(weight, side, colour)
    return weight


def openings(c: Canvas, px: Number, pz: Number, half: Number, spans: Points) -> None:
    """Paint windows one above the other, before the wall they are in; `spans` are (bottom, top) heights."""
    scale = c.scale_at(px, pz)
    x, _ = c.project(px, pz)
    rows = sum(
        (c.rows(*(c.view.eye + (height - c.view.eye) * scale for height in span)) for span in spans),
        torch.zeros_like(c.y),
    )
    c.paint(rows * c.columns(x - half * scale, x + half * scale), window(c), glow=c.view.night)
