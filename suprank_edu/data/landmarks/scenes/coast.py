"""Islands and sea cliffs."""

import torch
from torch import Tensor

from suprank_edu.data.landmarks.backdrop import hills, sea
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import ROCK, SAND, plain, snowed, unlit, water
from suprank_edu.data.landmarks.parts import absent
from suprank_edu.data.landmarks.shapes import noise, ramp

_CHALK = ((0.90, 0.88, 0.82), (0.62, 0.42, 0.32), (0.46, 0.44, 0.43), (0.74, 0.64, 0.50))


def island(c: Canvas, d: Draws) -> None:
    """Paint an island in the open sea: its outline, a beach, rock or woods, palms, and its reflection."""
    wide, tall, humps = d.uniform(0.65, 1.25), d.uniform(0.20, 0.95), d.uniform(-0.6, 0.6)
    rocky, palms, beach = d.chance(0.4), d.chance(0.5), d.uniform(0.0, 0.07)
    share, blunt = d.uniform(0.3, 0.9), d.uniform(0.7, 2.2)
    rock, sand = d.choice(ROCK), d.choice(SAND)
    texture = c.texture(d.vector(36), 1.4, 1.4)
    place, scale = c.wall()
    cover = torch.where(rocky[:, 0] > 0, rock, snowed(c, c.view.leaves * 0.9, 0.5))
    crags = noise(place, 1.1, d.vector(5), 0.6)
    x = (place / wide).clamp(-1, 1)
    one = (1 - ((x - humps * 0.5) / (1 - humps.abs() * 0.5)).abs().pow(blunt)).clamp(min=0)
    two = share * (1 - ((x + humps) / 0.45).square()).clamp(min=0)
    height = tall * torch.maximum(one, two) + (0.05 + 0.05 * rocky) * crags * (1 - x.square()) + beach
    height = height - 3.0 * (place.abs() > wide)
    top, water_line = c.rise(height, scale), -0.02 + 0.0 * c.x
    for i, side in enumerate((-1.0, 1.0, -1.0)):
        at = wide * (0.25 + 0.28 * i) * humps.sign() * side
        _palm(c, at + absent(palms * (tall < 0.5)), d.uniform(0.25, 0.42), d.uniform(-0.12, 0.12))
    c.paint(c.between(water_line, c.rise(torch.minimum(height, beach + 0.012 * crags), scale)), sand)
    weight = c.paint(c.between(water_line, top), cover, depth=0.3)
    c.tint(weight, texture, cover * 0.18, depth=0.3)
    c.shade(weight, ((c.x / wide - 0.3 * humps) * 2 + 0.4 * texture).clamp_(-1, 1), cover, depth=0.3)
    weight = sea(c, d)
    mirror = ((top + c.y + 0.03) * c.k + 0.5).clamp_(0, 1).mul_(c.rows(-9.0, 0.0))
    c.tint(weight, mirror, (cover - unlit(c, water(c))) * 0.45, depth=0.3)
    shore = wide * c.cos + 0.05
    c.tint(weight, c.rows(-0.05, -0.02) * c.columns(-shore, shore), plain(c, (0.35, 0.35, 0.35)))
    hills(c, d, -0.5)


def _palm(c: Canvas, px: Tensor, tall: Tensor, lean: Tensor) -> None:
    """Paint a palm: a bent trunk and two pairs of fronds, which rise and then droop."""
    x, foot = c.project(px, 0.15, 0.04)
    crown_x, crown_y = x + lean, foot + tall
    away = (c.x - crown_x).abs()
    for reach, sag in ((0.20, 6.4), (0.14, 1.8)):
        arc = crown_y + 0.35 * away - sag * away.square() - 3.0 * (away > reach)
        c.paint(c.between(arc - 0.035, arc + 0.01), 0.3 * c.view.leaves + 0.7 * plain(c, (0.24, 0.42, 0.16)))
    bend = x + lean * ((c.y - foot) / tall).clamp(0, 1.2).square()  # (N, S, 1)
    trunk = 0.016 - 9.0 * ((c.y > crown_y) | (c.y < foot))
    c.paint(((trunk - (c.x - bend).abs()) * c.k + 0.5).clamp_(0, 1), plain(c, (0.42, 0.33, 0.24)))


def sea_cliff(c: Canvas, d: Draws) -> None:
    """Paint a headland that falls sheer into the sea, with banded rock, grass on top, and stacks before it."""
    side, tall, end = d.chance(0.5) * 2 - 1, d.uniform(0.55, 1.20), d.uniform(-0.35, 0.45)
    stacks, bands, slope = d.integer(0, 3), d.uniform(2, 7), d.uniform(-0.25, 0.35)
    sheer, gap = d.uniform(0.03, 0.22), d.uniform(0.22, 0.42)
    rock, phases = d.choice(_CHALK), d.vector(3)
    texture = c.texture(d.vector(36), 2.2, 1.0)
    place, scale = c.wall()
    crags = noise(place, 1.2, d.vector(5), 0.6)
    strata = torch.cos((c.y * bands + 0.1 * c.x) * 6.2832 + texture * 0.5)
    facets = (noise(place, 0.9, phases) + side * 0.5).clamp(-1, 1)

    def rock_face(height: Tensor, turf: float) -> None:
        top = c.rise(height, scale)
        c.paint(c.between(top - turf - 0.01 * crags, top), snowed(c, c.view.grass, 0.9))
        weight = c.paint(c.between(-0.03 + 0.0 * top, top), rock)
        c.tint(weight, strata, rock * 0.10)
        c.tint(weight, texture, rock * 0.12)
        c.shade(weight, facets, rock * 0.85)

    out = place * side  # the land lies where this is small, the sea where it is large
    for i in range(3):
        middle, half = end + gap * (i + 1) + 0.05 * i, d.uniform(0.05, 0.12)
        high = tall * d.uniform(0.25, 0.85) * (1 - 0.15 * i)
        outside = ((out - middle).abs() * (1 + 0.6 * crags.abs()) > half) | (stacks <= i)
        rock_face(high * (1 + 0.10 * crags) - 9.0 * outside, 0.03)
    height = tall * ramp(out, end + sheer, end) * (1 + slope * (out - end)) + 0.05 * crags
    rock_face(height - 9.0 * (out > end + sheer), 0.06)
    weight = sea(c, d)
    surf = (0.5 + 0.5 * noise(c.x, 2.5, d.vector(3))).clamp(0, 1) * (out < end + sheer + 0.3)
    c.tint(weight, c.rows(-0.07, -0.03) * surf, plain(c, (0.45, 0.45, 0.45)))
    beyond = c.view.eye - 0.02 + 0.45 * tall * ramp((c.x + c.view.yaw) * side, 0.3, -1.8)
    c.paint(c.below(beyond), rock * 0.9, depth=0.8)
