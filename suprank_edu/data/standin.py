"""A stand-in for Omniglot that needs neither data nor network: glyphs of a few strokes, drawn on the spot.

It has the levels, the sizes and the interface of Omniglot, so that a chapter runs anywhere. It is no substitute
for handwriting: every number measured on it says so in `RetrievalDataset.source`.
"""

import io
import math
import random
from typing import Literal

from suprank_edu._checks import check_one_of
from suprank_edu._extras import needs
from suprank_edu.data.dataset import RetrievalDataset

SOURCE = "built-in stand-in for Omniglot: computer-drawn glyphs, NOT real handwriting"

_SIZE = 105
_SAMPLES = 20
_CHARACTERS = 8
_ALPHABETS = {"train": 5, "test": 3}
Point = tuple[float, float]
Stroke = list[Point]


def read_standin(root: object = None, split: Literal["train", "test"] = "train") -> RetrievalDataset:
    """Draw the stand-in: 20 samples of each character, 8 characters an alphabet, the same in every run.

    Args:
        root: not used; there so that every reader is called alike.
        split: `"train"` (5 alphabets, 800 drawings) or `"test"` (3 other alphabets, 480 drawings).

    Returns:
        Grey drawings of 105 × 105 pixels, dark ink on white; labels: column 0 the character, column 1 the alphabet.

    Raises:
        ValueError: if there is no such split.

    Example:
        >>> read_standin(split="train").source
        'built-in stand-in for Omniglot: computer-drawn glyphs, NOT real handwriting'
    """
    check_one_of("split", split, _ALPHABETS)
    alphabets = [f"{split}-alphabet{a + 1}" for a in range(_ALPHABETS[split])]
    items: list[bytes] = []
    labels: list[list[int]] = []
    characters: list[str] = []
    names: list[str] = []
    for a, alphabet in enumerate(alphabets):
        for c in range(_CHARACTERS):
            character = f"{alphabet}/character{c + 1:02d}"
            strokes = _invent(character, curved=a % 2 == 0, count=2 + a % 3)
            for sample in range(_SAMPLES):
                items.append(_draw(strokes, random.Random(f"{character}/{sample}")))
                labels.append([len(characters), a])
                names.append(f"{character}/{sample + 1:02d}")
            characters.append(character)
    return RetrievalDataset(
        items,
        labels,
        column_names=("character", "alphabet"),
        class_names=[characters, alphabets],
        licence="MIT",
        source=SOURCE,
        mode="L",
        names=names,
    )


def _invent(character: str, *, curved: bool, count: int) -> list[Stroke]:
    """Return the strokes of a character in the unit square; those of an alphabet share number and curvature."""
    draw = random.Random(character)
    strokes = []
    for _ in range(count):
        (x0, y0), (x2, y2) = _far_points(draw)
        bend = draw.uniform(-0.6, 0.6) if curved else 0.0
        x1, y1 = (x0 + x2) / 2 - bend * (y2 - y0), (y0 + y2) / 2 + bend * (x2 - x0)
        steps = [i / 12 for i in range(13)]
        strokes.append(
            [
                (
                    (1 - t) ** 2 * x0 + 2 * t * (1 - t) * x1 + t**2 * x2,
                    (1 - t) ** 2 * y0 + 2 * t * (1 - t) * y1 + t**2 * y2,
                )
                for t in steps
            ]
        )
    return strokes


def _far_points(draw: random.Random) -> tuple[Point, Point]:
    # Ends on a grid of 4 × 4 look written; ends that fall together would make a dot.
    while True:
        a, b = ((draw.randrange(4) / 3, draw.randrange(4) / 3) for _ in range(2))
        if math.dist(a, b) > 0.5:
            return a, b


def _draw(strokes: list[Stroke], draw: random.Random) -> bytes:
    """Return one sample as PNG bytes: shaky strokes, then a random turn, slant, size, place and pen."""
    with needs("train"):
        from PIL import Image, ImageDraw

    angle, slant = draw.gauss(0, 0.12), draw.gauss(0, 0.15)
    width, height = draw.uniform(0.5, 0.8), draw.uniform(0.5, 0.8)
    dx, dy = draw.uniform(-0.08, 0.08), draw.uniform(-0.08, 0.08)
    pen = draw.choice([2, 3, 3, 4])
    image = Image.new("L", (_SIZE, _SIZE), 255)
    canvas = ImageDraw.Draw(image)
    for stroke in strokes:
        shift_x, shift_y = draw.gauss(0, 0.04), draw.gauss(0, 0.04)
        path = []
        for x, y in stroke:
            u = (x - 0.5 + shift_x + draw.gauss(0, 0.01)) * width
            v = (y - 0.5 + shift_y + draw.gauss(0, 0.01)) * height
            u += slant * v
            turned = (u * math.cos(angle) - v * math.sin(angle), u * math.sin(angle) + v * math.cos(angle))
            path.append((_SIZE * (0.5 + dx + turned[0]), _SIZE * (0.5 + dy + turned[1])))
        canvas.line(path, fill=0, width=pen, joint="curve")
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()
