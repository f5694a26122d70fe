"""How fast Mini-Landmarks is rendered, and how hard it is: mean colour, raw pixels and a small network.

    python -m benchmarks.landmarks            # both
    python -m benchmarks.landmarks --speed    # images a second only
    python -m benchmarks.landmarks --hard     # the three baselines only

The baselines rank the committed test landmarks against one another, each picture a query, by mAP@R on the level of
landmarks. The network is trained on the committed train landmarks, of which none is among them.
"""

from __future__ import annotations

import argparse
import time

import torch

from benchmarks.harness import seconds
from suprank_edu.data import RetrievalDataset, load_samples, render
from suprank_edu.losses import SupAPLoss
from suprank_edu.metrics import ap_at_r
from suprank_edu.training import Recipe, embed, fit, load_images

RECIPE = Recipe(
    steps=600,
    batch_size=64,
    per_class=4,
    image_size=48,
    channels=(32, 64, 96, 128),
    rotation=3.0,
    scale=0.15,
    shear=0.03,
    lr=2e-3,
)


def images_a_second(device: str, size: int, landmarks: int, views: int, repeats: int) -> float:
    """Return the best of some runs, after one to warm up."""

    def one_run() -> None:
        images = render(landmarks, views, device, size=size).images
        images[-1, -1, -1, -1].item()  # waits for the device

    return landmarks * views / seconds(one_run, repeats)


def map_at_r(scores: torch.Tensor, dataset: RetrievalDataset) -> tuple[float, float, float]:
    """Return mAP@R on each level, every picture ranked against all others."""
    labels = torch.from_numpy(dataset.labels)
    others = ~torch.eye(len(labels), dtype=torch.bool)
    first, second, third = (
        ap_at_r(scores, column[:, None] == column[None], valid=others).mean().item() for column in labels.T
    )
    return first, second, third


def by_mean_colour(test: RetrievalDataset) -> torch.Tensor:
    """Return minus the distance of the mean colours of each pair."""
    colours = load_images(test, 96).float().mean(dim=(2, 3))
    return -torch.cdist(colours, colours)


def by_pixels(test: RetrievalDataset, size: int = 32) -> torch.Tensor:
    """Return the cosine of each pair of pictures, brought to 32 × 32 pixels, less the mean picture."""
    pixels = load_images(test, size).float().flatten(1)
    pixels = torch.nn.functional.normalize(pixels - pixels.mean(dim=0))
    return pixels @ pixels.T


def by_network(test: RetrievalDataset, steps: int) -> tuple[torch.Tensor, float]:
    """Return the cosine of each pair of embeddings, and the seconds of training."""
    recipe = Recipe(**{**RECIPE.to_dict(), "steps": steps})
    start = time.perf_counter()
    model = fit(recipe, load_samples("mini_landmarks", "train"), SupAPLoss(), device="cpu", progress=False).model
    spent = time.perf_counter() - start
    embeddings = embed(model, test)
    return embeddings @ embeddings.T, spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--hard", action="store_true")
    parser.add_argument("--steps", type=int, default=RECIPE.steps)
    choice = parser.parse_args()
    everything = not (choice.speed or choice.hard)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    if choice.speed or everything:
        for size, landmarks in ((64, 160), (96, 96)):
            print(f"CPU   {size:3} × {size:<3} {images_a_second('cpu', size, landmarks, 16, 3):9,.0f} images/s")
        if torch.cuda.is_available():
            for size, landmarks in ((64, 1600), (96, 1600), (224, 160)):
                print(f"CUDA  {size:3} × {size:<3} {images_a_second('cuda', size, landmarks, 32, 3):9,.0f} images/s")
    if choice.hard or everything:
        test = load_samples("mini_landmarks", "test")
        print(f"{test}\nmAP@R            landmark  supercategory  natural or human-made")
        scores, spent = by_network(test, choice.steps)
        for name, matrix in (
            ("mean colour", by_mean_colour(test)),
            ("raw pixels", by_pixels(test)),
            (f"network, {spent:.0f} s", scores),
        ):
            print(
                f"{name:16}"
                + "".join(
                    f"{value:{width}.3f}" for value, width in zip(map_at_r(matrix, test), (9, 15, 23), strict=True)
                )
            )


if __name__ == "__main__":
    main()
