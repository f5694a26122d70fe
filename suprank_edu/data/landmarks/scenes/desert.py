"""Rock arches and dunes."""

import torch

from suprank_edu.data.landmarks.backdrop import hills, land
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import DESERT, SAND, plain
from suprank_edu.data.landmarks.parts import absent
from suprank_edu.data.landmarks.shapes import noise, ramp


def rock_arch(c: Canvas, d: Draws) -> None:
    """Paint a natural arch: strata, one or two openings, rubble, and buttes far behind."""
    wide, tall, open_x = d.uniform(0.55, 1.05), d.uniform(0.65, 1.20), d.uniform(-0.25, 0.25)
    open_w, open_h, two = d.uniform(0.22, 0.42), d.uniform(0.40, 0.80), d.chance(0.3)
    lean, bulk, blunt = d.uniform(-0.3, 0.3), d.uniform(2.0, 5.0), d.uniform(0.50, 0.65)
    rock, bands = d.choice(DESERT), d.uniform(3, 7)
    texture = c.texture(d.vector(30), 0.8, 3.0)
    place, scale = c.wall()
    crags = noise(place, 1.2, d.vector(5), 0.6)
    body = tall * (1 - (place / wide).abs().pow(bulk)).clamp(min=0).sqrt() * (1 + lean * place)
    body = body + 0.05 * crags - 3.0 * (place.abs() > wide)
    # The openings are heights under which there is no rock; the second is the smaller one.
    half = open_w * wide
    across = (place - open_x) / half
    hole = open_h * tall * (1 - across.square()).clamp(min=0).pow(blunt) + 0.025 * crags - 3.0 * (across.abs() > 1)
    beside = (place - open_x - 1.75 * half * torch.where(open_x > 0, -1.0, 1.0) - absent(two)) / (0.55 * half)
    small = 0.55 * open_h * tall * (1 - beside.square()).clamp(min=0).sqrt() - 3.0 * (beside.abs() > 1)
    hole = torch.maximum(hole, small).clamp(min=-0.04)
    weight = c.paint(c.between(c.rise(hole, scale), c.rise(body, scale)), rock)
    strata = torch.cos((c.y / tall * bands + 0.12 * c.x) * 6.2832 + texture * 0.8)
    c.tint(weight, strata, rock * 0.10)
    c.tint(weight, texture, rock * 0.09)
    c.shade(weight, (c.x / wide).clamp(-1, 1), rock * 0.8)
    # Seen from the side, an opening shows the thickness of the rock.
    jamb = (across + 0.13 * c.sin / half).abs() > 0.92
    c.paint(c.between(c.rise(-0.04, scale), c.rise(hole.clamp(min=0), scale)).mul_(jamb), rock * 0.55)
    rubble = 0.12 * tall * torch.exp(-((place.abs() - wide * 0.8) * 3).square()) + 0.015 * crags
    c.paint(c.below(c.rise(rubble, scale)).mul_(c.rows(-0.08, 9.0)), rock * 0.86)
    land(c, d, torch.lerp(rock, plain(c, (0.80, 0.66, 0.46)), 0.5))
    for pz, depth in ((-1.5, 0.5), (-3.0, 0.75)):
        x, foot = c.project(d.uniform(-2.2, 2.2), pz)
        butte = foot + d.uniform(0.15, 0.36) * ramp((c.x - x).abs(), d.uniform(0.25, 0.5), 0.1)
        c.paint(c.below(butte + 0.02 * crags), rock * 0.85, depth=depth)
    hills(c, d, 0.15)


def dune(c: Canvas, d: Draws) -> None:
    """Paint crests of sand, each with a lit and a shaded side parted by a curved edge, and ripples."""
    tall, skew, curve = d.uniform(0.40, 0.95), d.uniform(-0.6, 0.6), d.uniform(-0.8, 0.8)
    second, third, blunt = d.uniform(-1.4, 1.4), d.uniform(0.25, 0.8), d.uniform(1.15, 2.0)
    swing, wide = d.uniform(-0.8, 0.8), d.uniform(0.9, 1.8)
    sand = d.choice(SAND)
    ripples = c.texture(d.vector(24), 0.6, 5.0, 1.5)
    crests = (
        (second, 0.8, tall * 0.42, -skew, -curve, 0.10),
        (0.0, 0.0, tall, skew, curve, 0.25),
        (-second, -0.9, tall * third, -0.5 * skew, curve, 0.45),
    )
    for px, pz, high, lean, bend, depth in crests:
        x, top = c.project(px, pz, high)
        local = c.x - x
        away = local.abs() * (1 + lean * local.sign()) / wide
        swell = 0.05 * noise(local + c.view.yaw, 0.5, d.vector(2)) * ramp(away, 0.0, 0.5)
        height = top - 1.27 * high * away.pow(blunt) / (0.35 + away) + swell
        weight = c.paint(c.below(height), sand, depth=depth)
        down = (top - c.y).clamp(min=0) / high  # (N, S, 1)
        edge = x + down * (swing + 0.9 * c.sin + bend * torch.sin(down * 3.0)) * 0.6
        c.shade(weight, ((c.x - edge) * 14).clamp_(-1, 1), sand * 0.85, depth=depth)
        c.tint(weight, ripples, sand * 0.05, depth=depth)
    land(c, d, sand * 0.97)
    far = c.view.eye + 0.10 + 0.10 * noise(c.x * 0.6 + c.view.yaw, 0.4, d.vector(3))
    c.paint(c.below(far), sand * 0.92, depth=0.7)
