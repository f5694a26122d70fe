"""Colours of surfaces in white light. Landmarks share them, so that a colour alone does not give one away."""

import torch
from torch import Tensor

from suprank_edu.data.landmarks.canvas import Canvas

Colours = tuple[tuple[float, float, float], ...]

STONE: Colours = (
    (0.80, 0.72, 0.58),
    (0.64, 0.62, 0.59),
    (0.66, 0.42, 0.32),
    (0.88, 0.85, 0.78),
    (0.58, 0.50, 0.42),
    (0.76, 0.66, 0.60),
)
ROOF: Colours = ((0.58, 0.27, 0.19), (0.32, 0.36, 0.44), (0.38, 0.31, 0.26), (0.40, 0.56, 0.48), (0.26, 0.26, 0.29))
ROCK: Colours = ((0.50, 0.47, 0.44), (0.58, 0.50, 0.42), (0.44, 0.44, 0.47), (0.62, 0.56, 0.49))
DESERT: Colours = ((0.80, 0.52, 0.33), (0.72, 0.44, 0.30), (0.84, 0.66, 0.44), (0.76, 0.58, 0.42))
SAND: Colours = ((0.86, 0.70, 0.46), (0.82, 0.62, 0.40), (0.90, 0.78, 0.58), (0.78, 0.52, 0.34))
PAINT: Colours = ((0.78, 0.16, 0.14), (0.16, 0.28, 0.56), (0.16, 0.16, 0.18), (0.20, 0.44, 0.34), (0.86, 0.62, 0.16))
STEEL: Colours = ((0.62, 0.22, 0.16), (0.42, 0.46, 0.50), (0.30, 0.42, 0.40), (0.66, 0.66, 0.64))
CLOTHES: Colours = ((0.74, 0.18, 0.16), (0.18, 0.26, 0.48), (0.88, 0.86, 0.80), (0.20, 0.20, 0.22), (0.86, 0.68, 0.20))

_SNOW = (0.93, 0.95, 0.98)
_WATER = (0.16, 0.30, 0.40)
_SHADE = (0.13, 0.14, 0.17)
_LAMP = (1.0, 0.80, 0.42)


def plain(c: Canvas, colour: tuple[float, float, float]) -> Tensor:
    """Return one colour for every image, (N, 3)."""
    return torch.tensor(colour, device=c.u.device).expand(len(c.u), 3)


def snowed(c: Canvas, colour: Tensor, amount: float = 0.8) -> Tensor:
    """Return a surface's colour, white to this degree where snow lies."""
    return torch.lerp(colour, plain(c, _SNOW), amount * c.view.winter[:, 0])


def snow(c: Canvas) -> Tensor:
    """Return the colour of snow."""
    return plain(c, _SNOW)


def dark(c: Canvas) -> Tensor:
    """Return the colour of openings."""
    return plain(c, _SHADE)


def window(c: Canvas) -> Tensor:
    """Return the colour of windows: dark by day, lit at night."""
    return torch.lerp(plain(c, _SHADE), plain(c, _LAMP), c.view.night[:, 0])


def unlit(c: Canvas, colour: Tensor) -> Tensor:
    """Return the surface that has this colour in the light of the hour."""
    return colour / c.view.light.clamp(min=0.2)


def water(c: Canvas) -> Tensor:
    """Return the colour of water under this sky, as a light of its own."""
    deep = plain(c, _WATER) * c.view.light
    return torch.lerp(deep, 0.5 * (c.view.zenith + c.view.horizon), 0.45)
