"""Samples a second of a training step, and the share of it that the loss takes.

    python -m benchmarks.training

The small network on random 32-pixel drawings, batches of 128 (4 images a class), forward, backward and optimiser step;
the augmentation of ``fit`` is left out on both sides. The loss is timed alone as well: forward and its backward to the
embeddings. On CUDA where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from benchmarks.harness import Ratio, least_and_median
from suprank_edu.losses import AtColumn, SupAPLoss, SupHAPLoss, roadmap
from suprank_edu.training import SmallCNN

BATCH, PER_CLASS, SIZE, DIM = 128, 4, 32, 128
SMOOTH_AP, TRIPLET = "SmoothAP of pytorch-metric-learning", "triplet of pytorch-metric-learning"


@dataclass(frozen=True)
class Step:
    """What a training step with a loss takes.

    Attributes:
        seconds: median of a whole step.
        in_loss: median of the loss alone, forward and backward to the embeddings.
    """

    seconds: float
    in_loss: float

    def line(self, name: str) -> str:
        """Return one row of a table."""
        return f"{name:36} {BATCH / self.seconds:8.0f} images/s   loss {self.in_loss / self.seconds:6.1%} of a step"


def losses() -> dict[str, nn.Module]:
    """Return the losses that are compared, the rivals on the finest labels."""
    from pytorch_metric_learning import losses as rivals

    return {
        "Sup-AP": SupAPLoss(),
        "Sup-H-AP": SupHAPLoss(),
        "ROADMAP": roadmap(),
        TRIPLET: AtColumn(rivals.TripletMarginLoss(margin=0.05), column=0),
        SMOOTH_AP: AtColumn(rivals.SmoothAPLoss(), column=0),
    }


def measure(loss: nn.Module, repeats: int = 20) -> Step:
    """Return the medians of a step and of the loss in it."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(0)
    network = SmallCNN(image_size=SIZE, embedding_size=DIM).to(device).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    images = torch.rand(BATCH, 1, SIZE, SIZE, device=device)
    fine = torch.arange(BATCH // PER_CLASS).repeat_interleave(PER_CLASS)
    labels = torch.stack([fine, fine % 5], dim=1).to(device)  # (B, 2)

    def wait() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize()

    def step() -> None:
        optimizer.zero_grad()
        loss(network(images), labels).backward()
        optimizer.step()
        wait()

    fixed = network(images).detach().requires_grad_()

    def of_loss() -> None:
        fixed.grad = None
        loss(fixed, labels).backward()
        wait()

    return Step(least_and_median(step, repeats).median, least_and_median(of_loss, repeats).median)


def ratios(quick: bool) -> list[Ratio]:
    """Return what ``python -m benchmarks`` compares: the library's losses alone, against rivals of their kind."""
    if quick:
        return []
    made = losses()
    return [
        Ratio(f"training/{name}, loss in a step", measure(made[name]).in_loss, measure(made[rival]).in_loss, "s", rival)
        for name, rival in (("Sup-AP", SMOOTH_AP), ("ROADMAP", TRIPLET))
    ]


def main() -> None:
    """Print the table."""
    where = torch.cuda.get_device_name() if torch.cuda.is_available() else f"CPU, {torch.get_num_threads()} threads"
    print(f"{where}; torch {torch.__version__}; batch {BATCH} of {SIZE} pixels, D {DIM}")
    for name, loss in losses().items():
        print(measure(loss).line(name), flush=True)


if __name__ == "__main__":
    main()
