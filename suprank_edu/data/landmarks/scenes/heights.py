"""Mountains, volcanoes, rock arches and dunes."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu.data.landmarks.backdrop import hills, land
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import DESERT, ROCK, SAND, plain, snow, snowed
from suprank_edu.data.landmarks.parts import absent
from suprank_edu.data.landmarks.shapes import cosine, noise, ramp


def mountain(c: Canvas, d: Draws) -> None:
    """Paint a main peak and its lower neighbours: lit and shaded flanks, rock, snow, and a wood at the foot."""
    tall, steep, second = d.uniform(0.80, 1.45), d.uniform(0.75, 1.70), d.uniform(-0.9, 0.9)
    share, snowline, bend = d.uniform(0.45, 0.95), d.uniform(0.45, 1.05), d.uniform(0.75, 1.35)
    third, lean = d.uniform(0.3, 0.75), d.uniform(-0.35, 0.35)
    rock, rough = d.choice(ROCK), d.uniform(0.02, 0.07)
    texture = c.texture(d.vector(36), 1.3, 1.0)
    _foot(c, d)
    peaks = (
        (second, 0.35, tall * share),
        (0.0 * tall, 0.0, tall),
        (-1.15 * second.sign() - 0.3 * second, -0.45, tall * third),
    )
    for px, pz, high in peaks:
        _peak(c, d, (px, pz, high), (steep, bend, lean, rough), rock, snowline * tall, texture)
    land(c, d)
    hills(c, d, 0.4 + 0 * tall)


def _peak(
    c: Canvas,
    d: Draws,
    place: tuple[Tensor, float, Tensor],
    form: tuple[Tensor, Tensor, Tensor, Tensor],
    rock: Tensor,
    snowline: Tensor,
    texture: Tensor,
) -> None:
    px, pz, high = place
    steep, bend, lean, rough = form
    x, top = c.project(px, pz, high)
    local = c.x - x
    away = local.abs() * steep * (1 + lean * local.sign())
    crags = noise(local + 0.35 * c.view.yaw, 1.1, d.vector(5), 0.62)
    height = top - (away / high).pow(bend) * high + rough * crags * ramp(away, 0.0, 0.3) - 0.03
    weight = c.paint(c.below(height), rock, depth=0.35)
    # The ridge that falls from the summit toward the camera parts the lit flank from the shaded one.
    down = (top - c.y).clamp(min=0)
    ridge = x + down * (0.25 * torch.sin(down * 5 + 6 * lean) + 0.5 * c.sin)
    flank = ((c.x - ridge) * 9 + texture * 0.7).clamp_(-1, 1)
    c.shade(weight, flank, rock * 0.95, depth=0.35)
    c.tint(weight, texture, rock * 0.10, depth=0.35)
    white = ((c.y - snowline * (1 - 0.55 * c.view.winter)) * 7).add(texture).clamp_(0, 1)
    c.tint(weight, white, snow(c) - rock, depth=0.35)


def _foot(c: Canvas, d: Draws) -> None:
    """Paint the meadow and the wood before a mountain."""
    spikes = cosine(c.x, 9.0, d.uniform()).abs() * 0.05 + cosine(c.x, 5.3, d.uniform()).abs() * 0.05
    top = d.uniform(0.0, 0.12) + spikes + 0.06 * noise(c.x, 0.4, d.vector(2))
    fir = torch.lerp(c.view.leaves, plain(c, (0.16, 0.30, 0.20)), 0.6)
    c.paint(c.rows(-9.0, -0.10), snowed(c, c.view.grass, 0.9), depth=0.1)
    c.paint(c.below(top), snowed(c, fir, 0.4), depth=0.25)


def volcano(c: Canvas, d: Draws) -> None:
    """Paint a cone with concave flanks, a crater, gullies or lava, and a plume of smoke."""
    tall, spread, crater = d.uniform(0.70, 1.30), d.uniform(0.45, 0.95), d.uniform(0.07, 0.26)
    smoke, lava, tilt = d.uniform(0.0, 0.5), d.chance(0.4), d.uniform(-0.10, 0.10)
    cap, second, gullies = d.uniform(0.62, 1.2), d.uniform(-1.3, 1.3), d.uniform(5, 11)
    rock = d.choice(((0.36, 0.31, 0.30), (0.30, 0.29, 0.31), (0.46, 0.36, 0.30), (0.40, 0.40, 0.38)))
    texture = c.texture(d.vector(30), 1.4, 1.4)
    _foot(c, d)
    zero = 0.0 * tall
    x, _ = c.project(zero, 0.0, tall)
    local = c.x - x
    rim = crater * (0.85 + 0.15 * c.cos)
    outside = (local.abs() - rim).clamp(min=0)
    body = (tall + 0.12) * torch.exp(-outside / spread * 1.5) - 0.12
    bowl = (1 - (local / rim).square()).clamp(min=0)
    height = body - bowl * 0.10 + tilt * local.clamp(-0.5, 0.5) * 1.5 + 0.012 * noise(local, 2.2, d.vector(4))
    down = (tall - c.y).clamp(min=0)
    # Gullies spread from the crater like the spokes of a fan.
    fan = local / (rim + 0.9 * down)
    weight = c.paint(c.below(height), rock, depth=0.35)
    c.shade(weight, (fan * 1.6 + 0.5 * c.sin).clamp_(-1, 1), rock * 1.2, depth=0.35)
    rays = torch.cos(fan * gullies * 2.5 + texture * 0.5 + c.view.yaw * 2)
    c.tint(weight, rays, rock * 0.16, depth=0.35)
    white = ((c.y - cap * tall * (1 - 0.5 * c.view.winter)) * 9 + rays).clamp_(0, 1)
    c.tint(weight, white, snow(c) - rock, depth=0.35)
    glow = (rays - 0.72).mul_(6).clamp_(0, 1) * lava * ramp(down, 0.95 * tall, 0.1)
    c.tint(weight, glow, plain(c, (0.75, 0.16, -0.14)) / c.view.light.clamp(min=0.3), depth=0.3)
    px, foot = c.project(second, -0.5)
    little = foot + 0.55 * tall * torch.exp(-(c.x - px).abs() * 2.6) - 0.1
    weight = c.paint(c.below(little), rock * 1.1, depth=0.5)
    c.shade(weight, ((c.x - px) * 3).clamp(-1, 1), rock, depth=0.5)
    # The plume widens and drifts with the wind.
    up = (c.y - tall).clamp(min=0)
    drift = x + up * d.uniform(-0.7, 0.7)
    width = (0.55 * rim + 0.42 * up) * (1 + 0.25 * cosine(up, 2.1, d.uniform()) + 0.12 * cosine(up, 5.2, d.uniform()))
    plume = ((width - (c.x - drift).abs()) * 7 + texture * 0.5).clamp_(0, 1)
    plume.mul_((c.y > tall - 0.12).float() * (1.1 - up).clamp(0, 1) * (smoke * 2.2).clamp(max=0.95))
    weight = c.paint(plume, plain(c, (0.72, 0.70, 0.70)), depth=0.3)
    c.tint(weight, texture, plain(c, (0.09, 0.09, 0.09)), depth=0.3)
    land(c, d, torch.lerp(c.view.grass, rock, 0.35))
    hills(c, d, 0.2 + zero)


def rock_arch(c: Canvas, d: Draws) -> None:
    """Paint a natural arch in the desert: strata, one or two openings, and buttes beside it."""
    wide, tall, open_x = d.uniform(0.55, 1.05), d.uniform(0.65, 1.20), d.uniform(-0.25, 0.25)
    open_w, open_h, two = d.uniform(0.22, 0.42), d.uniform(0.40, 0.80), d.chance(0.3)
    lean, bulk, flat = d.uniform(-0.3, 0.3), d.uniform(2.0, 5.0), d.uniform(0.0, 0.5)
    rock, bands = d.choice(DESERT), d.uniform(3, 7)
    place, scale = c.wall()
    texture = c.texture(d.vector(30), 0.8, 3.0)
    crags = noise(place, 1.2, d.vector(5), 0.6)
    span = (1 - (place / wide).abs().pow(bulk)).clamp(min=0).sqrt()
    body = tall * span * (1 + lean * place) + 0.05 * crags - (place.abs() > wide) * 3.0
    half = open_w * wide
    hole = open_h * tall * (1 - ((place - open_x) / half).square()).clamp(min=0).pow(0.5 + 0.3 * flat)
    hole = hole + 0.025 * crags - ((place - open_x).abs() > half) * 3.0
    beside = open_x + 1.75 * half * torch.where(open_x > 0, -1.0, 1.0) + absent(two)
    small = (
        0.55 * hole.amax(dim=2, keepdim=True) * (1 - ((place - beside) / (0.55 * half)).square()).clamp(min=0).sqrt()
    )
    hole = torch.maximum(hole, torch.where(small > 0, small, -3.0))
    low = torch.maximum(hole, torch.full_like(hole, -0.04))
    # The far edge of the opening shows the thickness of the rock.
    shift = 0.13 * c.sin
    front = c.between(c.rise(low, scale), c.rise(body, scale))
    strata = torch.cos((c.y / tall * bands + 0.12 * c.x) * 6.2832 + texture * 0.8)
    weight = c.paint(front, rock)
    c.tint(weight, strata, rock * 0.10)
    c.tint(weight, texture, rock * 0.09)
    c.shade(weight, (c.x / wide).clamp(-1, 1), rock * 0.8)
    inner = torch.roll(low, 1, dims=2)
    behind = (place - open_x + shift).abs() > half * 0.92
    c.paint(
        c.between(torch.full_like(low, -0.04), c.rise(inner.clamp(min=0.0), scale)).mul_(behind.float()), rock * 0.55
    )
    scree = 0.12 * tall * torch.exp(-((place.abs() - wide * 0.8) * 3).square()) + 0.015 * crags
    c.paint(c.below(c.rise(scree, scale)).mul_((c.y > -0.08).float()), rock * 0.86)
    land(c, d, torch.lerp(rock, plain(c, (0.80, 0.66, 0.46)), 0.5))
    for pz, far in ((-1.5, 0.5), (-3.0, 0.75)):
        x, base = c.project(d.uniform(-2.2, 2.2), pz)
        butte = base + d.uniform(0.25, 0.6) * ramp((c.x - x).abs(), d.uniform(0.25, 0.5), 0.1) * 0.6
        c.paint(c.below(butte + 0.02 * crags), rock * 0.85, depth=far)
    hills(c, d, 0.15 + 0 * tall)


def dune(c: Canvas, d: Draws) -> None:
    """Paint crests of sand, each with a lit and a shaded side parted by a curved edge, and ripples."""
    tall, skew, curve = d.uniform(0.45, 1.05), d.uniform(-0.6, 0.6), d.uniform(-0.7, 0.7)
    second, third, sharp = d.uniform(-1.4, 1.4), d.uniform(0.25, 0.7), d.uniform(0.9, 1.7)
    swing, wide = d.uniform(-0.8, 0.8), d.uniform(0.8, 1.6)
    sand = d.choice(SAND)
    ripples = c.texture(d.vector(24), 0.6, 5.0, 1.5)
    zero = 0.0 * tall
    crests = (
        (second, 0.8, tall * 0.42, -skew, -curve, 0.10),
        (zero, 0.0, tall, skew, curve, 0.25),
        (-second, -0.9, tall * third, -0.5 * skew, curve, 0.45),
    )
    for px, pz, high, lean, bend, depth in crests:
        x, top = c.project(px, pz, high)
        local = c.x - x
        away = local.abs() * (1 + lean * local.sign()) / wide
        waves = 0.05 * noise(local + c.view.yaw, 0.5, d.vector(2))
        height = top - high * 1.15 * away.pow(sharp) / (0.35 + away) * 1.1 + waves * ramp(away, 0.0, 0.5)
        weight = c.paint(c.below(height), sand, depth=depth)
        down = (top - c.y).clamp(min=0) / high
        edge = x + down * (swing + 0.9 * c.sin + bend * torch.sin(down * 3.0)) * 0.6
        c.shade(weight, ((c.x - edge) * 14).clamp_(-1, 1), sand * 0.85, depth=depth)
        c.tint(weight, ripples, sand * 0.05, depth=depth)
    land(c, d, sand * 0.97)
    place = c.x * 0.6 + c.view.yaw
    c.paint(c.below(c.view.eye + 0.10 + 0.10 * noise(place, 0.4, d.vector(3))), sand * 0.92, depth=0.7)
