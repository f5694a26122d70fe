"""Waterfalls, lakes, islands and sea cliffs."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu.data.landmarks.backdrop import hills, sea
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import DESERT, ROCK, SAND, plain, snow, snowed, water
from suprank_edu.data.landmarks.parts import absent
from suprank_edu.data.landmarks.shapes import cosine, line, noise, ramp


def waterfall(c: Canvas, d: Draws) -> None:
    """Paint white water that falls over a cliff in one or more streams and steps, into a pool with mist."""
    tall, wide, steps = d.uniform(0.80, 1.45), d.uniform(0.06, 0.42), d.integer(1, 3)
    spread, second, apart = d.uniform(0.8, 2.2), d.chance(0.4), d.uniform(0.35, 0.75)
    notch, tilt, pool = d.uniform(0.05, 0.30), d.uniform(-0.25, 0.25), d.uniform(0.6, 1.3)
    rock, moss = d.choice((*ROCK, *DESERT)), d.uniform(0.0, 0.6)
    rock = torch.lerp(rock, 0.7 * c.view.grass, moss[:, 0])
    place, scale = c.wall()
    crags = noise(place, 0.8, d.vector(5), 0.6)
    texture = c.texture(d.vector(36), 2.2, 0.9)
    # Mist, boulders, then the streams; each step of a fall stands out and is wider than the one above.
    mist = torch.exp(-((c.x) / (0.25 + wide)).square()) * torch.exp(-((c.y - 0.02) / 0.16).square()) * 0.65
    c.paint(mist, snow(c) * 0.95)
    streaks = torch.cos(c.x * 50 + texture * 1.2)
    for px, share, present in ((0.0, 1.0, torch.ones_like(second)), (1.0, 0.45, second)):
        x, _ = c.project(px * apart + absent(present), 0.0)
        fall = (c.y / tall).clamp(0, 1)
        ledge = ((1 - fall) * steps).floor().clamp(max=2) / steps  # 0 at the top, more below each ledge
        half = wide * share * (0.55 + 0.45 * spread * ledge + 0.25 * (1 - fall)) * (0.55 + 0.45 * c.cos)
        sway = x + 0.10 * tilt * torch.sin(ledge * 9) + 0.02 * torch.sin(c.y * 9)
        brink = tall - notch - 0.02
        half = half - ((c.y > brink) | (c.y < -0.03)) * 9.0
        mask = ((half - (c.x - sway).abs()) * c.k + 0.5 + texture * 0.6).clamp_(0, 1)
        weight = c.paint(mask, plain(c, (0.90, 0.94, 0.97)))
        c.tint(weight, streaks, plain(c, (-0.11, -0.09, -0.07)))
    edge = line(
        c.x, [(-9.0, -0.02), (-pool, -0.02), (-pool * 0.5, -0.10), (pool * 0.5, -0.10), (pool, -0.02), (9.0, -0.02)]
    )
    stones = 0.10 * (cosine(c.x, 1.9, d.uniform()).abs() - 0.5) + 0.05 * noise(c.x, 2.0, d.vector(3))
    bank = torch.where(c.x.abs() > pool * 0.55, stones + 0.05, -0.5)
    weight = c.paint(c.below(bank).mul_((c.y > edge - 0.05).float()), rock * 0.72)
    c.paint(c.rows(-9.0, -0.03), water(c), glow=1.0)
    # The cliff, with a notch where the water leaves it, and a wood on top.
    gap = torch.exp(-(place / (wide + 0.12)).square()) + second * torch.exp(
        -((place - apart) / (0.6 * wide + 0.1)).square()
    )
    top = tall * (1 + tilt * place * 0.5) + 0.08 * crags - notch * gap.clamp(max=1)
    weight = c.paint(c.below(c.rise(top, scale)).mul_((c.y > edge).float()), rock)
    c.tint(weight, texture, rock * 0.20)
    c.tint(weight, cosine(c.y + 0.05 * crags, 4.0, d.uniform()).mul(0.5 + 0.5 * cosine(place, 0.8, 0.3)), rock * 0.12)
    c.shade(weight, (noise(place, 0.7, d.vector(3)) * 0.9 + c.sin).clamp(-1, 1), rock * 0.9)
    crowns = 0.07 * cosine(place, 4.3, d.uniform()).abs() + 0.06 * cosine(place, 7.7, d.uniform()).abs() + 0.04
    c.paint(
        c.below(c.rise(top + crowns * (1 - gap.clamp(max=1)), scale)), snowed(c, c.view.leaves * 0.8, 0.5), depth=0.3
    )
    hills(c, d, 0.5 + 0 * tall)


def lake(c: Canvas, d: Draws) -> None:
    """Paint a sheet of water between shores, with a ridge behind that it mirrors, and perhaps an islet."""
    left, right, tall = d.uniform(0.25, 1.15), d.uniform(0.25, 1.15), d.uniform(0.35, 0.95)
    peak, second, firs = d.uniform(-0.9, 0.9), d.uniform(-1.2, 1.2), d.uniform(0.02, 0.16)
    islet, bay, snowline = d.uniform(-0.5, 1.0), d.uniform(-0.5, 0.5), d.uniform(0.4, 1.1)
    rock = d.choice(ROCK)
    zero = 0.0 * tall
    texture = c.texture(d.vector(30), 1.2, 1.0)
    far = 0.18 + 0.6 * c.view.eye  # the far shore lies between the ground line and the horizon

    def ridge() -> tuple[Tensor, Tensor]:
        x, _ = c.project(peak, -1.0)
        x2, _ = c.project(second, -1.4)
        one = tall * (1 - (c.x - x).abs() * (0.7 + 0.3 * left))
        two = tall * 0.72 * (1 - (c.x - x2).abs() * (0.6 + 0.4 * right))
        return torch.maximum(torch.maximum(one, two), 0.10 * tall + zero) + far, x

    crags = 0.05 * noise(c.x + 0.6 * c.view.yaw, 0.9, d.vector(5), 0.6)
    height, summit = ridge()
    height = height + crags
    place = c.x + 0.8 * c.view.yaw
    trees = far + firs * (0.5 + 0.6 * cosine(place, 4.1, d.uniform()).abs() + 0.5 * noise(place, 0.5, d.vector(2)))
    # Near shores close in from both sides; the water is what they leave.
    near = -0.50 + 0.05 * noise(c.x, 0.8, d.vector(3))
    x0, x1 = -0.3 - left * 1.4 + bay * 0.4, 0.3 + right * 1.4 + bay * 0.4
    down = ramp(c.y, far, -0.6)  # (N, S, 1)
    bank_l, bank_r = (
        x0 + 0.9 * torch.sin(down * 3.0 + bay * 3) * 0.35 - down * 0.8,
        x1 + 0.3 * torch.sin(down * 4.0 + 2) + down * 0.9,
    )
    shore = torch.maximum(bank_l - c.x, c.x - bank_r)
    mask = (shore * c.k + 0.5).clamp_(0, 1).mul_((c.y < far).float())
    ground = snowed(c, c.view.grass * 0.95, 0.9)
    weight = c.paint(mask, ground)
    c.tint(weight, texture, c.view.grass * 0.10)
    weight = c.paint(c.below(near), ground * 0.95)
    x, _ = c.project(islet * 0.6 - 0.2 + absent((islet > 0).float()), -0.1)
    hump = (
        (0.5 * far - 0.02) + 0.16 * (1 - ((c.x - x) / 0.26).square()) + 0.4 * crags.abs() - ((c.x - x).abs() > 0.26) * 3
    )
    low = torch.full_like(hump, 0.0) + 0.5 * far - 0.03
    c.paint(c.between(low, hump), snowed(c, c.view.leaves * 0.8, 0.5))
    wet = water(c)
    weight = c.paint(c.rows(-9.0, far), wet, glow=1.0)
    mirrored = 2 * far - c.y  # what is above the far shore, upside down
    tree_mask = ((trees * c.k + 0.5) - mirrored * c.k).clamp_(0, 1)
    c.tint(weight, tree_mask, (snowed(c, c.view.leaves * 0.75, 0.4) - wet / c.view.light.clamp(min=0.2)) * 0.8)
    ridge_mask = ((height * c.k + 0.5) - mirrored * c.k).clamp_(0, 1).sub_(tree_mask).clamp_(min=0)
    c.tint(weight, ridge_mask, (rock - wet / c.view.light.clamp(min=0.2)) * 0.55)
    depth = c.view.eye - c.y + 0.05
    crests = cosine(1 / depth.clamp(min=0.05), 2.3, d.uniform())
    c.tint(weight, crests * (0.5 + 0.5 * noise(c.x, 1.7, d.vector(3))), plain(c, (0.04, 0.045, 0.05)))
    c.paint(c.below(trees), snowed(c, c.view.leaves * 0.75, 0.4), depth=0.4)
    weight = c.paint(c.below(height), rock, depth=0.5)
    c.shade(weight, ((c.x - summit) * 4 + texture * 0.9).clamp_(-1, 1), rock, depth=0.5)
    white = ((c.y - far - snowline * tall * (1 - 0.5 * c.view.winter)) * 7).add(texture).clamp_(0, 1)
    c.tint(weight, white, snow(c) - rock, depth=0.5)
    hills(c, d, 0.3 + zero)


def island(c: Canvas, d: Draws) -> None:
    """Paint an island in the open sea: its outline, a beach, rock or woods, palms, and its reflection."""
    wide, tall, humps = d.uniform(0.65, 1.25), d.uniform(0.20, 0.95), d.uniform(-0.6, 0.6)
    rocky, palms, beach = d.chance(0.4), d.chance(0.5), d.uniform(0.0, 0.07)
    share, blunt = d.uniform(0.3, 0.9), d.uniform(0.7, 2.2)
    rock, sand = d.choice(ROCK), d.choice(SAND)
    zero = 0.0 * tall
    texture = c.texture(d.vector(30), 1.6, 1.6)
    place, scale = c.wall()
    wood = torch.where(rocky[:, 0] > 0, rock, snowed(c, c.view.leaves * 0.9, 0.5))
    crags = noise(place, 1.1, d.vector(5), 0.6)
    x = (place / wide).clamp(-1, 1)
    one = (1 - ((x - humps * 0.5) / (1 - humps.abs() * 0.5)).abs().pow(blunt)).clamp(min=0)
    two = share * (1 - ((x + humps) / 0.45).square()).clamp(min=0)
    height = tall * torch.maximum(one, two) + (0.05 + 0.05 * rocky) * crags * (1 - x.square()) + beach
    height = height - (place.abs() > wide) * 3.0
    top = c.rise(height, scale)
    for i in range(3):
        at = wide * (0.25 + 0.28 * i) * (humps.sign() if i % 2 else -humps.sign())
        _palm(c, at + absent(palms * (tall < 0.5)), d.uniform(0.25, 0.42), d.uniform(-0.12, 0.12), c.view.leaves)
    c.paint(c.between(-0.02 + 0 * top, c.rise(torch.minimum(height, beach + 0.012 * crags), scale)), sand)
    weight = c.paint(c.between(-0.02 + 0 * top, top), wood, depth=0.3)
    c.tint(weight, texture, wood * 0.20, depth=0.3)
    c.shade(weight, ((c.x - 0.3 * wide * humps) / wide * 2 + 0.4 * texture).clamp_(-1, 1), wood, depth=0.3)
    sea_weight = sea(c, d)
    mirror = ((top * c.k + 0.5) + (c.y + 0.03) * c.k).clamp_(0, 1)
    wet = water(c) / c.view.light.clamp(min=0.2)
    c.tint(sea_weight, mirror.mul_((c.y < 0).float()), (wood - wet) * 0.45, depth=0.3)
    foam = c.rows(-0.05, -0.02) * c.columns(-wide * c.cos - 0.05, wide * c.cos + 0.05)
    c.tint(sea_weight, foam, plain(c, (0.35, 0.35, 0.35)))
    hills(c, d, -0.5 + zero)


def _palm(c: Canvas, px: Tensor, tall: Tensor, lean: Tensor, leaves: Tensor) -> None:
    x, foot = c.project(px, 0.15, 0.04)
    up = ((c.y - foot) / tall).clamp(0, 1.2)  # (N, S, 1)
    bend = x + lean * up.square()
    crown_x, crown_y = x + lean, foot + tall
    green = torch.lerp(leaves, plain(c, (0.24, 0.42, 0.16)), 0.7)
    away = (c.x - crown_x).abs()
    # Fronds rise and then droop: a thin arc on either side, and a shorter one above.
    for reach, sag in ((0.20, 3.2), (0.14, 0.9)):
        arc = crown_y + 0.35 * away - sag * away.square() * 2 - (away > reach) * 3.0
        c.paint(c.between(arc - 0.035, arc + 0.01), green)
    trunk = 0.016 - ((c.y > crown_y) | (c.y < foot)) * 9.0
    c.paint(((trunk - (c.x - bend).abs()) * c.k + 0.5).clamp_(0, 1), plain(c, (0.42, 0.33, 0.24)))


def sea_cliff(c: Canvas, d: Draws) -> None:
    """Paint a headland that falls sheer into the sea, with banded rock, grass on top, and stacks before it."""
    side, tall, end = d.chance(0.5) * 2 - 1, d.uniform(0.55, 1.20), d.uniform(-0.35, 0.45)
    stacks, bands, slope = d.integer(0, 3), d.uniform(2, 7), d.uniform(-0.25, 0.35)
    rock = d.choice(((0.90, 0.88, 0.82), (0.62, 0.42, 0.32), (0.46, 0.44, 0.43), (0.74, 0.64, 0.50)))
    sheer, gap = d.uniform(0.03, 0.22), d.uniform(0.22, 0.42)
    texture = c.texture(d.vector(36), 2.2, 1.0)
    place, scale = c.wall()
    crags = noise(place, 1.2, d.vector(5), 0.6)
    out = place * side  # the land lies where this is small, the sea where it is large
    strata = torch.cos((c.y * bands + 0.1 * c.x) * 6.2832 + texture * 0.5)
    water_line = torch.full_like(out, -0.03)

    def rock_face(height: Tensor, grass: float) -> None:
        top = c.rise(height, scale)
        turf = c.between(top - grass - 0.01 * crags, top)
        c.paint(turf, snowed(c, c.view.grass, 0.9))
        weight = c.paint(c.between(water_line, top), rock)
        c.tint(weight, strata, rock * 0.10)
        c.tint(weight, texture, rock * 0.12)
        c.shade(weight, (noise(place, 0.9, phases) + side * 0.5).clamp(-1, 1), rock * 0.85)

    phases = d.vector(3)
    for i in range(3):
        middle = end + gap * (i + 1) + 0.05 * i
        half = d.uniform(0.05, 0.12)
        high = tall * d.uniform(0.25, 0.85) * (1 - 0.15 * i)
        present = (stacks > i).float()
        pillar = (
            high * (1 + 0.10 * crags)
            - 3.0 * ((out - middle).abs() * (1 + 0.6 * crags.abs()) > half)
            - 9 * (1 - present)
        )
        rock_face(pillar, 0.03)
    height = tall * ramp(out, end + sheer, end) * (1 + slope * (out - end)) + 0.05 * crags - (out > end + sheer) * 3.0
    rock_face(height, 0.06)
    weight = sea(c, d)
    foam = c.rows(-0.07, -0.03) * (0.5 + 0.5 * noise(c.x, 2.5, d.vector(3))).clamp(0, 1) * (out < end + sheer + 0.3)
    c.tint(weight, foam, plain(c, (0.45, 0.45, 0.45)))
    beyond = c.view.eye + 0.45 * tall * ramp(c.x * side + c.view.yaw * side, 0.3, -1.8) - 0.02
    c.paint(c.below(beyond), rock * 0.9, depth=0.8)
