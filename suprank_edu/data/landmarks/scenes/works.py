"""Stadiums and bridges."""

import torch
from torch import Tensor

from suprank_edu.data.landmarks.backdrop import hills, land, sea, treeline
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import PAINT, STEEL, STONE, plain, snowed
from suprank_edu.data.landmarks.parts import absent, turned
from suprank_edu.data.landmarks.shapes import cosine, noise, ramp

_SHELL = ((0.86, 0.87, 0.88), (0.62, 0.64, 0.67), *STONE)


def stadium(c: Canvas, d: Draws) -> None:
    """Paint a bowl with arcades or fins, a ring of roof, stands, a pitch, masts, and perhaps an arch over it."""
    arcade, wide, tall = d.integer(8, 22), d.uniform(0.85, 1.25), d.uniform(0.26, 0.52)
    flare, rim, arch = d.uniform(-0.16, 0.22), d.uniform(0.04, 0.22), d.uniform(-0.3, 0.75)
    masts, levels = d.uniform(-0.2, 0.55), d.integer(1, 3)
    outer, roof, seats = d.choice((*STONE, *STEEL)), d.choice(_SHELL), d.choice(PAINT)
    oval = d.uniform(0.0, 0.35)
    # An oval is as wide as its turned outline; a and b are the half axes of the rim in the picture.
    a = wide * (c.cos.square() + (1 - oval).square() * c.sin.square()).sqrt()
    b = a * (0.10 + 0.32 * c.view.eye)
    inner = 1 - rim / wide * 1.4
    _masts(c, wide, tall, masts)
    span = (1 - (c.x / (a * 1.02)).square()).clamp(min=0).sqrt()  # (N, 1, S)
    bow = tall + arch.clamp(min=0) * span * 1.1 - 9.0 * ((arch <= 0) | (span <= 0))
    c.paint(c.between(bow - 0.028, bow), plain(c, (0.90, 0.90, 0.92)))
    # The outer wall: from the front half of the footprint to the front half of the rim.
    foot = a * (1 - flare * 0.6)
    low = -0.8 * b * (1 - (c.x / foot).square()).clamp(min=0).sqrt()
    slant = (c.x.abs() - foot).clamp(min=0) / flare.clamp(min=0.05) * tall * 0.6
    top = tall - b * span - (c.x.abs() - a).clamp(min=0) * 30
    weight = c.paint(c.between(low + slant, top), outer)
    c.shade(weight, c.x / a, outer)
    around = (torch.asin((c.x / a).clamp(-1, 1)) + c.view.yaw) / 6.2832  # turns around the axis, (N, 1, S)
    lowest = low.amin(dim=2, keepdim=True)
    gaps = (cosine((c.y - lowest) / (tall - lowest), levels, 0.5) * 3 + 1.2).clamp(0, 1)
    c.tint(weight, (cosine(around, arcade * 2, 0.0) * 2.5).clamp(0, 1) * gaps, outer * -0.45)
    c.paint(c.ellipse(0.0, tall - b * 0.16, a * inner * 0.62, b * inner * 0.50), plain(c, (0.30, 0.56, 0.24)))
    weight = c.paint(c.ellipse(0.0, tall - 0.01, a * inner, b * inner), 0.65 * seats + 0.22)
    stairs = (cosine(around, 14.0, 0.0) * 20 - 18).clamp(0, 1)
    c.tint(weight, stairs - 0.6 * c.rows(tall, 9.0), seats * 0.25)
    c.paint(c.ellipse(0.0, tall, a, b), snowed(c, roof, 0.6))
    land(c, d, plain(c, (0.46, 0.50, 0.40)))
    treeline(c, d, 0.08)
    hills(c, d, 0.25)


def _masts(c: Canvas, wide: Tensor, tall: Tensor, height: Tensor) -> None:
    """Paint four floodlight masts, or none where their height is below 0."""
    high = tall + height.clamp(min=0)
    points = [(tall * 0.4, 0.014), (high, 0.012), (high + 0.005, 0.07), (high + 0.07, 0.07)]
    for share, depth in ((-0.92, 0.35), (0.92, 0.35), (-0.5, -0.75), (0.5, -0.75)):
        px = wide * share + absent((height > 0).float())
        turned(c, px, wide * depth, points, plain(c, (0.66, 0.68, 0.70)))


def bridge(c: Canvas, d: Draws) -> None:
    """Paint a bridge of stone arches, on cables between towers, or under a steel arch, over water."""
    kind, spans = d.uniform(0, 3).floor(), d.integer(2, 6)
    deck, sag, humped = d.uniform(0.30, 0.58), d.uniform(0.25, 0.60), d.uniform(0.0, 0.22)
    tower_x, thick, roundness = d.uniform(0.42, 0.75), d.uniform(0.045, 0.09), d.uniform(0.55, 1.0)
    stone, steel = d.choice(STONE), d.choice((*STEEL, *PAINT))
    is_stone, is_cable, is_arch = ((kind == i).float() for i in range(3))
    colour = torch.where(is_stone[:, 0] > 0, stone, steel)
    place, scale = c.wall()
    road = deck + humped * is_stone * (1 - place.square() * 0.5)  # (N, 1, S)
    _pylons(c, tower_x, deck + sag + 0.05, is_cable, colour)
    _cables(c, (deck, sag, tower_x), road, (is_stone, is_arch), colour)
    lamps = (cosine(place, 2.5, 0.3) * 20 - 19).clamp(0, 1) * is_stone
    c.paint(c.between(c.rise(road, scale), c.rise(road + 0.09, scale)).mul_(lamps), plain(c, (0.3, 0.3, 0.32)))
    weight = c.paint(c.between(c.rise(road - thick, scale), c.rise(road, scale)), colour)
    c.shade(weight, c.sin.expand_as(place), colour)
    # Stone: everything under the road but the openings.
    bay = torch.remainder(place * spans / 2.2 + 0.5 * torch.remainder(spans, 2.0), 1.0) * 2 - 1  # −1..1 in each
    round_ = (1 - (bay / 0.82).square()).clamp(min=0).sqrt()
    opening = (road - thick - 0.04) * roundness * round_ - 3.0 * (bay.abs() > 0.82)
    under = c.rise(road - thick * is_stone, scale) - 50 * (1 - is_stone)
    weight = c.paint(c.between(c.rise(opening.clamp(min=-0.12), scale), under), stone * 0.93)
    c.tint(weight, cosine(c.y, 11.0, 0.0), stone * 0.06)
    piers = (cosine(place, 0.5 / 0.85, 0.5) * 14 - 13).clamp(0, 1) * is_arch
    c.paint(c.between(c.rise(-0.1, scale), c.rise(road - thick, scale)).mul_(piers), stone * 0.8)
    _banks(c, d, deck)
    sea(c, d)
    treeline(c, d, 0.14)
    hills(c, d, d.uniform(0.15, 0.5))


def _pylons(c: Canvas, away: Tensor, top: Tensor, present: Tensor, colour: Tensor) -> None:
    """Paint the two towers that carry the cables."""
    for side in (-1.0, 1.0):
        x0, _ = c.project(side * away - 0.05, 0.0)
        x1, _ = c.project(side * away + 0.05, 0.0)
        scale = c.scale_at(side * away, 0.0)
        rows = c.rows(c.rise(-0.1, scale), c.rise(top, scale)) * present
        c.paint(c.columns(x0, x1) * rows, colour * 0.92)


def _cables(
    c: Canvas, sizes: tuple[Tensor, Tensor, Tensor], road: Tensor, kinds: tuple[Tensor, Tensor], colour: Tensor
) -> None:
    """Paint the cable or the steel arch, one curve over the road, and the hangers between the two."""
    deck, sag, tower_x = sizes
    is_stone, is_arch = kinds
    place, scale = c.wall()
    inner = (place / tower_x).square()
    outer = ((place.abs() - tower_x) / (1.7 - tower_x)).clamp(0, 1)
    cable = torch.where(place.abs() < tower_x, deck + 0.05 + (sag - 0.05) * inner, deck + sag * (1 - outer).square())
    bow = deck + sag * (1 - (place / 1.05).square())
    curve = torch.where(is_arch > 0, bow, cable) - 50 * is_stone
    half = torch.where(is_arch > 0, 0.028, 0.014)
    c.paint(c.between(c.rise(curve - half, scale), c.rise(curve + half, scale)), colour)
    hangers = (cosine(place, 6.5, 0.0) * 6 - 5).clamp(0, 0.7) * (1 - is_stone)
    hung = c.between(c.rise(road, scale), c.rise(torch.maximum(curve, road - 0.05), scale))
    c.paint(hung.mul_(hangers), colour)


def _banks(c: Canvas, d: Draws, deck: Tensor) -> None:
    """Paint the two shores that a bridge joins."""
    place, scale = c.wall()
    bank = -0.06 + (deck + 0.03) * ramp(place.abs(), 1.0, 1.5) + 0.03 * noise(place, 1.3, d.vector(3))
    mask = c.below(c.rise(bank - 3.0 * (place.abs() < 1.05), scale)).mul_(c.rows(-0.3, 9.0))
    weight = c.paint(mask, snowed(c, c.view.grass * 0.85, 0.9))
    c.tint(weight, noise(c.x, 2.0, d.vector(3)), c.view.grass * 0.12)
