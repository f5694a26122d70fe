"""A tile of images, painted from front to back.

Each layer covers a share of what can still be seen of a pixel: `weight = mask · see_through`, and
`see_through` loses that weight. The picture is the sum of weight times colour over layers, which is one matrix
product; light, season and fog change colours only, and cost nothing a pixel.
"""

import torch
from torch import Tensor

from suprank_edu.data.landmarks.shapes import Number, plane_waves
from suprank_edu.data.landmarks.views import View

MAX_LAYERS = 64


class Canvas:
    """N images of S × S pixels with a camera.

    Args:
        view: the camera and the conditions.
        layers: (MAX_LAYERS, at least N, S, S) memory for the weights, used again for every tile.

    `x` (N, 1, S) and `y` (N, S, 1) are the places of pixels in landmark units; `u` and `v` the same as a share
    of the picture, from the left and from the bottom; `k` pixels a unit.
    """

    def __init__(self, view: View, layers: Tensor) -> None:
        size, device = layers.shape[-1], layers.device
        pixels = (torch.arange(size, device=device) + 0.5) / size
        self.view, self.size = view, size
        self.u, self.v = pixels.view(1, 1, -1), 1 - pixels.view(1, -1, 1)
        self.x = (self.u - view.centre) * view.width  # (N, 1, S)
        self.y = (self.v - view.base) * view.width  # (N, S, 1)
        self.k = size / view.width  # (N, 1, 1)
        self.y_pixels = self.y * self.k  # (N, S, 1)
        self.cos, self.sin = view.yaw.cos(), view.yaw.sin()
        self.see_through = torch.ones(len(view.yaw), size, size, device=device)
        self.layers = layers[:, : len(view.yaw)]
        self.colours: list[Tensor] = []

    # ------------------------------------------------------------------------------------------ where things lie

    def project(self, px: Number, pz: Number, height: Number = 0.0) -> tuple[Tensor, Tensor]:
        """Return `(x, y)` in the picture of a point at (px, height, pz), pz toward the camera at yaw 0."""
        scale = self.scale_at(px, pz)
        x = (px * self.cos + pz * self.sin) * scale
        return x, self.view.eye + (height - self.view.eye) * scale

    def scale_at(self, px: Number, pz: Number) -> Tensor:
        """Return how much larger than at the landmark's centre a thing at (px, pz) looks."""
        near = pz * self.cos - px * self.sin
        return self.view.distance / (self.view.distance - near)

    def wall(self, z: Number = 0.0) -> tuple[Tensor, Tensor]:
        """Return, for each column of pixels, the place along the vertical plane at depth z and the scale there."""
        d = self.view.distance
        place = (self.x * (d - z * self.cos) - d * z * self.sin) / (d * self.cos - self.x * self.sin)
        return place, d / (d - z * self.cos + place * self.sin)  # (N, 1, S) each

    def rise(self, height: Number, scale: Tensor) -> Tensor:
        """Return `y` in the picture of a height above the ground where things have this scale."""
        return self.view.eye + (height - self.view.eye) * scale

    # ------------------------------------------------------------------------------------------ masks, 0..1

    def below(self, height: Tensor) -> Tensor:
        """Return the mask of what lies under a line: `height` (N, 1, S)."""
        return (height * self.k + 0.5 - self.y_pixels).clamp_(0, 1)

    def between(self, low: Tensor, high: Tensor) -> Tensor:
        """Return the mask of a strip between two lines (N, 1, S)."""
        half = (high - low) * (self.k / 2) + 0.5
        middle = (high + low) * (self.k / 2)
        mask = (self.y_pixels - middle).abs_()
        return torch.sub(half, mask, out=mask).clamp_(0, 1)

    def inside(self, radius: Tensor, x: Number) -> Tensor:
        """Return the mask of a symmetric shape around the vertical at `x`: `radius` (N, S, 1) at each height."""
        return (radius * self.k + 0.5 - (self.x - x).abs() * self.k).clamp_(0, 1)

    def ellipse(self, x: Number, y: Number, a: Number, b: Number) -> Tensor:
        """Return the mask of an ellipse around (x, y) with half axes a and b."""
        inside = (1 - ((self.y - y) / b).square()).clamp_(min=0).sqrt_()  # (N, S, 1)
        return self.inside(a * inside - 9.0 * (inside <= 0), x)

    def columns(self, x0: Number, x1: Number) -> Tensor:
        """Return the share of each column of pixels in x0..x1, (N, 1, S)."""
        return ((self.x - x0) * self.k + 0.5).clamp_(0, 1) * ((x1 - self.x) * self.k + 0.5).clamp_(0, 1)

    def rows(self, y0: Number, y1: Number) -> Tensor:
        """Return the share of each row of pixels in y0..y1, (N, S, 1)."""
        return ((self.y - y0) * self.k + 0.5).clamp_(0, 1) * ((y1 - self.y) * self.k + 0.5).clamp_(0, 1)

    def texture(self, draws: Tensor, across: float, up: float, octaves: float = 3.0) -> Tensor:
        """Return a random texture (N, S, S) of about unit deviation that belongs to the landmark, not to the view.

        Args:
            draws: (N, 3M, 1) numbers in 0..1.
            across: cycles a unit in x, of the coarsest waves.
            up: the same in y.
            octaves: from the coarsest to the finest.
        """
        size, angle, phase = draws.chunk(3, dim=1)  # (N, M, 1) each
        factor = torch.exp2(size * octaves)
        angle = angle * 6.2831853
        strength = factor**-0.4 * (2 / size.shape[1]) ** 0.5
        place, _ = self.wall()
        along, upward = across * factor * angle.cos(), up * factor * angle.sin()
        return plane_waves(place, self.y, along, upward, phase, strength * 1.6)

    # ------------------------------------------------------------------------------------------ layers

    def paint(self, mask: Tensor, colour: Tensor, depth: Number = 0.15, glow: Number = 0.0) -> Tensor:
        """Cover what can still be seen with a colour and return the weights of this layer.

        Args:
            mask: (N, S, S), or a row or column of it, 0..1.
            colour: (N, 3) of the surface in white light.
            depth: how much of a thick fog lies before it, 0..1.
            glow: 0 lit by the light of the hour, 1 a light of its own.
        """
        weight = torch.mul(mask, self.see_through, out=self._next_layer())
        self.see_through.sub_(weight)
        self.colours.append(self._seen(colour, depth, glow))
        return weight

    def tint(self, weight: Tensor, mask: Tensor, colour: Tensor, depth: Number = 0.15) -> None:
        """Add a colour, which may be negative, where a layer was painted, times a mask."""
        torch.mul(weight, mask, out=self._next_layer())
        self.colours.append(colour * self.view.light * (1 - self._fog(depth)))

    def shade(self, weight: Tensor, side: Tensor, colour: Tensor, depth: Number = 0.15) -> None:
        """Lighten and darken a layer by the sun: `side` is −1 where it faces left, +1 where it faces right."""
        self.tint(weight, side * self.view.sun, colour * self.view.contrast[:, 0], depth)

    def finish(self) -> Tensor:
        """Return the (N, 3, S, S) picture, 0..1."""
        count, (n, size) = len(self.colours), self.see_through.shape[:2]
        colours = torch.stack(self.colours, dim=2)  # (N, 3, layers)
        weights = self.layers[:count].permute(1, 0, 2, 3).flatten(2)  # (N, layers, S·S)
        return torch.bmm(colours, weights).view(n, 3, size, size).clamp_(0, 1)

    def _next_layer(self) -> Tensor:
        return self.layers[len(self.colours)]

    def _fog(self, depth: Number) -> Tensor:
        return (self.view.fog * depth)[:, 0].clamp(0, 0.97)

    def _seen(self, colour: Tensor, depth: Number, glow: Number) -> Tensor:
        lit = colour * self.view.light
        glow = glow[:, 0] if isinstance(glow, Tensor) else glow
        lit = lit + (colour - lit) * glow
        fog = self._fog(depth)
        return lit + (self.view.horizon - lit) * fog
