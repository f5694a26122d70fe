"""Castles and towers."""

from __future__ import annotations

import torch

from suprank_edu.data.landmarks.backdrop import hills, land, treeline
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import PAINT, ROOF, STEEL, STONE, dark, plain, snowed, window
from suprank_edu.data.landmarks.parts import absent, block, openings, turned
from suprank_edu.data.landmarks.shapes import cosine, line, noise


def castle(c: Canvas, d: Draws) -> None:
    """Paint corner towers, battlements, a keep and a gate on a mound."""
    pointed, half, deep = d.chance(0.55), d.uniform(0.50, 0.95), d.uniform(0.30, 0.55)
    keep, keep_x, mound = d.uniform(0.0, 0.65), d.uniform(-0.45, 0.45), d.uniform(0.0, 0.35)
    radius, rise = d.uniform(0.10, 0.19), d.uniform(0.12, 0.45)
    wall, merlons, steep = d.uniform(0.26, 0.46), d.uniform(4, 9), d.uniform(0.28, 0.60)
    stone, roof = d.choice(STONE), d.choice(ROOF)
    mound = mound + 0.02
    top = mound + wall

    def tower(px: torch.Tensor, pz: torch.Tensor, r: torch.Tensor, high: torch.Tensor) -> None:
        openings(c, px, pz, r * 0.16, [(high - 0.20, high - 0.08), (mound + 0.3 * wall, mound + 0.3 * wall + 0.1)])
        flare = r * (1.12 + 0.10 * (1 - pointed))
        tip = high + pointed * steep + 0.01
        turned(c, px, pz, [(high, flare * 1.12 * pointed), (tip, 0.0 * r)], snowed(c, roof))
        turned(c, px, pz, [(mound, r), (high - 0.07, r), (high - 0.05, flare), (high, flare)], stone)

    heights = [top + rise * d.uniform(0.5, 1.3) for _ in range(4)]
    widths = [radius * d.uniform(0.8, 1.25) for _ in range(4)]
    kept = [absent(d.chance(0.85)) for _ in range(4)]
    tower(-half + kept[0], deep, widths[0], heights[0])
    tower(half + kept[1], deep, widths[1], heights[1])
    gate = d.uniform(-0.3, 0.3) * half
    place, scale = c.wall(deep)
    arch = line(place - gate, [(-0.09, mound + 0.12), (0.0, mound + 0.24), (0.09, mound + 0.12)])
    c.paint(c.between(c.rise(mound, scale), c.rise(arch, scale)), dark(c))
    teeth = (cosine(place, merlons, 0.0) * 4).clamp(0, 1) * 0.05
    over = (place.abs() - half).clamp(min=0) * 30
    front = c.between(c.rise(mound, scale), c.rise(top + teeth - over, scale) - over)
    c.paint(front, stone * (0.94 + 0.5 * c.view.contrast * c.view.sun * c.sin)[:, 0])
    block(c, 0.0, 0.0, half, deep * 0.98, mound, top, stone * 0.92)
    high = top + rise + keep
    thick = radius * 1.35
    tower(keep_x, 0.0 * thick, thick, high)
    tower(-half + kept[2], -deep, widths[2], heights[2])
    tower(half + kept[3], -deep, widths[3], heights[3])
    block(c, -keep_x * 0.6, -0.15 * deep, half * 0.42, deep * 0.4, mound, top + 0.16, stone * 0.9)
    slope = half + 0.5
    hill = line(c.x, [(-slope - 0.8, 0.0), (-half - 0.12, mound), (half + 0.12, mound), (slope + 0.8, 0.0)])
    hill = hill + 0.03 * noise(c.x, 0.9, d.vector(3))
    weight = c.paint(c.below(hill), snowed(c, c.view.grass * 0.86, 0.9))
    c.shade(weight, (c.x / slope).clamp(-1, 1), c.view.grass * 0.6)
    land(c, d)
    treeline(c, d, 0.10)
    hills(c, d, d.uniform(0.1, 0.4))


def tower(c: Canvas, d: Draws) -> None:
    """Paint a slender tower, a stepped high-rise or a lattice mast, and the city around it."""
    kind, tall = d.uniform(0, 3).floor(), d.uniform(1.05, 1.50)
    width, pod, taper = d.uniform(0.08, 0.17), d.uniform(0.5, 0.85), d.uniform(0.3, 0.8)
    pod_size, spire, levels = d.uniform(0.0, 0.17), d.uniform(0.08, 0.3), d.integer(5, 12)
    is_mast, is_block, is_lattice = ((kind == i).float() for i in range(3))
    body, steel, trim = d.choice(STONE), d.choice(STEEL), d.choice(PAINT)
    # A concrete mast with a pod.
    gone, low = absent(is_mast), width * 0.55
    at = tall * pod
    pod_r = low + pod_size
    turned(c, gone, 0.0, [(at, low), (at + 0.05, pod_r), (at + 0.13, pod_r), (at + 0.19, low * 0.6)], trim)
    turned(c, gone, 0.0, [(0.0, width), (0.25 * tall, low), (tall, low * 0.5), (tall + 0.01, 0.012)], body)
    turned(c, gone, 0.0, [(tall, 0.02 + 0 * tall), (tall + spire, 0.004 + 0 * tall)], steel)
    # A high-rise in three steps.
    gone = absent(is_block)
    x, _ = c.project(gone, 0.0)
    wide = width * 2.1
    floors = (cosine(c.y, levels, 0.0) * 3).clamp(0, 1) * c.rows(0.05, tall * 0.94)
    bays = (cosine(c.x - x, 3.0 / wide, 0.5) * 3 + 0.8).clamp(0, 1) * c.columns(x - wide * 0.52, x + wide * 0.52)
    c.paint(floors * bays * 0.75, window(c), glow=c.view.night)
    turned(c, gone, 0.0, [(tall * 0.98, 0.02 + 0 * tall), (tall + spire, 0.004 + 0 * tall)], steel)
    for share, step in ((1.0, 0.42 + 0 * taper), (0.5 + 0.4 * taper, 0.72 + 0 * taper), (taper * 0.7, 1.0 + 0 * taper)):
        block(c, gone, wide * (1 - step) * 0.9, wide * step, wide * step, 0.0, tall * share, body)
    # A lattice tower on four spread feet.
    gone = absent(is_lattice)
    x, _ = c.project(gone, 0.0)
    foot = width * 2.3
    waist = [(share * tall, foot * r) for share, r in ((0.0, 1.0), (0.16, 0.64), (0.4, 0.33), (1.0, 0.06))]
    shape = [*waist, (tall + spire, 0.005 + 0 * foot)]
    decks = sum((c.rows(tall * h, tall * h + 0.045) for h in (0.17, 0.41, 0.93)), torch.zeros_like(c.y))
    outline = c.inside(line(c.y, shape), x)
    legs = c.inside(line(c.y, [(h, r * 0.62) for h, r in shape]), x).neg_().add_(1)
    bars = (cosine((c.x - x).abs() / foot, 1.5, 0.0) * cosine(c.y, levels * 0.8, 0.0)).abs().mul_(3).clamp_(0, 1)
    bars = torch.maximum(torch.maximum(legs, bars.mul_(0.75).mul_((c.y > 0.2 * tall).float())), decks)
    weight = c.paint(outline.mul_(bars), steel)
    c.shade(weight, ((c.x - x) / foot * 2).clamp(-1, 1), steel)
    _city(c, d)
    land(c, d, plain(c, (0.50, 0.50, 0.50)))
    _city(c, d, 0.65)
    hills(c, d, 0.2)


def _city(c: Canvas, d: Draws, depth: float = 0.35) -> None:
    """Paint a row of houses of different heights, nearer or behind."""
    place = c.x + (0.4 + depth) * c.view.yaw
    lot = torch.floor(place * (2.2 + 3 * depth) + d.uniform(0, 9))
    height = 0.5 + 0.5 * torch.sin(lot * 12.9898 + d.uniform(0, 6))
    base = c.view.eye * (0.3 if depth < 0.5 else 0.95)
    top = base + (0.05 + 0.20 * height * height)
    weight = c.paint(c.between(base * torch.ones_like(top) - 0.02, top), d.choice(STONE) * 0.8, depth)
    tone = torch.sin(lot * 78.233)
    c.tint(weight, tone, plain(c, (0.10, 0.09, 0.08)), depth)
