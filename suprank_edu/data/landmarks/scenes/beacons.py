"""Lighthouses and windmills."""

import torch
from torch import Tensor

from suprank_edu.data.landmarks.backdrop import hills, land, sea, treeline
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import PAINT, ROCK, ROOF, STONE, plain, snowed
from suprank_edu.data.landmarks.parts import absent, house, openings, turned
from suprank_edu.data.landmarks.shapes import Points, cosine, line, noise

_CLOTH = ((0.90, 0.87, 0.80), (0.50, 0.38, 0.28), (0.80, 0.76, 0.66))
_WHITEWASH = (0.92, 0.91, 0.88)


def lighthouse(c: Canvas, d: Draws) -> None:
    """Paint a tapering tower with bands, gallery, lantern and cap on a rock by the sea, with a keeper's house."""
    bands, tall, foot = d.integer(0, 4), d.uniform(0.80, 1.45), d.uniform(0.13, 0.24)
    taper, rock, kept = d.uniform(0.50, 0.95), d.uniform(0.05, 0.35), d.chance(0.65)
    lantern, domed = d.uniform(0.10, 0.19), d.uniform(0.02, 0.14)
    base, band = d.choice((_WHITEWASH, *STONE)), d.choice(PAINT)
    roof, stone = d.choice((*PAINT, *ROOF)), d.choice(ROCK)
    side, spread = d.uniform(-0.7, 0.7), d.uniform(0.7, 1.3)
    high, r = rock + tall, foot * taper
    _lantern(c, (high, lantern, domed, r), roof)
    openings(c, 0.0, 0.0, foot * 0.13, [(rock + tall * s, rock + tall * s + 0.07) for s in (0.12, 0.42, 0.72)])
    points = [(rock - 0.05, foot), (rock + 0.3 * tall, foot * (0.6 + 0.4 * taper)), (high, r)]
    weight = turned(c, 0.0, 0.0, points, base)
    rings = (cosine((c.y - rock) / tall, bands, 0.5) * 12).clamp(0, 1) * (bands > 0)
    c.tint(weight, rings, band - base)
    px = side.sign() * (0.3 + side.abs() * 0.5) + absent(kept)
    floors = (rock - 0.05, rock + 0.17, rock + 0.32)
    house(c, px, 0.05, 0.22, 0.14, floors, base * 0.97, roof, gable_in_front=False)
    outline: Points = [(-spread - 0.35, -0.12), (-spread * 0.55, rock), (spread * 0.6, rock), (spread + 0.3, -0.12)]
    shore = line(c.x, outline) + 0.05 * noise(c.x + 0.6 * c.view.yaw, 1.5, d.vector(4))
    weight = c.paint(c.below(shore).mul_(c.rows(-0.12, 9.0)), snowed(c, stone, 0.5))
    c.tint(weight, c.texture(d.vector(36), 1.3, 1.8), stone * 0.20)
    weight = sea(c, d)
    c.tint(weight, c.rows(-0.15, -0.10) * c.columns(-spread, spread), plain(c, (0.4, 0.4, 0.4)))
    hills(c, d, d.uniform(-0.2, 0.25))


def _lantern(c: Canvas, sizes: tuple[Tensor, Tensor, Tensor, Tensor], roof: Tensor) -> None:
    """Paint the cap, the glass and the gallery, and by night the beam."""
    high, lantern, domed, r = sizes
    glass = torch.lerp(plain(c, (0.55, 0.66, 0.72)), plain(c, (1.0, 0.93, 0.66)), c.view.night[:, 0])
    fan = 0.02 + 0.10 * c.x.abs()
    beam = c.view.night * (c.x.abs() > r) * 0.32
    c.paint(c.between(high + 0.07 - fan, high + 0.07 + fan).mul_(beam), glass, glow=1.0)
    eaves, ball = high + lantern, high + lantern + domed + 0.03
    turned(c, 0.0, 0.0, [(eaves, r * 0.80), (eaves + domed, r * 0.45), (ball, 0.0), (ball + 0.09, 0.006)], roof)
    pane = c.inside(line(c.y, [(high, r * 0.62), (eaves, r * 0.62)]), 0.0)
    weight = c.paint(pane, glass, glow=c.view.night)
    c.tint(weight, (cosine(c.x / r, 1.6, 0.5) * 5 - 3).clamp(0, 1), plain(c, (-0.35, -0.35, -0.35)))
    turned(c, 0.0, 0.0, [(high - 0.03, r * 1.05), (high - 0.01, r * 1.45), (high + 0.025, r * 1.45)], roof * 0.9)


def windmill(c: Canvas, d: Draws) -> None:
    """Paint a mill tower with a cap and four or six sails at any angle."""
    six, tall, foot = d.chance(0.25), d.uniform(0.60, 1.00), d.uniform(0.18, 0.34)
    waist, reach, broad = d.uniform(0.45, 0.95), d.uniform(0.50, 0.80), d.uniform(0.035, 0.085)
    cap, stage = d.uniform(0.06, 0.24), d.chance(0.45)
    wall, roof, cloth = d.choice((*STONE, _WHITEWASH)), d.choice(ROOF), d.choice(_CLOTH)
    r, mound = foot * waist, d.uniform(0.0, 0.2)
    top = mound + tall
    hub_x, hub_y = c.project(0.0, r + 0.07, top + cap * 0.35)
    angle = d.uniform(0, 0.5) + c.view.centre * 40  # sails stand differently in each view
    x, y = (c.x - hub_x) / c.cos.clamp(min=0.35), c.y - hub_y
    # Four sails are two bars, six are three: one bar for all, its normal for four, ±120° for six.
    bars = ((0.0, torch.ones_like(six)), (1.5708, 1 - six), (2.0944, six), (-2.0944, six))
    for turn, present in bars:
        cos, sin = torch.cos(angle + turn), torch.sin(angle + turn)
        _sails(c, x * cos + y * sin, y * cos - x * sin, reach - absent(present), broad, cloth)
    c.paint(c.ellipse(hub_x, hub_y, 0.03, 0.03), plain(c, (0.25, 0.20, 0.18)))
    tip = top + cap
    points: Points = [(top - 0.01, r * 1.12), (top + cap * 0.5, r * 0.92), (tip, r * 0.3), (tip + 0.01, 0.0)]
    turned(c, 0.0, 0.0, points, snowed(c, roof))
    openings(c, 0.0, foot, foot * 0.14, [(mound + tall * s, mound + tall * s + 0.09) for s in (0.30, 0.62)])
    openings(c, 0.0, foot, foot * 0.22, [(mound, mound + 0.2)])
    ring = mound + tall * 0.34
    turned(c, absent(stage), 0.0, [(ring, foot * 1.30), (ring + 0.025, foot * 1.35)], plain(c, (0.42, 0.33, 0.25)))
    turned(c, 0.0, 0.0, [(mound - 0.03, foot), (top, r)], wall)
    px = d.uniform(0.45, 0.8) * (d.chance(0.5) * 2 - 1) + absent(d.chance(0.5))
    house(c, px, -0.1, 0.22, 0.16, (0.0, 0.2, 0.36), wall * 0.95, roof, gable_in_front=False)
    c.paint(c.below(mound * torch.exp(-(c.x * 0.8).square())), snowed(c, c.view.grass * 0.93, 0.9))
    land(c, d)
    treeline(c, d, 0.09)
    hills(c, d, d.uniform(-0.1, 0.3))


def _sails(c: Canvas, along: Tensor, across: Tensor, reach: Tensor, broad: Tensor, colour: Tensor) -> None:
    """Paint two sails, one on either side of the hub: a spar, and cloth on its leading side; (N, S, S) distances."""
    length = along.abs()
    left = reach - length
    spar = torch.minimum(0.011 - across.abs(), left)
    cloth = torch.minimum(broad - (across.copysign(across * along) - broad).abs_(), left)
    cloth = torch.minimum(cloth, length.sub_(0.16))
    c.paint(torch.maximum(spar, cloth).mul_(c.k).add_(0.5).clamp_(0, 1), colour)
