"""Castles and towers."""

import torch
from torch import Tensor

from suprank_edu.data.landmarks.backdrop import hills, land, treeline
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import PAINT, ROOF, STEEL, STONE, dark, plain, snowed, window
from suprank_edu.data.landmarks.parts import absent, block, lit, openings, turned
from suprank_edu.data.landmarks.shapes import cosine, line, noise


def castle(c: Canvas, d: Draws) -> None:
    """Paint corner towers, battlements, a keep and a gate on a mound."""
    pointed, half, deep = d.chance(0.55), d.uniform(0.50, 0.95), d.uniform(0.30, 0.55)
    keep, keep_x, mound = d.uniform(0.0, 0.65), d.uniform(-0.45, 0.45), d.uniform(0.02, 0.37)
    radius, rise = d.uniform(0.10, 0.19), d.uniform(0.12, 0.45)
    wall, merlons, steep = d.uniform(0.26, 0.46), d.uniform(4, 9), d.uniform(0.28, 0.60)
    stone, roof = d.choice(STONE), snowed(c, d.choice(ROOF))
    top, floor = mound + wall, mound + 0.3 * wall

    def tower(px: Tensor, pz: Tensor, r: Tensor, high: Tensor) -> None:
        openings(c, px, pz, r * 0.16, [(high - 0.20, high - 0.08), (floor, floor + 0.1)])
        flare = r * (1.22 - 0.10 * pointed)
        turned(c, px, pz, [(high, flare * 1.12 * pointed), (high + pointed * steep + 0.01, 0.0)], roof)
        turned(c, px, pz, [(mound, r), (high - 0.07, r), (high - 0.05, flare), (high, flare)], stone)

    corners = [
        (x * half + absent(d.chance(0.85)), z * deep, radius * d.uniform(0.8, 1.25), top + rise * d.uniform(0.5, 1.3))
        for x, z in ((-1, 1), (1, 1), (-1, -1), (1, -1))
    ]
    for corner in corners[:2]:
        tower(*corner)
    place, scale = c.wall(deep)
    gate = place - d.uniform(-0.3, 0.3) * half
    arch = line(gate, [(-0.09, mound + 0.12), (0.0, mound + 0.24), (0.09, mound + 0.12)])
    c.paint(c.between(c.rise(mound, scale), c.rise(arch, scale)), dark(c))
    teeth = 0.05 * (cosine(place, merlons, 0.0) * 4).clamp(0, 1) - 60 * (place.abs() - half).clamp(min=0)
    c.paint(c.between(c.rise(mound, scale), c.rise(top + teeth, scale)), lit(c, stone * 0.94, c.sin))
    block(c, 0.0, 0.0, half, deep * 0.98, mound, top, stone * 0.92)
    tower(keep_x, 0.0 * deep, radius * 1.35, top + rise + keep)
    for corner in corners[2:]:
        tower(*corner)
    block(c, -keep_x * 0.6, -0.15 * deep, half * 0.42, deep * 0.4, mound, top + 0.16, stone * 0.9)
    hill = line(c.x, [(-half - 1.3, 0.0), (-half - 0.12, mound), (half + 0.12, mound), (half + 1.3, 0.0)])
    weight = c.paint(c.below(hill + 0.03 * noise(c.x, 0.9, d.vector(3))), snowed(c, c.view.grass * 0.86, 0.9))
    c.shade(weight, (c.x / (half + 0.5)).clamp(-1, 1), c.view.grass * 0.6)
    land(c, d)
    treeline(c, d, 0.10)
    hills(c, d, d.uniform(0.1, 0.4))


def tower(c: Canvas, d: Draws) -> None:
    """Paint a concrete mast with a pod, a stepped high-rise or a lattice tower, and the city around it."""
    kind, tall = d.uniform(0, 3).floor(), d.uniform(1.05, 1.50)
    width, pod, taper = d.uniform(0.08, 0.17), d.uniform(0.5, 0.85), d.uniform(0.3, 0.8)
    pod_size, spire, levels = d.uniform(0.0, 0.17), d.uniform(0.08, 0.3), d.integer(5, 12)
    mast, high_rise, lattice = (absent((kind == i).float()) for i in range(3))
    body, steel, trim = d.choice(STONE), d.choice(STEEL), d.choice(PAINT)
    low, at = width * 0.55, tall * pod
    wide = low + pod_size
    turned(c, mast, 0.0, [(at, low), (at + 0.05, wide), (at + 0.13, wide), (at + 0.19, low * 0.6)], trim)
    turned(c, mast, 0.0, [(0.0, width), (0.25 * tall, low), (tall, low * 0.5), (tall + 0.01, 0.012)], body)
    turned(c, mast, 0.0, [(tall, 0.02), (tall + spire, 0.004)], steel)
    _high_rise(c, high_rise, (tall, width * 2.1, spire), (taper, levels), (body, steel))
    _lattice(c, lattice, (tall, width * 2.3, spire), levels, steel)
    _city(c, d, 0.35, 0.3)
    land(c, d, plain(c, (0.50, 0.50, 0.50)))
    _city(c, d, 0.65, 0.95)
    hills(c, d, 0.2)


def _high_rise(
    c: Canvas,
    px: Tensor,
    sizes: tuple[Tensor, Tensor, Tensor],
    form: tuple[Tensor, Tensor],
    colours: tuple[Tensor, Tensor],
) -> None:
    """Paint a high-rise in three steps with rows of windows."""
    tall, wide, spire = sizes
    taper, levels = form
    x, _ = c.project(px, 0.0)
    floors = (cosine(c.y, levels, 0.0) * 3).clamp(0, 1) * c.rows(0.05, tall * 0.94)
    bays = (cosine(c.x - x, 3.0 / wide, 0.5) * 3 + 0.8).clamp(0, 1) * c.columns(x - wide * 0.52, x + wide * 0.52)
    c.paint(floors * bays * 0.75, window(c), glow=c.view.night)
    turned(c, px, 0.0, [(tall * 0.98, 0.02), (tall + spire, 0.004)], colours[1])
    for high, share in ((tall, 0.42), (tall * (0.5 + 0.4 * taper), 0.72), (tall * taper * 0.7, 1.0)):
        block(c, px, wide * (1 - share) * 0.9, wide * share, wide * share, 0.0, high, colours[0])


def _lattice(c: Canvas, px: Tensor, sizes: tuple[Tensor, Tensor, Tensor], levels: Tensor, colour: Tensor) -> None:
    """Paint a lattice tower: curved legs, crossed bars between them, and three decks."""
    tall, foot, spire = sizes
    x, _ = c.project(px, 0.0)
    outline = [(tall * h, foot * r) for h, r in ((0.0, 1.0), (0.16, 0.64), (0.4, 0.33), (1.0, 0.06))]
    outline.append((tall + spire, 0.005 + 0.0 * foot))
    whole = c.inside(line(c.y, outline), x)
    legs = c.inside(line(c.y, [(h, r * 0.62) for h, r in outline]), x).neg_().add_(1)
    bars = (cosine((c.x - x).abs() / foot, 1.5, 0.0) * cosine(c.y, levels * 0.8, 0.0)).abs_().mul_(3).clamp_(0, 1)
    bars.mul_(0.75 * c.rows(0.2 * tall, 9.0))
    decks = torch.stack([c.rows(tall * h, tall * h + 0.045) for h in (0.17, 0.41, 0.93)]).amax(dim=0)
    weight = c.paint(whole.mul_(torch.maximum(torch.maximum(legs, bars), decks)), colour)
    c.shade(weight, ((c.x - x) / foot * 2).clamp(-1, 1), colour)


def _city(c: Canvas, d: Draws, depth: float, foot: float) -> None:
    """Paint a row of houses of different heights; `foot` is how far up to the horizon they stand."""
    place = c.x + (0.4 + depth) * c.view.yaw
    lot = torch.floor(place * (2.2 + 3 * depth) + d.uniform(0, 9))
    height = 0.5 + 0.5 * torch.sin(lot * 12.9898 + d.uniform(0, 6))
    low = c.view.eye * foot + 0.0 * height
    weight = c.paint(c.between(low - 0.02, low + 0.05 + 0.20 * height.square()), d.choice(STONE) * 0.8, depth)
    c.tint(weight, torch.sin(lot * 78.233), plain(c, (0.10, 0.09, 0.08)), depth)
