"""Churches and temples."""

from __future__ import annotations

import torch

from suprank_edu.data.landmarks.backdrop import hills, land, treeline
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import DESERT, PAINT, ROOF, STONE, plain, snowed, window
from suprank_edu.data.landmarks.parts import absent, block, house, openings, turned, visible_side


def church(c: Canvas, d: Draws) -> None:
    """Paint a nave with a gable, one or two bell towers with spires or onions, and perhaps a dome."""
    twin, beside = d.chance(0.35), d.uniform(-1, 1)
    half, eave, steep = d.uniform(0.24, 0.40), d.uniform(0.34, 0.60), d.uniform(0.18, 0.42)
    tall, spire, onion = d.uniform(0.15, 0.60), d.uniform(0.12, 0.62), d.chance(0.35)
    dome, long = d.chance(0.3), d.uniform(0.45, 0.85)
    wall, roof, cap = d.choice(STONE), d.choice(ROOF), d.choice(ROOF)
    rose, slim = d.uniform(0.05, 0.11), d.uniform(0.10, 0.16)
    ridge = eave + steep
    high = eave + 0.16 + tall
    # A single tower stands over the door, or at either side of the front.
    single = torch.where(beside.abs() < 0.5, 0.0 * half, beside.sign() * (half + slim * 0.8))
    for px in (torch.where(twin > 0, -half, single), half + slim * 0.2 + absent(twin)):
        pz = long + slim * 0.6
        openings(c, px, pz + slim, slim * 0.30, [(high - 0.20, high - 0.05), (eave * 0.5, eave * 0.5 + 0.1)])
        bulge = 1.0 + 0.22 * onion
        points = [(high, slim), (high + spire * 0.28, slim * bulge * 0.98), (high + spire * 0.62, slim * 0.28 * bulge)]
        pointed = [(high, slim * 1.1), (high + spire * 0.28, slim * 0.79), (high + spire * 0.62, slim * 0.42)]
        mixed = [(h, torch.where(onion > 0, r, q)) for (h, r), (_, q) in zip(points, pointed, strict=True)]
        turned(
            c,
            px,
            pz,
            [(high + spire, 0.007 + 0 * slim), (high + spire + 0.09, 0.006 + 0 * slim)],
            plain(c, (0.7, 0.6, 0.3)),
        )
        turned(c, px, pz, [*mixed, (high + spire, 0.0 * slim)], snowed(c, cap, 0.5))
        block(c, px, pz, slim, slim, 0.0, high, wall)
    x, y = c.project(0.0, long, eave * 0.92)
    c.paint(c.ellipse(x, y, rose * c.cos, rose), window(c), glow=c.view.night)
    openings(c, 0.0, long, 0.07 + 0 * half, [(0.0, eave * 0.45)])
    s = visible_side(c)
    for step in (0.55, 0.05, -0.45):
        openings(c, s * half, long * step, 0.035 * (1.2 - c.cos) + 0.015, [(eave * 0.35, eave * 0.78)])
    house(c, 0.0, 0.0, half, long, (0.0, eave, ridge), wall, roof)
    drum = half * 0.72
    dome_x = absent(dome)
    points = [(ridge * 0.7, drum), (ridge + 0.06, drum), (ridge + 0.06 + drum * 0.5, drum * 0.84)]
    points += [
        (ridge + 0.06 + drum * 0.85, drum * 0.45),
        (ridge + 0.06 + drum, 0.04 * drum),
        (ridge + 0.2 + drum, 0.01 + 0 * drum),
    ]
    turned(c, dome_x, -long * 0.55, points, snowed(c, cap, 0.5))
    house(
        c, 0.0, -long * 0.5, half * 1.9, half * 0.6, (0.0, eave * 0.9, ridge * 0.92), wall, roof, gable_in_front=False
    )
    land(c, d)
    treeline(c, d, 0.16, d.chance(0.6))
    hills(c, d, d.uniform(0.1, 0.4))


def temple(c: Canvas, d: Draws) -> None:
    """Paint a colonnade on steps under a pediment; some are ruins with broken columns and no roof."""
    count, ruin = d.integer(4, 9), d.chance(0.25)
    half, tall, pediment = d.uniform(0.65, 1.05), d.uniform(0.50, 0.85), d.uniform(0.12, 0.36)
    deep, steps, fill = d.uniform(0.30, 0.60), d.uniform(0.06, 0.22), d.uniform(0.17, 0.30)
    marble, roof = d.choice((*STONE, *DESERT)), d.choice(ROOF)
    painted, accent = d.chance(0.3), d.choice(PAINT)
    shaft = torch.where(painted[:, 0] > 0, 0.6 * accent + 0.25 * marble, marble)
    beam, broken = d.uniform(0.07, 0.14), d.uniform(0, 9)
    top = steps + tall
    place, scale = c.wall(deep)
    t = (place / half * 0.5 + 0.5) * count  # column number and the place within its bay, (N, 1, S)
    bay = t - t.floor() - 0.5
    pixels = c.k * scale * 2 * half / count
    row = ((fill - bay.abs()) * pixels + 0.5).clamp_(0, 1) * (place.abs() < half)
    stump = 1 - ruin * (0.5 + 0.5 * torch.sin(t.floor() * 5.3 + broken)) * 0.55
    columns = c.between(c.rise(steps, scale), c.rise(steps + tall * stump, scale)).mul_(row)
    weight = c.paint(columns, shaft)
    c.shade(weight, (bay / fill).clamp(-1, 1), shaft)
    # The colonnade along the visible end, its bays evenly spread in the picture.
    s = visible_side(c)
    xb, _ = c.project(s * half, deep)
    xe, _ = c.project(s * half, -deep)
    span = torch.where((xe - xb).abs() < 0.02, 0.02, xe - xb)
    t = ((c.x - xb) / span).clamp(-0.5, 1.5) * 3
    bay = t - t.floor() - 0.5
    row = ((fill - bay.abs()) * c.k * span.abs() / 3 + 0.5).clamp_(0, 1) * ((t > 0) & (t < 3))
    weight = c.paint(row * c.rows(steps, steps + tall * (1 - 0.4 * ruin)), shaft * 0.9)
    gone = absent(1 - ruin)
    block(c, gone, 0.0, half * 1.03, deep * 1.02, top, top + beam, marble * 0.94)
    house(c, gone, 0.0, half * 1.06, deep * 1.04, (top + beam, top + beam + 0.015, top + beam + pediment), marble, roof)
    openings(c, gone, deep * 0.6, half * 0.16, [(steps, steps + 0.75 * tall)])
    block(c, 0.0, 0.0, half * 0.80, deep * 0.75, steps, steps + tall * (1 - 0.8 * ruin), marble * 0.62)
    for part in (0.35, 0.7, 1.0):
        ledge = half * (0.30 - 0.2 * part)
        block(
            c, 0.0, 0.0, half + ledge, deep + ledge, steps * (part - 0.35), steps * part, marble * (1.1 - 0.12 * part)
        )
    dry = d.chance(0.5)[:, 0]
    land(c, d, torch.lerp(c.view.grass, plain(c, (0.72, 0.64, 0.46)), 0.8 * dry))
    treeline(c, d, 0.09, d.chance(0.5))
    hills(c, d, d.uniform(0.1, 0.5))
