"""The renderer: the same picture in any company, pictures that differ where they should, and clear errors."""

import math

import numpy as np
import pytest
import torch

from suprank_edu.data import render
from suprank_edu.data.landmarks import SUPERCATEGORIES, render_views
from suprank_edu.data.landmarks.canvas import Canvas
from suprank_edu.data.landmarks.draws import Draws, uniforms
from suprank_edu.data.landmarks.hierarchy import WORDS, name_of, nature_of, supercategory_of
from suprank_edu.data.landmarks.render import SCENES
from suprank_edu.data.landmarks.shapes import edge, line, plane_waves
from suprank_edu.data.landmarks.views import draw_view

EVERY_KIND = np.arange(len(SUPERCATEGORIES))


def test_shapes_and_labels() -> None:
    images, labels, names = render(17, 3, size=24)
    assert images.shape == (51, 3, 24, 24)
    assert images.dtype == torch.uint8
    assert labels.shape == (51, 3)
    assert labels.dtype == torch.int64
    assert labels[:, 0].tolist() == [i // 3 for i in range(51)]
    assert [len(column) for column in names] == [17, 16, 2]
    for landmark, kind, half in labels.tolist():
        assert names[1][kind] == supercategory_of(landmark)
        assert names[2][half] == nature_of(names[1][kind])


def test_there_are_enough_supercategories_in_both_halves_and_each_has_a_scene() -> None:
    assert len(SUPERCATEGORIES) >= 12
    assert set(SCENES) == set(SUPERCATEGORIES) == set(WORDS)
    halves = [nature_of(name) for name in SUPERCATEGORIES]
    assert halves.count("natural") == halves.count("human-made") == 8


def test_a_picture_depends_on_seed_landmark_and_view_alone() -> None:
    landmarks, views = np.repeat(EVERY_KIND + 32, 2), np.tile([1, 7], 16)
    together = render_views(landmarks, views, size=32, seed=5)
    order = np.random.default_rng(0).permutation(32)
    shuffled = render_views(landmarks[order], views[order], size=32, seed=5)
    assert (together[order].int() - shuffled.int()).abs().max() <= 1
    for i in (0, 13, 31):
        alone = render_views(landmarks[i : i + 1], views[i : i + 1], size=32, seed=5)
        assert (together[i].int() - alone[0].int()).abs().max() <= 1
    assert (render_views(landmarks, views, size=32, seed=6) != together).float().mean() > 0.5


def test_the_global_random_state_is_neither_used_nor_changed() -> None:
    torch.manual_seed(3)
    np.random.seed(3)  # noqa: NPY002
    state = torch.get_rng_state().clone()
    first = render(16, 1, size=16).images
    assert (torch.get_rng_state() == state).all()
    torch.manual_seed(4)
    assert (render(16, 1, size=16).images == first).all()


def test_every_picture_is_a_picture() -> None:
    images = render(64, 6, size=32).images.float() / 255
    assert images.isfinite().all()
    # Something is seen in each, by night as well, and nothing is only white.
    assert images.flatten(1).std(dim=1).min() > 0.02
    assert images.flatten(1).mean(dim=1).min() > 0.04
    assert images.flatten(1).mean(dim=1).max() < 0.95


def test_views_and_landmarks_of_one_supercategory_differ() -> None:
    for kind in EVERY_KIND:
        landmarks = np.arange(6) * 16 + kind
        # The same view draws on different landmarks would differ by luck of the sky, so look at many pairs.
        pictures = render_views(np.repeat(landmarks, 4), np.tile(np.arange(4), 6), size=32).float()
        distances = torch.cdist(pictures.flatten(1), pictures.flatten(1)) + torch.eye(24) * 1e9
        assert distances.min() > 0.02 * 255 * math.sqrt(3 * 32 * 32), SUPERCATEGORIES[kind]


def test_a_larger_size_shows_the_same_scene() -> None:
    small = render_views(EVERY_KIND, EVERY_KIND % 5, size=32).float()
    large = render_views(EVERY_KIND, EVERY_KIND % 5, size=96).float()
    shrunk = torch.nn.functional.avg_pool2d(large, 3)
    assert (shrunk - small).abs().mean() < 12


def test_cuda_draws_the_same_pictures(card: torch.device) -> None:
    cpu, gpu = render(32, 3, "cpu", size=64).images, render(32, 3, str(card), size=64).images.cpu()
    off = (cpu.int() - gpu.int()).abs()
    # An edge may fall on the other side of a pixel's middle in a handful of pixels.
    assert (off > 2).float().mean() < 1e-3
    assert off.float().mean() < 0.05


@pytest.mark.slow
def test_every_tensor_follows_the_device() -> None:
    # Tensors on `meta` have no values, but one that stays behind on the CPU is an error, as it would be on CUDA.
    assert render_views(EVERY_KIND, EVERY_KIND, "meta", size=16).device.type == "meta"
    with pytest.raises(ValueError, match=r"^`device`: got 'toaster', expected one that torch has here"):
        render_views([0], [0], "toaster")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: render(0, 1), "`n_landmarks`: got 0, expected at least 1"),
        (lambda: render(1, 0), "`views`: got 0, expected at least 1"),
        (lambda: render(1, 1, size=15), "`size`: got 15, expected at least 16"),
        (lambda: render_views([1, 2], [0]), r"`views`: got shape \(1,\), expected \(2,\)"),
        (lambda: render_views([-1], [0]), "`landmarks`: got -1, expected integers of at least 0"),
        (lambda: render_views([1], [-2]), "`views`: got -2, expected integers of at least 0"),
    ],
)
def test_errors_name_the_argument(call, message) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_no_picture_at_all_is_no_error() -> None:
    assert render_views([], [], size=16).shape == (0, 3, 16, 16)


def test_names_are_words_of_the_supercategory() -> None:
    names = [name_of(i) for i in range(160)]
    assert len(set(names)) == 160
    for i, name in enumerate(names):
        assert any(word.title() in name for word in WORDS[supercategory_of(i)])
    assert name_of(0, seed=1) != name_of(0, seed=0)


# ---------------------------------------------------------------------------------------------------- the tools


def test_uniforms_are_uniform_and_spread() -> None:
    ids = np.arange(4000)
    values = uniforms(1, 0, np.zeros(4000, np.int64), ids, 12)
    assert values.dtype == np.float32
    assert values.min() >= 0
    assert values.max() < 1
    for column in range(12):
        counts = np.histogram(values[:, column], 10, (0, 1))[0]
        assert abs(counts / 4000 - 0.1).max() < 0.02
    # The first draws: any eight neighbours leave no gap above 0.36 on the circle. The others are independent.
    for start in (0, 17):
        eight = np.sort(values[start : start + 8, 0])
        assert np.diff(np.append(eight, eight[0] + 1)).max() < 0.25
    assert abs(np.corrcoef(values[:-1, 9], values[1:, 9])[0, 1]) < 0.06
    assert (uniforms(1, 1, np.zeros(4, np.int64), ids[:4], 12) != values[:4]).all()


def test_draws_run_out_with_an_error() -> None:
    draws = Draws(torch.rand(2, 3))
    draws.vector(3)
    with pytest.raises(IndexError, match="draw 4 of 3"):
        draws.uniform()


def test_plane_waves_are_the_sum_of_waves() -> None:
    generator = torch.Generator().manual_seed(0)
    x, y = torch.rand(2, 1, 5, generator=generator), torch.rand(2, 5, 1, generator=generator)
    across, up, phase, strength = torch.rand(4, 2, 3, 1, generator=generator).unbind()
    fast = plane_waves(x, y, across, up, phase, strength)
    for n in range(2):
        for i in range(5):
            for j in range(5):
                slow = sum(
                    float(strength[n, m, 0])
                    * math.cos(
                        2 * math.pi * float(across[n, m, 0] * x[n, 0, j] + up[n, m, 0] * y[n, i, 0] + phase[n, m, 0])
                    )
                    for m in range(3)
                )
                assert fast[n, i, j].item() == pytest.approx(slow, abs=1e-5)


def test_lines_go_through_their_points() -> None:
    points = [(-1.0, 0.3), (0.2, 0.9), (1.5, -0.4)]
    t = torch.tensor([p for p, _ in points] + [-0.4, 0.85]).view(1, 1, -1)
    expected = [h for _, h in points] + [0.6, 0.25]
    assert line(t, points).flatten().tolist() == pytest.approx(expected, abs=1e-3)
    ends = [torch.full((1, 1, 1), v) for v in (1.5, -0.4, 0.2, 0.9)]
    assert edge(t[..., 1:3], *ends).flatten().tolist() == pytest.approx([0.9, -0.4], abs=1e-3)


def test_masks_cover_the_area_of_their_shape() -> None:
    view = draw_view(Draws(torch.full((1, 120), 0.5)))
    canvas = Canvas(view, torch.empty(4, 1, 64, 64))
    unit = float(canvas.k) ** 2
    zero, half, third = (torch.full((1, 1, 1), v) for v in (0.0, 0.5, 0.3))
    rectangle = canvas.columns(-0.4, 0.4) * canvas.rows(0.1, 0.7)
    assert rectangle.sum().item() / unit == pytest.approx(0.8 * 0.6, rel=0.01)
    assert canvas.ellipse(zero, half, half, third).sum().item() / unit == pytest.approx(math.pi * 0.15, rel=0.03)
    strip = canvas.between(0.1 + 0 * canvas.x, 0.4 + 0.2 * canvas.x)
    assert strip.sum().item() / unit == pytest.approx(float((0.3 + 0.2 * canvas.x).mean() * view.width), rel=0.02)


def test_layers_hide_what_is_behind_and_weights_sum_to_one() -> None:
    view = draw_view(Draws(torch.full((1, 120), 0.5)))
    canvas = Canvas(view, torch.empty(4, 1, 16, 16))
    red, green = torch.tensor([[1.0, 0, 0]]), torch.tensor([[0, 1.0, 0]])
    left = (canvas.u < 0.5).float()
    first = canvas.paint(left * 0.75, red, depth=0.0, glow=1.0)
    second = canvas.paint(torch.ones(1, 16, 1), green, depth=0.0, glow=1.0)
    assert (first + second == 1).all()
    picture = canvas.finish()
    assert picture[0, :, 3, 3].tolist() == pytest.approx([0.75, 0.25, 0])
    assert picture[0, :, 3, 12].tolist() == pytest.approx([0, 1, 0])


def test_points_project_as_through_a_pinhole() -> None:
    view = draw_view(Draws(torch.tensor(np.random.default_rng(1).random((3, 120)), dtype=torch.float32)))
    canvas = Canvas(view, torch.empty(4, 3, 16, 16))
    px, height, pz = 0.4, 0.7, -0.3
    x, y = canvas.project(px, pz, height)
    for n in range(3):
        yaw, d, eye = (float(value[n]) for value in (view.yaw, view.distance, view.eye))
        right = px * math.cos(yaw) + pz * math.sin(yaw)
        toward = pz * math.cos(yaw) - px * math.sin(yaw)
        assert float(x[n]) == pytest.approx(right * d / (d - toward), abs=1e-5)
        assert float(y[n]) == pytest.approx(eye + (height - eye) * d / (d - toward), abs=1e-5)
    # `wall` undoes it: the place along a plane of the column of pixels where a point is seen.
    place, scale = canvas.wall(pz)
    for n in range(3):
        column = 5
        at = float(place[n, 0, column])
        seen, _ = canvas.project(at, pz)
        assert float(seen[n]) == pytest.approx(float(canvas.x[n, 0, column]), abs=1e-4)
        assert float(scale[n, 0, column]) == pytest.approx(float(canvas.scale_at(at, pz)[n]), abs=1e-5)
