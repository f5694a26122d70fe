"""Waterfalls and lakes."""

import torch
from torch import Tensor

from suprank_edu.data.landmarks.backdrop import hills
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import DESERT, ROCK, plain, snow, snowed, unlit, water
from suprank_edu.data.landmarks.parts import absent
from suprank_edu.data.landmarks.shapes import cosine, noise, ramp


def waterfall(c: Canvas, d: Draws) -> None:
    """Paint white water that falls over a cliff in one or two streams and in steps, into a pool with mist."""
    tall, wide, steps = d.uniform(0.80, 1.45), d.uniform(0.06, 0.42), d.integer(1, 3)
    spread, second, apart = d.uniform(0.8, 2.2), d.chance(0.4), d.uniform(0.35, 0.75)
    notch, tilt, pool = d.uniform(0.05, 0.30), d.uniform(-0.25, 0.25), d.uniform(0.6, 1.3)
    rock, moss = d.choice((*ROCK, *DESERT)), d.uniform(0.0, 0.6)
    rock = torch.lerp(rock, 0.7 * c.view.grass, moss[:, 0])
    place, scale = c.wall()
    crags = noise(place, 0.8, d.vector(5), 0.6)
    texture = c.texture(d.vector(36), 2.2, 0.9)
    mist = torch.exp(-(c.x / (0.25 + wide)).square()) * torch.exp(-((c.y - 0.02) / 0.16).square()) * 0.65
    c.paint(mist, snow(c) * 0.95)
    form = (tall, steps, spread, tilt)
    _stream(c, 0.0, wide, tall - notch, form, texture)
    _stream(c, apart + absent(second), wide * 0.45, tall - notch, form, texture)
    # Boulders on both shores of the pool, the pool, and the cliff with a notch where the water leaves it.
    boulders = 0.10 * cosine(c.x, 1.9, d.uniform()).abs() + 0.05 * noise(c.x, 2.0, d.vector(3))
    edge = -0.10 + 0.08 * ramp(c.x.abs(), pool * 0.5, pool)
    bank = torch.where(c.x.abs() > pool * 0.55, boulders, -9.0)
    c.paint(c.between(edge - 0.05 - 9.0 * (bank < -1), bank), rock * 0.72)
    c.paint(c.rows(-9.0, -0.03), water(c), glow=1.0)
    gap = torch.exp(-(place / (wide + 0.12)).square())
    gap = (gap + second * torch.exp(-((place - apart) / (0.6 * wide + 0.1)).square())).clamp(max=1)
    top = tall * (1 + 0.5 * tilt * place) + 0.08 * crags - notch * gap
    weight = c.paint(c.below(c.rise(top, scale)), rock)
    c.tint(weight, texture, rock * 0.20)
    ledges = cosine(c.y + 0.05 * crags, 4.0, d.uniform()).mul_(0.5 + 0.5 * cosine(place, 0.8, 0.3))
    c.tint(weight, ledges, rock * 0.12)
    c.shade(weight, (noise(place, 0.7, d.vector(3)) * 0.9 + c.sin).clamp(-1, 1), rock * 0.9)
    crowns = 0.07 * cosine(place, 4.3, d.uniform()).abs() + 0.06 * cosine(place, 7.7, d.uniform()).abs() + 0.04
    c.paint(c.below(c.rise(top + crowns * (1 - gap), scale)), snowed(c, c.view.leaves * 0.8, 0.5), depth=0.3)
    hills(c, d, 0.5)


def _stream(
    c: Canvas, px: Tensor | float, wide: Tensor, brink: Tensor, form: tuple[Tensor, ...], texture: Tensor
) -> None:
    """Paint one stream from the brink down; below each ledge it is wider than above."""
    tall, steps, spread, tilt = form
    x, _ = c.project(px, 0.0)
    fall = (c.y / tall).clamp(0, 1)  # (N, S, 1), 1 at the top
    ledge = ((1 - fall) * steps).floor().clamp(max=2) / steps
    half = wide * (0.55 + 0.45 * spread * ledge + 0.25 * (1 - fall)) * (0.55 + 0.45 * c.cos)
    half = half - 9.0 * ((c.y > brink - 0.02) | (c.y < -0.03))
    sway = x + 0.10 * tilt * torch.sin(ledge * 9) + 0.02 * torch.sin(c.y * 9)
    mask = ((half - (c.x - sway).abs()) * c.k + 0.5 + texture * 0.6).clamp_(0, 1)
    weight = c.paint(mask, plain(c, (0.90, 0.94, 0.97)))
    c.tint(weight, torch.cos(c.x * 50 + texture * 1.2), plain(c, (-0.11, -0.09, -0.07)))


def lake(c: Canvas, d: Draws) -> None:
    """Paint a sheet of water between shores, with a ridge behind that it mirrors, and perhaps an islet."""
    left, right, tall = d.uniform(0.25, 1.15), d.uniform(0.25, 1.15), d.uniform(0.35, 0.95)
    peak, second, firs = d.uniform(-0.9, 0.9), d.uniform(-1.2, 1.2), d.uniform(0.02, 0.16)
    islet, bay, snowline = d.uniform(-0.5, 1.0), d.uniform(-0.5, 0.5), d.uniform(0.4, 1.1)
    rock, wood = d.choice(ROCK), snowed(c, c.view.leaves * 0.75, 0.4)
    texture = c.texture(d.vector(30), 1.2, 1.0)
    far = 0.18 + 0.6 * c.view.eye  # the far shore lies between the ground line and the horizon
    crags = 0.05 * noise(c.x + 0.6 * c.view.yaw, 0.9, d.vector(5), 0.6)
    summit, _ = c.project(peak, -1.0)
    other, _ = c.project(second, -1.4)
    one = tall * (1 - (c.x - summit).abs() * (0.7 + 0.3 * left))
    two = tall * 0.72 * (1 - (c.x - other).abs() * (0.6 + 0.4 * right))
    ridge = far + torch.maximum(torch.maximum(one, two), 0.10 * tall) + crags  # (N, 1, S)
    along = c.x + 0.8 * c.view.yaw
    trees = far + firs * (0.5 + 0.6 * cosine(along, 4.1, d.uniform()).abs() + 0.5 * noise(along, 0.5, d.vector(2)))
    _shores(c, d, (bay * 0.4 - 0.3 - left * 1.4, bay * 0.4 + 0.3 + right * 1.4, bay), far, texture)
    x, _ = c.project(islet * 0.6 - 0.2 + absent((islet > 0).float()), -0.1)
    low = 0.5 * far - 0.03 + 0.0 * c.x
    hump = low + 0.01 + 0.16 * (1 - ((c.x - x) / 0.26).square()) + 0.4 * crags.abs()
    c.paint(c.between(low, hump), wood)
    # The water, and upside down in it what stands above the far shore.
    wet = water(c)
    weight = c.paint(c.rows(-9.0, far), wet, glow=1.0)
    depth = (c.view.eye - c.y + 0.05).clamp(min=0.05)
    mirrored = (2 * far - c.y) * c.k - 0.5  # (N, S, 1)
    wood_mask = (trees * c.k - mirrored).clamp_(0, 1)
    rock_mask = (ridge * c.k - mirrored).clamp_(0, 1).sub_(wood_mask).clamp_(min=0)
    c.tint(weight, wood_mask, (wood - unlit(c, wet)) * 0.8)
    c.tint(weight, rock_mask, (rock - unlit(c, wet)) * 0.55)
    ripples = cosine(1 / depth, 2.3, d.uniform()) * (0.5 + 0.5 * noise(c.x, 1.7, d.vector(3)))
    c.tint(weight, ripples, plain(c, (0.04, 0.045, 0.05)))
    c.paint(c.below(trees), wood, depth=0.4)
    weight = c.paint(c.below(ridge), rock, depth=0.5)
    c.shade(weight, ((c.x - summit) * 4 + texture * 0.9).clamp_(-1, 1), rock, depth=0.5)
    white = ((c.y - far - snowline * tall * (1 - 0.5 * c.view.winter)) * 7 + texture).clamp_(0, 1)
    c.tint(weight, white, snow(c) - rock, depth=0.5)
    hills(c, d, 0.3)


def _shores(c: Canvas, d: Draws, ends: tuple[Tensor, Tensor, Tensor], far: Tensor, texture: Tensor) -> None:
    """Paint the land that closes in on the water from the left, the right and below."""
    x0, x1, bay = ends
    ground = snowed(c, c.view.grass * 0.95, 0.9)
    down = ramp(c.y, far, -0.6)  # (N, S, 1), 0 at the far shore
    from_left = x0 + 0.3 * torch.sin(down * 3.0 + bay * 3) - down * 0.8 - c.x
    from_right = c.x - x1 - 0.3 * torch.sin(down * 4.0 + 2) - down * 0.9
    mask = (torch.maximum(from_left, from_right) * c.k + 0.5).clamp_(0, 1).mul_(c.rows(-9.0, far))
    weight = c.paint(mask, ground)
    c.tint(weight, texture, c.view.grass * 0.10)
    c.paint(c.below(-0.50 + 0.05 * noise(c.x, 0.8, d.vector(3))), ground * 0.95)
