"""What differs between two pictures of one landmark: camera, time of day, season, weather."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from suprank_edu.data.landmarks.draws import Draws

# Colour of the light, of the sky above, of the sky at the horizon; strength of shadows; how many draws of 16.
_HOURS = (
    ((1.00, 0.93, 0.84), (0.40, 0.60, 0.86), (0.90, 0.86, 0.78), 0.36, 3),  # morning
    ((1.02, 1.02, 0.99), (0.22, 0.47, 0.84), (0.70, 0.83, 0.94), 0.28, 4),  # noon
    ((1.00, 0.97, 0.90), (0.30, 0.54, 0.86), (0.78, 0.86, 0.90), 0.38, 3),  # afternoon
    ((1.08, 0.80, 0.56), (0.36, 0.44, 0.70), (0.98, 0.72, 0.46), 0.46, 3),  # evening
    ((0.78, 0.62, 0.70), (0.30, 0.29, 0.54), (0.88, 0.52, 0.48), 0.30, 2),  # dusk
    ((0.36, 0.42, 0.62), (0.05, 0.08, 0.21), (0.18, 0.24, 0.42), 0.24, 1),  # night
)
_NIGHT = 5
# Spring, summer, autumn, winter: grass and leaves.
_GRASS = ((0.44, 0.60, 0.27), (0.50, 0.56, 0.25), (0.60, 0.50, 0.27), (0.50, 0.48, 0.36))
_LEAVES = ((0.42, 0.60, 0.25), (0.20, 0.40, 0.16), (0.78, 0.42, 0.13), (0.36, 0.30, 0.25))
# How grey the sky, how thick the fog, rain, snow; how many draws of 20.
_WEATHERS = (
    (0.0, 0.04, 0.0, 0.0, 11),  # clear
    (0.6, 0.10, 0.0, 0.0, 4),  # cloudy
    (0.8, 0.55, 0.0, 0.0, 2),  # fog
    (0.9, 0.25, 1.0, 0.0, 2),  # rain
    (0.8, 0.20, 0.0, 1.0, 1),  # snow, in winter; rain in the other seasons
)


@dataclass(frozen=True)
class View:
    """The camera and the conditions of N pictures; scalars are `(N, 1, 1)`, colours `(N, 3)`.

    Args:
        yaw: angle around the landmark, radians.
        width: landmark units that fit across the picture: the larger, the farther away.
        distance: of the camera from the landmark, units: the smaller, the stronger the perspective.
        centre: where the landmark stands, a share of the width from the left.
        base: where its ground line lies, a share of the height from the bottom.
        eye: height of the camera, and so of the horizon, above the ground line, units.
        sun: −1 the light comes from the left, +1 from the right.
        contrast: how much lighter and darker lit and shaded sides are.
        light: colour that every surface is multiplied with.
        zenith: colour of the sky above.
        horizon: colour of the sky below, and of the fog.
        cloud: 0 a clear sky, 1 an overcast one.
        fog: 0 none, 1 thick.
        rain: 0 or 1.
        snow: 0 or 1, snow falling.
        night: 0 or 1: lamps and windows are lit.
        winter: 0 or 1: snow lies.
        bare: 0 or 1: broad-leaved trees have no leaves.
        grass: colour of meadows.
        leaves: colour of broad-leaved trees.
    """

    yaw: Tensor
    width: Tensor
    distance: Tensor
    centre: Tensor
    base: Tensor
    eye: Tensor
    sun: Tensor
    contrast: Tensor
    light: Tensor
    zenith: Tensor
    horizon: Tensor
    cloud: Tensor
    fog: Tensor
    rain: Tensor
    snow: Tensor
    night: Tensor
    winter: Tensor
    bare: Tensor
    grass: Tensor
    leaves: Tensor


def draw_view(draws: Draws) -> View:
    """Draw a view; its first draws are those that are spread evenly over the views of a landmark."""
    yaw = draws.uniform(-1, 1) * math.radians(42)
    season = (draws.uniform() * 4).long().flatten()
    hour = _weighted(draws, [hour[4] for hour in _HOURS])
    weather = _weighted(draws, [weather[4] for weather in _WEATHERS])
    width = draws.uniform(2.1, 3.4)
    cloud, fog, rain, snow = _columns(_WEATHERS, weather, 4)
    sky = _table([(*light, *zenith, *horizon, shadow) for light, zenith, horizon, shadow, _ in _HOURS], hour)  # (N, 10)
    winter = (season == 3).float().view(-1, 1, 1)
    night = (hour == _NIGHT).float().view(-1, 1, 1)
    grey = cloud[:, 0] * torch.tensor([0.74, 0.76, 0.79], device=cloud.device)  # (N, 3)
    dim = torch.where(night > 0, 0.32, torch.where(hour.view(-1, 1, 1) == _NIGHT - 1, 0.65, 1.0))[:, 0]
    overcast = cloud[:, 0]
    exposure = draws.uniform(0.86, 1.12)[:, 0]
    neutral = sky[:, :3].mean(dim=1, keepdim=True)
    lying = winter * (draws.uniform() < 0.75)
    return View(
        yaw=yaw,
        width=width,
        distance=draws.uniform(4.5, 8.0),
        centre=draws.uniform(0.41, 0.59),
        base=draws.uniform(0.16, 0.28),
        eye=draws.uniform(0.12, 0.42),
        sun=draws.uniform(-1, 1).sign(),
        contrast=sky[:, 9].view(-1, 1, 1) * (1 - 0.65 * cloud),
        light=exposure * torch.lerp(sky[:, :3], neutral * 0.88, 0.8 * overcast),
        zenith=exposure * torch.lerp(sky[:, 3:6], grey * dim * 0.9, overcast),
        horizon=exposure * torch.lerp(sky[:, 6:9], grey * dim * 1.06, overcast),
        cloud=cloud,
        fog=fog * draws.uniform(0.7, 1.2),
        rain=torch.maximum(rain, snow * (1 - winter)),
        snow=snow * winter,
        night=night,
        winter=torch.maximum(lying, snow * winter),
        bare=winter,
        grass=_table(_GRASS, season),
        leaves=_table(_LEAVES, season),
    )


def _weighted(draws: Draws, weights: list[int]) -> Tensor:
    """Return (N,) indices, each as often as its weight says."""
    steps = [i for i, weight in enumerate(weights) for _ in range(weight)]
    index = torch.tensor(steps, device=draws.values.device)
    return index[(draws.uniform().flatten() * len(steps)).long()]


def _table(rows: object, index: Tensor) -> Tensor:
    return torch.tensor(rows, device=index.device)[index]


def _columns(rows: tuple[tuple[float, ...], ...], index: Tensor, count: int) -> tuple[Tensor, ...]:
    values = torch.tensor(rows, device=index.device)[index]  # (N, columns)
    return tuple(values[:, i].view(-1, 1, 1) for i in range(count))
