"""A small invented world: landmarks of known kinds, their categories and parents with the noise of a real wiki."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch

KINDS = {
    "castle": "human-made",
    "bridge": "human-made",
    "church": "human-made",
    "lake": "natural",
    "waterfall": "natural",
}
PLURALS = {"castle": "castles", "bridge": "bridges", "church": "churches", "lake": "lakes", "waterfall": "waterfalls"}
PLACES = ("Nordmark", "Sudeland", "Vestria", "Ostria")
STYLES = {"castle": "Moated", "bridge": "Stone", "church": "Gothic", "lake": "Glacial", "waterfall": "Horsetail"}


@dataclass
class World:
    categories: dict[int, str] = field(default_factory=dict)
    parents: dict[str, list[str] | None] = field(default_factory=dict)
    truth: dict[int, str] = field(default_factory=dict)
    nature: dict[str, str] = field(default_factory=lambda: dict(KINDS))
    embeddings: torch.Tensor = field(default_factory=lambda: torch.zeros(0))
    image_landmarks: list[int] = field(default_factory=list)


def make_world(per_kind: int = 12, images: int = 4, noise: float = 0.25) -> World:
    world, random = World(), np.random.default_rng(3)
    generator = torch.Generator().manual_seed(3)
    centres = torch.randn(len(KINDS), 16, generator=generator)
    pictures = []
    for number, kind in enumerate(KINDS):
        for i in range(per_kind):
            landmark = 100 * (number + 1) + i
            title = f"Category:{kind.title()} {landmark}"
            place = PLACES[i % 4]
            parents = [
                f"Category:{PLURALS[kind].title()} in {place}",
                f"Category:{random.integers(1500, 1900)} in {place}",
            ]
            if i % 2:
                parents.append(f"Category:{STYLES[kind]} {PLURALS[kind]} by country")
            if KINDS[kind] == "human-made":
                parents.append(f"Category:Buildings completed in {random.integers(1500, 1900)}")
            world.categories[landmark], world.parents[title], world.truth[landmark] = title, parents, kind
            for _ in range(images):
                world.image_landmarks.append(landmark)
                pictures.append(centres[number] + noise * torch.randn(16, generator=generator))
    world.embeddings = torch.nn.functional.normalize(torch.stack(pictures), dim=1)
    return world


@pytest.fixture
def world() -> World:
    return make_world()
