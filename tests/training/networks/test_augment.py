import math

import numpy as np
import pytest
import torch

from suprank_edu.training import Augment, Recipe

STILL = {"rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 0.0}
CLASSES = torch.arange(16).repeat_interleave(4)


def images(size: int = 8) -> torch.Tensor:
    return torch.rand(64, 1, size, size, generator=torch.Generator().manual_seed(0))


def test_nothing_drawn_nothing_changed() -> None:
    view = Augment(Recipe(**STILL, orientations=1))(images(), CLASSES, step=3)
    assert torch.allclose(view, images(), atol=1e-5)


@pytest.mark.parametrize("count", [4, 8])
def test_a_class_is_shown_in_one_exact_orientation(count: int) -> None:
    seen = set()
    for step in range(8):
        view = Augment(Recipe(**STILL, orientations=count))(images(), CLASSES, step=step)
        for label in range(16):
            rows = label == CLASSES
            matches = [
                (turns, mirrored)
                for turns in range(4)
                for mirrored in (False, True)
                if torch.allclose(
                    (images()[rows].flip(-1) if mirrored else images()[rows]).rot90(turns, (-2, -1)),
                    view[rows],
                    atol=1e-4,
                )
            ]
            assert len(matches) == 1
            seen.add(matches[0])
    assert len(seen) == count
    assert {mirrored for _, mirrored in seen} == ({False} if count == 4 else {False, True})


def test_settings_bound_what_is_drawn() -> None:
    recipe = Recipe(rotation=30, scale=0.3, shear=0.0, shift=0.1, orientations=1)
    maps = torch.cat([Augment(recipe).matrices(CLASSES, step) for step in range(40)])  # (2560, 2, 3)
    angles = torch.atan2(maps[:, 1, 0], maps[:, 0, 0]).abs()
    assert 0.95 * math.radians(30) < angles.max() <= math.radians(30) + 1e-5
    stretches = maps[:, :, :2].norm(dim=1)  # (2560, 2): lengths of the columns
    assert 0.7 - 1e-5 < stretches.min() < 0.72
    assert 1.28 < stretches.max() < 1.3 + 1e-5
    assert 0.19 < maps[:, :, 2].abs().max() <= 0.2  # a tenth of the side, which is 2 long
    slanted = Augment(Recipe(**STILL | {"shear": 0.5}, orientations=1)).matrices(CLASSES, 0)
    assert torch.equal(slanted[:, 1, 0], torch.zeros(64))
    assert 0.3 < slanted[:, 0, 1].abs().max() <= 0.5


def test_a_shift_moves_by_pixels_and_repeats_the_border() -> None:
    augment = Augment(Recipe(**STILL | {"shift": 0.25}, orientations=1))
    ramp = torch.arange(16.0).expand(64, 1, 16, 16).contiguous()
    view = augment(ramp, CLASSES, step=1)
    moved = augment.matrices(CLASSES, step=1)[:, 0, 2] * 16 / 2  # (64,) pixels to the right
    expected = (torch.arange(16.0) - moved[:, None]).clamp(0, 15)  # (64, 16)
    assert torch.allclose(view, expected[:, None, None].expand_as(view), atol=1e-3)


def test_views_depend_on_seed_and_step_alone() -> None:
    augment = Augment(Recipe(seed=5))
    torch.manual_seed(0)
    first = augment(images(), CLASSES, step=2)
    before = torch.get_rng_state()
    again = Augment(Recipe(seed=5))(images(), CLASSES, step=2)
    assert torch.equal(first, again)
    assert torch.equal(before, torch.get_rng_state())
    assert not torch.equal(first, augment(images(), CLASSES, step=3))
    assert not torch.equal(first, Augment(Recipe(seed=6))(images(), CLASSES, step=2))


def test_colour_images_keep_their_channels() -> None:
    view = Augment(Recipe())(torch.rand(4, 3, 8, 8), torch.zeros(4, dtype=torch.long), step=0)
    assert view.shape == (4, 3, 8, 8)
    assert bool((view >= 0).all() and (view <= 1 + 1e-5).all())


def test_an_integer_of_numpy_is_a_step() -> None:
    images, classes, augment = torch.rand(2, 1, 8, 8), torch.arange(2), Augment(Recipe(rotation=30))
    assert torch.equal(augment(images, classes, np.int64(3)), augment(images, classes, 3))
