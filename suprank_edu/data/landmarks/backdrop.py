"""What is not the landmark: what stands before it, the land or water it stands on, what lies behind, and the sky."""

import torch
from torch import Tensor

from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import CLOTHES, plain, snow, snowed, water
from suprank_edu.data.landmarks.parts import absent
from suprank_edu.data.landmarks.shapes import cosine, noise, plane_waves, ramp


def precipitation(c: Canvas, d: Draws) -> None:
    """Paint falling rain as slanted streaks, and falling snow as flakes."""
    waves = d.vector(3 * 8)
    across, up, phase = waves.chunk(3, dim=1)  # (N, 8, 1) each
    rain = c.view.rain
    # Rain: waves across a steep slant, long along it. Snow: waves of one length in all directions.
    angle, length = across * 3.1415927, 12 + 15 * up
    across = torch.where(rain > 0, 12 + 17 * across, length * angle.cos())
    up = torch.where(rain > 0, 2.5 * up + 0.14 * across, length * angle.sin())
    field = plane_waves(c.u, c.v, across, up, phase, torch.full_like(phase, 0.50))
    falls = torch.maximum(rain, c.view.snow)
    mask = (
        field.sub_(torch.where(rain > 0, 0.75, 1.05))
        .mul_(2.4 * falls)
        .clamp_(0, 1)
        .mul_(torch.where(rain > 0, 0.30, 0.85))
    )
    c.paint(mask, snow(c) * 0.92, depth=0.0)


def occluders(c: Canvas, d: Draws) -> None:
    """Paint what stands between the camera and the landmark: bushes, a tree, people, a lamp post, nothing."""
    kind = d.uniform()
    dark = 0.75 * snowed(c, c.view.leaves, 0.5)
    _people(c, d, ((kind > 0.36) & (kind < 0.56)).float())
    _post(c, d, ((kind > 0.54) & (kind < 0.66)).float())
    _tree(c, d, (kind > 0.68).float(), dark)
    _bushes(c, d, ((kind > 0.28) & (kind < 0.44) | (kind > 0.86)).float(), dark)


def _people(c: Canvas, d: Draws, present: Tensor) -> None:
    tall = d.uniform(0.16, 0.26)
    foot = d.uniform(-0.05, 0.02)
    places = d.vector(3, 0.06, 0.94) + absent(present)  # (N, 3, 1)
    apart = (c.u - places).abs().amin(dim=1, keepdim=True)  # (N, 1, S), to the nearest of them
    pixels = float(c.size)
    h = (c.v - foot) / tall  # (N, S, 1), 0 at the feet, 1 at the crown of the head
    head = (1 - ((h - 0.91) / 0.09).square()).clamp_(min=0).sqrt_() * 0.075
    head = head - (head <= 0) * 9.0
    body = (
        0.075 + 0.055 * ramp(h, 0.40, 0.52) + 0.02 * ramp(h, 0.6, 0.7) - 0.09 * ramp(h, 0.74, 0.84) - (h > 0.84) * 9.0
    )
    c.paint(((head * tall - apart) * pixels + 0.5).clamp_(0, 1), plain(c, (0.60, 0.44, 0.34)), depth=0.0)
    c.paint(((body * tall - apart) * pixels + 0.5).clamp_(0, 1), d.choice(CLOTHES), depth=0.0)


def _post(c: Canvas, d: Draws, present: Tensor) -> None:
    x, top = d.uniform(0.1, 0.9) + absent(present), d.uniform(0.6, 0.95)
    pixels = float(c.size)
    radius = torch.where(c.v > top, -9.0, 0.008 + 0.022 * ramp(c.v, top - 0.05, top - 0.045))
    mask = ((radius - (c.u - x).abs()) * pixels + 0.5).clamp_(0, 1)
    c.paint(mask, plain(c, (0.20, 0.21, 0.23)), depth=0.0)


def _tree(c: Canvas, d: Draws, present: Tensor, leaves: Tensor) -> None:
    left = d.chance(0.5)
    x = left * d.uniform(0.0, 0.22) + (1 - left) * d.uniform(0.78, 1.0) + absent(present)
    middle, size, fir = d.uniform(0.50, 0.75), d.uniform(0.16, 0.28), d.chance(0.35)
    pixels = float(c.size)
    h = (c.v - middle) / size  # (N, S, 1)
    bumps = 1 + 0.10 * cosine(h, 1.3, d.uniform()) + 0.05 * cosine(h, 2.9, d.uniform())
    round_ = (1 - (h / 1.15).square()).clamp_(min=0).pow_(0.42) * bumps
    pointed = (1.2 - h).clamp(0, 2.2) * (0.42 + 0.12 * torch.remainder(h * 2.5, 1.0)) * (h > -1)
    crown = torch.where(fir > 0, pointed, round_)
    crown = crown * size - (crown <= 0) * 9.0
    mask = ((crown - (c.u - x).abs()) * pixels + 0.5).clamp_(0, 1)
    mask.mul_(1 - 0.62 * c.view.bare * (1 - fir))
    needles = snowed(c, plain(c, (0.13, 0.27, 0.17)), 0.3)
    leaves = torch.where(fir[:, 0] > 0, needles, leaves)
    weight = c.paint(mask, leaves, depth=0.0)
    c.shade(weight, ((c.u - x) / size).clamp(-1, 1), leaves, depth=0.0)
    trunk = torch.where(c.v < middle, 0.016, -9.0)
    c.paint(((trunk - (c.u - x).abs()) * pixels + 0.5).clamp_(0, 1), plain(c, (0.24, 0.18, 0.14)), depth=0.0)


def _bushes(c: Canvas, d: Draws, present: Tensor, leaves: Tensor) -> None:
    bumps = (
        cosine(c.u, d.uniform(0.8, 2.0), d.uniform())
        + 0.35 * cosine(c.u, 5.3, d.uniform())
        + 0.2 * cosine(c.u, 11.0, 0.0)
    )
    top = (d.uniform(0.06, 0.12) + 0.05 * bumps) * present - (1 - present)  # (N, 1, S) share of the picture
    c.paint(((top - c.v) * c.size + 0.5).clamp_(0, 1), leaves * 0.85, depth=0.0)


def land(c: Canvas, d: Draws, colour: Tensor | None = None) -> None:
    """Paint the ground up to the horizon; by default a meadow, white in winter."""
    colour = snowed(c, c.view.grass if colour is None else colour, 0.9)
    near = ramp(c.y, c.view.eye, -0.9)  # (N, S, 1), 0 at the horizon
    weight = c.paint(c.rows(-9.0, c.view.eye), colour, depth=0.5)
    patches = noise(c.x / (0.5 + near.mean(dim=1, keepdim=True)), 0.5, d.vector(3))
    c.tint(weight, near * (patches * 0.5 - 0.4), colour * 0.25, depth=0.3)


def sea(c: Canvas, d: Draws, level: Tensor | float = 0.0) -> Tensor:
    """Paint water up to the horizon, with waves that get finer with distance, and return its weights."""
    depth = c.view.eye - c.y + 0.06  # (N, S, 1)
    weight = c.paint(c.rows(-9.0, c.view.eye), water(c), depth=0.5, glow=1.0)
    crests = cosine(1 / depth.clamp(min=0.04), 1.7, d.uniform()) + cosine(1 / depth.clamp(min=0.04), 3.1, d.uniform())
    broken = 0.6 + 0.5 * noise(c.x, 1.4, d.vector(3))  # (N, 1, S)
    c.tint(weight, crests * broken, plain(c, (0.022, 0.030, 0.034)), depth=0.4)
    return weight


def treeline(c: Canvas, d: Draws, height: float = 0.10, present: Tensor | float = 1.0) -> None:
    """Paint a wood that stands far behind, just over the horizon."""
    place, _ = c.wall()
    crowns = cosine(place, 2.3, d.uniform()).abs() + cosine(place, 5.1, d.uniform()).abs()
    top = c.view.eye - 0.02 + height * (0.5 + 0.35 * crowns + 0.3 * noise(place, 0.35, d.vector(2))) * present
    c.paint(c.below(top), snowed(c, c.view.leaves * 0.8, 0.4), depth=0.55)


def hills(c: Canvas, d: Draws, height: Tensor | float = 0.25) -> None:
    """Paint two blue ranges at the horizon; they move against the landmark when the camera goes around it."""
    for far, tall in ((0.75, 0.7), (1.0, 1.0)):
        along = c.x * 0.7 + c.view.yaw * 2.2
        top = c.view.eye + height * tall * (0.45 + 0.5 * noise(along, 0.30, d.vector(4)))
        blue = 0.55 * c.view.grass + 0.45 * plain(c, (0.42, 0.52, 0.66))
        blue = torch.lerp(blue * c.view.light, c.view.horizon, 0.35 + 0.3 * far)
        c.paint(c.below(top), blue, depth=far, glow=1.0)


def sky(c: Canvas, d: Draws) -> None:
    """Paint sun or moon, clouds, and the sky from horizon to zenith."""
    x = c.view.sun * d.uniform(0.08, 0.46) + 0.5
    y = d.uniform(0.60, 0.95)
    clear = 1 - 0.85 * c.view.cloud
    dx, dy = ((c.u - x) / 0.16).square(), ((c.v - y) / 0.16).square()
    glow = torch.exp(-dx) * torch.exp(-dy) * (clear * 0.45)
    disc = 0.035**2 - (c.v - y).square()
    disc = disc.clamp(min=0).sqrt() - (disc <= 0) * 9.0
    clouds = _clouds(c, d)
    c.paint(clouds, torch.lerp(c.view.horizon, c.view.light, 0.45), depth=0.3, glow=1.0)
    sun = torch.lerp(c.view.light, plain(c, (1.0, 0.97, 0.88)), 0.7)
    c.paint(((disc - (c.u - x).abs()) * c.size + 0.5).clamp_(0, 1).mul_(clear), sun, depth=0.0, glow=1.0)
    c.paint(glow, sun, depth=0.0, glow=1.0)
    up = ramp(c.y, c.view.eye, c.view.eye + 0.75 * c.view.width).pow(0.75)  # (N, S, 1)
    c.paint(up, c.view.zenith, depth=0.7, glow=1.0)
    c.paint(torch.ones_like(up), c.view.horizon, depth=1.0, glow=1.0)


def _clouds(c: Canvas, d: Draws) -> Tensor:
    across, up, phase = d.vector(3 * 12).chunk(3, dim=1)  # (N, 12, 1) each
    factor = torch.exp2(across * 3.0)
    field = plane_waves(
        c.u,
        c.v,
        (0.5 + 0.5 * up) * factor,
        (up - 0.5).sign() * (1.3 + 2 * (up - 0.5).abs()) * factor,
        phase,
        0.62 * factor**-0.6,
    )
    fade = ramp(c.y, c.view.eye + 0.05, c.view.eye + 0.5)
    return field.sub_(0.45 - 0.5 * c.view.cloud).mul_(0.55).clamp_(0, 0.8).mul_(fade)
