import pytest
import torch

from suprank_edu.training import Augment, Recipe

PLAIN = {"rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 0.0, "orientations": 1}
CLASSES = torch.zeros(4000, dtype=torch.int64)


def corners(**settings: object) -> torch.Tensor:
    """Where the corners (-1, -1) and (1, 1) of the view lie in the image: ``(B, 2, 2)``."""
    matrices = Augment(Recipe(**PLAIN | settings)).matrices(CLASSES, step=0).double()
    linear, move = matrices[:, :, :2], matrices[:, :, 2]
    ends = torch.tensor([[-1.0, -1.0], [1.0, 1.0]], dtype=torch.float64)
    return torch.stack([torch.linalg.solve(linear, end - move) for end in ends], dim=1)


def test_without_crop_and_flip_the_view_is_the_image() -> None:
    ends = corners()
    assert torch.allclose(ends[:, 0], torch.tensor(-1.0, dtype=torch.float64))
    assert torch.allclose(ends[:, 1], torch.tensor(1.0, dtype=torch.float64))


@pytest.mark.parametrize("least", [0.16, 0.5])
def test_a_crop_lies_in_the_image_and_keeps_its_share(least: float) -> None:
    ends = corners(crop=least)
    assert ends.abs().max() <= 1 + 1e-5
    sides = (ends[:, 1] - ends[:, 0]) / 2  # (B, 2), shares of the image's sides
    area, ratio = sides.prod(dim=1), sides[:, 0] / sides[:, 1]
    inside = sides.amax(dim=1) < 1 - 1e-6  # a side that reaches the border is cut
    assert least - 1e-5 <= area[inside].min() < least + 0.05
    assert area.max() > 0.95
    assert ratio[inside].min() >= 0.75 - 1e-5
    assert ratio[inside].max() <= 4 / 3 + 1e-5
    assert ratio[inside].std() > 0.1


def test_half_of_the_images_are_mirrored() -> None:
    ends = corners(flip=True)
    mirrored = ends[:, 0, 0] > ends[:, 1, 0]
    assert 0.45 < mirrored.double().mean() < 0.55
    assert bool((ends[:, 0, 1] < ends[:, 1, 1]).all())


def test_pixels_follow_the_map() -> None:
    images = torch.arange(16.0).view(1, 1, 1, 16).expand(64, 1, 16, 16)
    views = Augment(Recipe(**PLAIN | {"flip": True}))(images, CLASSES[:64], step=0)
    kept = [torch.allclose(view, images[0], atol=1e-3) for view in views]
    turned = [torch.allclose(view.flip(2), images[0], atol=1e-3) for view in views]
    assert all(a != b for a, b in zip(kept, turned, strict=True))
    assert 10 < sum(kept) < 54
