"""Mountains and volcanoes."""

import torch
from torch import Tensor

from suprank_edu.data.landmarks.backdrop import hills, land
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import ROCK, plain, snow, snowed
from suprank_edu.data.landmarks.shapes import cosine, noise, ramp

_LAVA_ROCK = ((0.36, 0.31, 0.30), (0.30, 0.29, 0.31), (0.46, 0.36, 0.30), (0.40, 0.40, 0.38))


def mountain(c: Canvas, d: Draws) -> None:
    """Paint a main peak and its lower neighbours: lit and shaded flanks, rock, snow, and a wood at the foot."""
    tall, steep, second = d.uniform(0.80, 1.45), d.uniform(0.75, 1.70), d.uniform(-0.9, 0.9)
    share, snowline, bend = d.uniform(0.45, 0.95), d.uniform(0.45, 1.05), d.uniform(0.75, 1.35)
    third, lean = d.uniform(0.3, 0.75), d.uniform(-0.35, 0.35)
    rock, rough = d.choice(ROCK), d.uniform(0.02, 0.07)
    texture = c.texture(d.vector(36), 1.3, 1.0)
    _foot(c, d)
    other = -1.15 * second.sign() - 0.3 * second
    for px, pz, high in ((second, 0.35, tall * share), (0.0, 0.0, tall), (other, -0.45, tall * third)):
        x, top = c.project(px, pz, high)
        local = c.x - x
        away = local.abs() * steep * (1 + lean * local.sign()) / high
        crags = rough * noise(local + 0.35 * c.view.yaw, 1.1, d.vector(5), 0.62)
        height = top - 0.03 - high * away.pow(bend) + crags * ramp(away, 0.0, 0.3)
        weight = c.paint(c.below(height), rock, depth=0.35)
        # The ridge that falls from the summit toward the camera parts the lit flank from the shaded one.
        down = (top - c.y).clamp(min=0)  # (N, S, 1)
        ridge = x + down * (0.25 * torch.sin(down * 5 + 6 * lean) + 0.5 * c.sin)
        c.shade(weight, ((c.x - ridge) * 9 + texture * 0.7).clamp_(-1, 1), rock * 0.95, depth=0.35)
        c.tint(weight, texture, rock * 0.10, depth=0.35)
        line = snowline * tall * (1 - 0.55 * c.view.winter)
        c.tint(weight, ((c.y - line) * 7 + texture).clamp_(0, 1), snow(c) - rock, depth=0.35)
    land(c, d)
    hills(c, d, 0.4)


def volcano(c: Canvas, d: Draws) -> None:
    """Paint a cone with concave flanks, a crater, gullies or lava, and a plume of smoke."""
    tall, spread, crater = d.uniform(0.70, 1.30), d.uniform(0.45, 0.95), d.uniform(0.07, 0.26)
    smoke, lava, tilt = d.uniform(0.0, 0.5), d.chance(0.4), d.uniform(-0.15, 0.15)
    cap, second, gullies = d.uniform(0.62, 1.2), d.uniform(-1.3, 1.3), d.uniform(12, 28)
    rock = d.choice(_LAVA_ROCK)
    texture = c.texture(d.vector(30), 1.4, 1.4)
    _foot(c, d)
    x, _ = c.project(0.0, 0.0, tall)
    local = c.x - x
    rim = crater * (0.85 + 0.15 * c.cos)
    body = (tall + 0.12) * torch.exp((rim - local.abs()).clamp(max=0) / spread * 1.5) - 0.12
    bowl = 0.10 * (1 - (local / rim).square()).clamp(min=0)
    height = body - bowl + tilt * local.clamp(-0.5, 0.5) + 0.012 * noise(local, 2.2, d.vector(4))
    weight = c.paint(c.below(height), rock, depth=0.35)
    # Gullies spread from the crater like the spokes of a fan.
    down = (tall - c.y).clamp(min=0)  # (N, S, 1)
    fan = local / (rim + 0.9 * down)  # (N, S, S)
    rays = torch.cos(fan * gullies + texture * 0.5 + c.view.yaw * 2)
    c.shade(weight, (fan * 1.6 + 0.5 * c.sin).clamp_(-1, 1), rock * 1.2, depth=0.35)
    c.tint(weight, rays, rock * 0.16, depth=0.35)
    white = ((c.y - cap * tall * (1 - 0.5 * c.view.winter)) * 9 + rays).clamp_(0, 1)
    c.tint(weight, white, snow(c) - rock, depth=0.35)
    glow = (rays - 0.72).mul_(6).clamp_(0, 1).mul_(lava * ramp(down, 0.95 * tall, 0.1))
    c.tint(weight, glow, plain(c, (0.75, 0.16, -0.14)) / c.view.light.clamp(min=0.3), depth=0.3)
    px, foot = c.project(second, -0.5)
    little = foot - 0.1 + 0.55 * tall * torch.exp(-(c.x - px).abs() * 2.6)
    weight = c.paint(c.below(little), rock * 1.1, depth=0.5)
    c.shade(weight, ((c.x - px) * 3).clamp(-1, 1), rock, depth=0.5)
    _plume(c, d, (x, tall, rim), texture, (smoke * 2.2).clamp(max=0.95))
    land(c, d, torch.lerp(c.view.grass, rock, 0.35))
    hills(c, d, 0.2)


def _plume(c: Canvas, d: Draws, crater: tuple[Tensor, Tensor, Tensor], texture: Tensor, dense: Tensor) -> None:
    """Paint smoke that widens above the crater and drifts with the wind."""
    x, tall, rim = crater
    up = (c.y - tall).clamp(min=0)  # (N, S, 1)
    drift = x + up * d.uniform(-0.7, 0.7)
    billows = 1 + 0.25 * cosine(up, 2.1, d.uniform()) + 0.12 * cosine(up, 5.2, d.uniform())
    plume = (((0.55 * rim + 0.42 * up) * billows - (c.x - drift).abs()) * 7 + texture * 0.5).clamp_(0, 1)
    plume.mul_(c.rows(tall - 0.12, 9.0) * (1.1 - up).clamp(0, 1) * dense)
    weight = c.paint(plume, plain(c, (0.72, 0.70, 0.70)), depth=0.3)
    c.tint(weight, texture, plain(c, (0.09, 0.09, 0.09)), depth=0.3)


def _foot(c: Canvas, d: Draws) -> None:
    """Paint the meadow and the wood before a mountain."""
    spikes = cosine(c.x, 9.0, d.uniform()).abs() * 0.05 + cosine(c.x, 5.3, d.uniform()).abs() * 0.05
    top = d.uniform(0.0, 0.12) + spikes + 0.06 * noise(c.x, 0.4, d.vector(2))
    fir = torch.lerp(c.view.leaves, plain(c, (0.16, 0.30, 0.20)), 0.6)
    c.paint(c.rows(-9.0, -0.10), snowed(c, c.view.grass, 0.9), depth=0.1)
    c.paint(c.below(top), snowed(c, fir, 0.4), depth=0.25)
