"""Stadiums, bridges, lighthouses and windmills."""

from __future__ import annotations

import torch

from suprank_edu.data.landmarks.backdrop import hills, land, sea, treeline
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws
from suprank_edu.data.landmarks.palette import PAINT, ROCK, ROOF, STEEL, STONE, plain, snowed
from suprank_edu.data.landmarks.parts import absent, house, openings, turned
from suprank_edu.data.landmarks.shapes import cosine, line, noise


def stadium(c: Canvas, d: Draws) -> None:
    """Paint a bowl with arcades or fins, a ring of roof, stands, a pitch, masts, and perhaps an arch over it."""
    arcade, wide, tall = d.integer(8, 22), d.uniform(0.85, 1.25), d.uniform(0.26, 0.52)
    flare, rim, arch = d.uniform(-0.16, 0.22), d.uniform(0.04, 0.22), d.uniform(-0.3, 0.75)
    masts, levels = d.uniform(-0.2, 0.55), d.integer(1, 3)
    outer, roof, seats = (
        d.choice((*STONE, *STEEL)),
        d.choice(((0.86, 0.87, 0.88), (0.62, 0.64, 0.67), *STONE)),
        d.choice(PAINT),
    )
    oval = d.uniform(0.0, 0.35)
    # An oval seen from the side is as wide as its turned outline.
    a = wide * (c.cos.square() + (1 - oval).square() * c.sin.square()).sqrt()
    b = a * (0.10 + 0.32 * c.view.eye)
    floor, zero = 0.0 * a, 0.0 * a
    inner = 1 - rim / wide * 1.4
    mast = [x * wide * 0.92 for x in (-1.0, 1.0, -0.55, 0.55)]
    high = tall + masts.clamp(min=0)
    for i, px in enumerate(mast):
        pz = wide * (0.35 if i < 2 else -0.75)
        turned(
            c,
            px + absent((masts > 0).float()),
            pz,
            [(tall * 0.4, 0.014 + zero), (high, 0.012 + zero), (high + 0.005, 0.07 + zero), (high + 0.07, 0.07 + zero)],
            plain(c, (0.66, 0.68, 0.70)),
        )
    span = (1 - (c.x / (a * 1.02)).square()).clamp(min=0).sqrt()  # (N, 1, S)
    bow = tall + arch.clamp(min=0) * span * 1.1
    hidden = (arch <= 0).float() * 9 + (span <= 0) * 9
    c.paint(c.between(bow - 0.028 - hidden, bow + 0.0 - hidden * 1.02 - hidden), plain(c, (0.90, 0.90, 0.92)))
    # Outside wall: from the front half of the footprint to the front half of the rim.
    foot = a * (1 - flare * 0.6)
    low = floor - b * 0.8 * (1 - (c.x / foot).square()).clamp(min=0).sqrt()
    front_rim = tall - b * span
    wall_top = front_rim - (c.x.abs() - a).clamp(min=0) * 30
    turn = torch.asin((c.x / a).clamp(-1, 1)) + c.view.yaw * 0.999  # angle around the axis, (N, 1, S)
    fins = (cosine(turn / 6.2832, arcade * 2, 0.0) * 2.5).clamp(-0.3, 1)
    slant = (c.x.abs() - foot).clamp(min=0) * (flare.clamp(min=0.05) ** -1) * tall * 0.6
    mask = c.between(low + slant - 0.0, wall_top)
    share = (c.y - low.amin(dim=2, keepdim=True)) / (tall - low.amin(dim=2, keepdim=True))
    gaps = (cosine(share, levels, 0.5) * 3 + 1.2).clamp(0, 1)
    weight = c.paint(mask, outer)
    c.shade(weight, c.x / a, outer)
    c.tint(weight, fins.clamp(min=0) * gaps, outer * -0.45)
    # Roof ring, stands and pitch.
    top = tall + zero
    ring = c.ellipse(zero, top, a, b)
    hole = c.ellipse(zero, top - 0.01, a * inner, b * inner)
    grass = c.ellipse(zero, top - b * 0.16, a * inner * 0.62, b * inner * 0.50)
    c.paint(grass, plain(c, (0.30, 0.56, 0.24)))
    weight = c.paint(hole, torch.lerp(seats, plain(c, (0.62, 0.62, 0.62)), 0.35))
    c.tint(weight, (cosine(turn / 6.2832, 14.0, 0.0) > 0.9).float() - 0.6 * (c.y > top).float(), seats * 0.25)
    c.paint(ring, snowed(c, roof, 0.6))
    land(c, d, plain(c, (0.46, 0.50, 0.40)))
    treeline(c, d, 0.08)
    hills(c, d, 0.25)


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
    # Towers of the cables, and the cable or the arch as one curve, with hangers.
    top = deck + sag
    for side in (-1.0, 1.0):
        x0, _ = c.project(side * tower_x - 0.05, 0.0)
        x1, _ = c.project(side * tower_x + 0.05, 0.0)
        s = c.scale_at(side * tower_x, 0.0)
        bottom, peak = (
            c.rise(-0.1 * is_cable - (1 - is_cable) * 5, s),
            c.rise((top + 0.05) * is_cable - (1 - is_cable) * 5, s),
        )
        c.paint(c.columns(x0, x1) * c.rows(bottom, peak), colour * 0.92)
    inner = (place / tower_x).square()
    outer = ((place.abs() - tower_x) / (1.7 - tower_x)).clamp(0, 1)
    cable = torch.where(place.abs() < tower_x, deck + 0.05 + (sag - 0.05) * inner, deck + sag * (1 - outer).square())
    bow = deck + sag * (1 - (place / 1.05).square())
    curve = torch.where(is_arch > 0, bow, cable) - is_stone * 50
    line_half = torch.where(is_arch > 0, 0.028, 0.014)
    hangers = (cosine(place, 6.5, 0.0) * 6 - 5).clamp(0, 1) * (1 - is_stone)
    c.paint(c.between(c.rise(curve - line_half, scale), c.rise(curve + line_half, scale)), colour)
    c.paint(
        c.between(c.rise(road, scale), c.rise(torch.maximum(curve, road - 0.05), scale)).mul_(hangers * 0.7), colour
    )
    lamp = (cosine(place, 2.5, 0.3) * 20 - 19).clamp(0, 1) * is_stone
    c.paint(c.between(c.rise(road, scale), c.rise(road + 0.09, scale)).mul_(lamp), plain(c, (0.3, 0.3, 0.32)))
    deck_weight = c.paint(c.between(c.rise(road - thick, scale), c.rise(road, scale)), colour)
    c.shade(deck_weight, c.sin.expand_as(place), colour)
    # Stone: everything under the road but the openings.
    t = place * spans / 2.2 + torch.remainder(spans, 2.0) * 0.5
    bay = (t - t.floor() - 0.5) * 2  # −1..1 across an opening
    opening = (road - thick - 0.04) * roundness * (1 - (bay / 0.82).square()).clamp(min=0).sqrt() - (
        bay.abs() > 0.82
    ) * 3.0
    solid = c.between(
        c.rise(torch.maximum(opening, torch.full_like(opening, -0.12)), scale),
        c.rise(road - thick * is_stone, scale) - 50 * (1 - is_stone),
    )
    weight = c.paint(solid, stone * 0.93)
    c.tint(weight, cosine(c.y, 11.0, 0.0), stone * 0.06)
    # Piers of the others.
    pier = (cosine(place, 0.5 / 0.85, 0.5) * 14 - 13).clamp(0, 1) * is_arch
    c.paint(c.between(c.rise(-0.1 + 0 * road, scale), c.rise(road - thick, scale)).mul_(pier), stone * 0.8)
    _banks(c, d, deck)
    sea(c, d)
    treeline(c, d, 0.14)
    hills(c, d, d.uniform(0.15, 0.5))


def _banks(c: Canvas, d: Draws, deck: torch.Tensor) -> None:
    """Paint the two shores that a bridge joins."""
    place, scale = c.wall()
    bank = line(
        place, [(-4.0, deck), (-1.5, deck - 0.03), (-1.0, -0.06), (1.0, -0.06), (1.5, deck - 0.03), (4.0, deck)]
    )
    bank = bank + 0.03 * noise(place, 1.3, d.vector(3)) - 3.0 * (place.abs() < 1.05)
    weight = c.paint(
        c.below(c.rise(bank, scale)).mul_((c.y > -0.1 - 0.2 * place.abs().mean(dim=2, keepdim=True)).float()),
        snowed(c, c.view.grass * 0.85, 0.9),
    )
    c.tint(weight, noise(c.x, 2.0, d.vector(3)), c.view.grass * 0.12)


def lighthouse(c: Canvas, d: Draws) -> None:
    """Paint a tapering tower with bands, gallery, lantern and cap on a rock by the sea, with a keeper's house."""
    bands, tall, foot = d.integer(0, 4), d.uniform(0.80, 1.45), d.uniform(0.13, 0.24)
    taper, rock, kept = d.uniform(0.50, 0.95), d.uniform(0.05, 0.35), d.chance(0.65)
    lantern, domed = d.uniform(0.10, 0.19), d.uniform(0.02, 0.14)
    base, band, roof, stone = (
        d.choice(((0.92, 0.91, 0.88), *STONE)),
        d.choice(PAINT),
        d.choice((*PAINT, *ROOF)),
        d.choice(ROCK),
    )
    side, spread = d.uniform(-0.7, 0.7), d.uniform(0.7, 1.3)
    high, zero = rock + tall, 0.0 * tall
    r = foot * taper
    glass = torch.lerp(plain(c, (0.55, 0.66, 0.72)), plain(c, (1.0, 0.93, 0.66)), c.view.night[:, 0])
    beam = c.view.night * ((c.x.abs() > r) * 0.9)
    spread_y = (0.02 + 0.10 * c.x.abs()).clamp(min=0.01)
    c.paint(c.between(high + 0.07 - spread_y, high + 0.07 + spread_y).mul_(beam * 0.35), glass, glow=1.0)
    turned(
        c,
        0.0,
        0.0,
        [
            (high + lantern, r * 0.80),
            (high + lantern + domed, r * 0.45),
            (high + lantern + domed + 0.03, 0.0 * r),
            (high + lantern + domed + 0.12, 0.006 + zero),
        ],
        roof,
    )
    weight = c.paint(
        c.inside(line(c.y, [(high, r * 0.62), (high + lantern, r * 0.62)]), zero), glass, glow=c.view.night
    )
    c.tint(weight, (cosine(c.x / r, 1.6, 0.5) * 5 - 3).clamp(0, 1), plain(c, (-0.35, -0.35, -0.35)))
    turned(c, 0.0, 0.0, [(high - 0.03, r * 1.05), (high - 0.01, r * 1.45), (high + 0.025, r * 1.45)], roof * 0.9)
    openings(c, 0.0, 0.0, foot * 0.13, [(rock + tall * s, rock + tall * s + 0.07) for s in (0.12, 0.42, 0.72)])
    weight = turned(
        c, 0.0, 0.0, [(rock - 0.05, foot), (rock + 0.3 * tall, foot * (0.6 + 0.4 * taper)), (high, r)], base
    )
    rings = (cosine((c.y - rock) / tall, bands, 0.5) * 12).clamp(0, 1) * (bands > 0)
    c.tint(weight, rings, band - base)
    px = side.sign() * (0.3 + side.abs() * 0.5) + absent(kept)
    house(
        c,
        px,
        0.05,
        0.22 + zero,
        0.14 + zero,
        (rock - 0.05, rock + 0.17, rock + 0.32),
        base * 0.97,
        roof,
        gable_in_front=False,
    )
    rough = 0.05 * noise(c.x + 0.6 * c.view.yaw, 1.5, d.vector(4))
    shore = (
        line(c.x, [(-spread - 0.35, -0.12), (-spread * 0.55, rock), (spread * 0.6, rock), (spread + 0.3, -0.12)])
        + rough
    )
    weight = c.paint(c.below(shore).mul_((c.y > -0.12).float()), snowed(c, stone, 0.5))
    c.tint(weight, c.texture(d.vector(30), 2.0, 3.0), stone * 0.20)
    weight = sea(c, d)
    c.tint(weight, c.rows(-0.15, -0.09) * c.columns(-spread, spread), plain(c, (0.4, 0.4, 0.4)))
    hills(c, d, d.uniform(-0.2, 0.25))


def windmill(c: Canvas, d: Draws) -> None:
    """Paint a mill tower with a cap and four or six sails at any angle."""
    six, tall, foot = d.chance(0.25), d.uniform(0.60, 1.00), d.uniform(0.18, 0.34)
    waist, reach, broad = d.uniform(0.45, 0.95), d.uniform(0.50, 0.80), d.uniform(0.035, 0.085)
    cap, stage = d.uniform(0.06, 0.24), d.chance(0.45)
    wall, roof, sail = (
        d.choice((*STONE, (0.92, 0.90, 0.86))),
        d.choice(ROOF),
        d.choice(((0.90, 0.87, 0.80), (0.50, 0.38, 0.28), (0.80, 0.76, 0.66))),
    )
    r, mound = foot * waist, d.uniform(0.0, 0.2)
    zero = 0.0 * tall
    hub_x, hub_y = c.project(0.0, r + 0.07, mound + tall + cap * 0.35)
    angle = d.uniform(0, 0.5) + c.view.centre * 40  # sails stand differently in each view
    x, y = (c.x - hub_x) / c.cos.clamp(min=0.35), c.y - hub_y
    for turn, present in ((0.0, torch.ones_like(six)), (2.0944, six), (-2.0944, six)):
        # Six sails are three bars, four are two: the cross needs its second bar.
        cos, sin = torch.cos(angle + turn), torch.sin(angle + turn)
        along, across = x * cos + y * sin, y * cos - x * sin  # (N, S, S) each
        _sails(c, along, across, reach - absent(present), broad, sail)
        if turn == 0.0:
            _sails(c, across, along, reach - absent(1 - six), broad, sail)
    c.paint(c.ellipse(hub_x, hub_y, 0.03 + zero, 0.03 + zero), plain(c, (0.25, 0.2, 0.18)))
    top = mound + tall
    turned(
        c,
        0.0,
        0.0,
        [(top - 0.01, r * 1.12), (top + cap * 0.5, r * 0.92), (top + cap, r * 0.3), (top + cap + 0.01, zero)],
        snowed(c, roof),
    )
    openings(c, 0.0, foot, foot * 0.14, [(mound + tall * s, mound + tall * s + 0.09) for s in (0.30, 0.62)])
    openings(c, 0.0, foot, foot * 0.22, [(mound, mound + 0.2)])
    ring = mound + tall * 0.34
    turned(c, absent(stage), 0.0, [(ring, foot * 1.30), (ring + 0.025, foot * 1.35)], plain(c, (0.42, 0.33, 0.25)))
    turned(c, 0.0, 0.0, [(mound - 0.03, foot), (top, r)], wall)
    px = d.uniform(0.45, 0.8) * (d.chance(0.5) * 2 - 1) + absent(d.chance(0.5))
    house(
        c, px, -0.1, 0.22 + zero, 0.16 + zero, (zero, 0.2 + zero, 0.36 + zero), wall * 0.95, roof, gable_in_front=False
    )
    hill = mound * torch.exp(-(c.x * 0.8).square())
    c.paint(c.below(hill), snowed(c, c.view.grass * 0.93, 0.9))
    land(c, d)
    treeline(c, d, 0.09)
    hills(c, d, d.uniform(-0.1, 0.3))


def _sails(
    c: Canvas, along: torch.Tensor, across: torch.Tensor, reach: torch.Tensor, broad: torch.Tensor, colour: torch.Tensor
) -> None:
    """Paint two sails, one on either side of the hub: a spar, and cloth that leads on one side of it."""
    length = along.abs()
    left = reach - length
    spar = torch.minimum(0.011 - across.abs(), left)
    cloth = torch.minimum(broad - (across.copysign(across * along) - broad).abs_(), left)
    cloth = torch.minimum(cloth, length.sub_(0.16))
    c.paint(torch.maximum(spar, cloth).mul_(c.k).add_(0.5).clamp_(0, 1), colour)
