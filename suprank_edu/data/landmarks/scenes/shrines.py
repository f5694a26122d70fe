"""Churches and temples."""

import torch
from torch import Tensor

from suprank_edu.data.landmarks.backdrop import hills, land, treeline
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import DESERT, PAINT, ROOF, STONE, plain, snowed, window
from suprank_edu.data.landmarks.parts import absent, block, house, openings, turned, visible_side
from suprank_edu.data.landmarks.shapes import Points

# Outlines of spires and domes: (share of the height, share of the radius).
_ONION = ((0.0, 1.0), (0.28, 1.20), (0.62, 0.34))
_SPIRE = ((0.0, 1.1), (0.28, 0.79), (0.62, 0.42))
_DOME = ((0.0, 1.0), (0.5, 0.84), (0.85, 0.45), (1.0, 0.04))


def church(c: Canvas, d: Draws) -> None:
    """Paint a nave with a gable, one or two bell towers with spires or onions, and perhaps a dome."""
    twin, beside = d.chance(0.35), d.uniform(-1, 1)
    half, eave, steep = d.uniform(0.24, 0.40), d.uniform(0.34, 0.60), d.uniform(0.18, 0.42)
    tall, spire, onion = d.uniform(0.15, 0.60), d.uniform(0.12, 0.62), d.chance(0.35)
    dome, long = d.chance(0.3), d.uniform(0.45, 0.85)
    wall, roof, cap = d.choice(STONE), d.choice(ROOF), snowed(c, d.choice(ROOF), 0.5)
    rose, slim = d.uniform(0.05, 0.11), d.uniform(0.10, 0.16)
    ridge, high = eave + steep, eave + 0.16 + tall
    # A single tower stands over the door, or at either side of the front.
    single = torch.where(beside.abs() < 0.5, 0.0, beside.sign() * (half + slim * 0.8))
    for px in (torch.where(twin > 0, -half, single), half + slim * 0.2 + absent(twin)):
        _bell_tower(c, (px, long + slim * 0.6, slim), (eave * 0.5, high, spire), onion, (wall, cap))
    x, y = c.project(0.0, long, eave * 0.92)
    c.paint(c.ellipse(x, y, rose * c.cos, rose), window(c), glow=c.view.night)
    openings(c, 0.0, long, 0.07, [(0.0, eave * 0.45)])
    for step in (0.55, 0.05, -0.45):
        narrow = 0.015 + 0.035 * (1.2 - c.cos)
        openings(c, visible_side(c) * half, long * step, narrow, [(eave * 0.35, eave * 0.78)])
    house(c, 0.0, 0.0, half, long, (0.0, eave, ridge), wall, roof)
    drum, spring = half * 0.72, ridge + 0.06
    curve = ((spring + drum * h, drum * r) for h, r in _DOME)
    points: Points = [(ridge * 0.7, drum), *curve, (ridge + 0.2 + drum, 0.01)]
    turned(c, absent(dome), -long * 0.55, points, cap)
    floors = (0.0, eave * 0.9, ridge * 0.92)
    house(c, 0.0, -long * 0.5, half * 1.9, half * 0.6, floors, wall, roof, gable_in_front=False)
    land(c, d)
    treeline(c, d, 0.16, d.chance(0.6))
    hills(c, d, d.uniform(0.1, 0.4))


def _bell_tower(
    c: Canvas,
    place: tuple[Tensor, Tensor, Tensor],
    heights: tuple[Tensor, Tensor, Tensor],
    onion: Tensor,
    colours: tuple[Tensor, Tensor],
) -> None:
    """Paint a square tower with two windows, its onion or spire, and a cross."""
    px, pz, half = place
    middle, high, spire = heights
    tip = high + spire
    openings(c, px, pz + half, half * 0.30, [(high - 0.20, high - 0.05), (middle, middle + 0.1)])
    turned(c, px, pz, [(tip, 0.007), (tip + 0.09, 0.006)], plain(c, (0.7, 0.6, 0.3)))
    widths = [torch.where(onion > 0, bulb, cone) for (_, bulb), (_, cone) in zip(_ONION, _SPIRE, strict=True)]
    points = [(high + spire * h, half * width) for (h, _), width in zip(_ONION, widths, strict=True)]
    turned(c, px, pz, [*points, (tip, 0.0)], colours[1])
    block(c, px, pz, half, half, 0.0, high, colours[0])


def temple(c: Canvas, d: Draws) -> None:
    """Paint a colonnade on steps under a pediment; some are ruins with broken columns and no roof."""
    count, ruin = d.integer(4, 9), d.chance(0.25)
    half, tall, pediment = d.uniform(0.65, 1.05), d.uniform(0.50, 0.85), d.uniform(0.12, 0.36)
    deep, steps, fill = d.uniform(0.30, 0.60), d.uniform(0.06, 0.22), d.uniform(0.17, 0.30)
    marble, roof = d.choice((*STONE, *DESERT)), d.choice(ROOF)
    painted, accent = d.chance(0.3), d.choice(PAINT)
    shaft = torch.where(painted[:, 0] > 0, 0.6 * accent + 0.25 * marble, marble)
    beam, broken = d.uniform(0.07, 0.14), d.uniform(0, 9)
    _front_columns(c, (half, deep, fill), (steps, tall), count, ruin * 0.55, broken, shaft)
    _side_columns(c, (half, deep, fill), (steps, steps + tall * (1 - 0.4 * ruin)), shaft * 0.9)
    gone, top = absent(1 - ruin), steps + tall + beam
    block(c, gone, 0.0, half * 1.03, deep * 1.02, steps + tall, top, marble * 0.94)
    house(c, gone, 0.0, half * 1.06, deep * 1.04, (top, top + 0.015, top + pediment), marble, roof)
    openings(c, gone, deep * 0.6, half * 0.16, [(steps, steps + 0.75 * tall)])
    block(c, 0.0, 0.0, half * 0.80, deep * 0.75, steps, steps + tall * (1 - 0.8 * ruin), marble * 0.62)
    for part in (0.35, 0.7, 1.0):
        ledge, tread = half * (0.30 - 0.2 * part), marble * (1.1 - 0.12 * part)
        block(c, 0.0, 0.0, half + ledge, deep + ledge, steps * (part - 0.35), steps * part, tread)
    dry = 0.8 * d.chance(0.5)[:, 0]
    land(c, d, torch.lerp(c.view.grass, plain(c, (0.72, 0.64, 0.46)), dry))
    treeline(c, d, 0.09, d.chance(0.5))
    hills(c, d, d.uniform(0.1, 0.5))


def _front_columns(
    c: Canvas,
    sizes: tuple[Tensor, Tensor, Tensor],
    heights: tuple[Tensor, Tensor],
    count: Tensor,
    missing: Tensor,
    seed: Tensor,
    colour: Tensor,
) -> None:
    """Paint the columns of the front, of which a ruin misses up to this share, each another."""
    half, deep, fill = sizes
    steps, tall = heights
    place, scale = c.wall(deep)
    t = (place / half * 0.5 + 0.5) * count  # the number of the column and the place within its bay, (N, 1, S)
    bay = torch.remainder(t, 1.0) - 0.5
    pixels = c.k * scale * 2 * half / count
    row = ((fill - bay.abs()) * pixels + 0.5).clamp_(0, 1) * (place.abs() < half)
    stump = 1 - missing * (0.5 + 0.5 * torch.sin(t.floor() * 5.3 + seed))
    mask = c.between(c.rise(steps, scale), c.rise(steps + tall * stump, scale)).mul_(row)
    c.shade(c.paint(mask, colour), (bay / fill).clamp(-1, 1), colour)


def _side_columns(c: Canvas, sizes: tuple[Tensor, Tensor, Tensor], rows: tuple[Tensor, Tensor], colour: Tensor) -> None:
    """Paint the three columns of the visible end, evenly spread in the picture."""
    half, deep, fill = sizes
    near, _ = c.project(visible_side(c) * half, deep)
    far, _ = c.project(visible_side(c) * half, -deep)
    span = torch.where((far - near).abs() < 0.02, 0.02, far - near)
    t = (c.x - near) / span * 3
    bay = (torch.remainder(t, 1.0) - 0.5).abs()
    row = ((fill - bay) * c.k * span.abs() / 3 + 0.5).clamp_(0, 1) * ((t > 0) & (t < 3))
    c.paint(row * c.rows(*rows), colour)
