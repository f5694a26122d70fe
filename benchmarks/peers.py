"""What the README says of the library beside its peers, measured and kept: `python -m benchmarks.peers`.

Each value is computed by the library and by the peer in one run, and times are the least of several calls. The two
values that differ are those of `tests/test_traps.py`.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import torch
from torch.nn.functional import normalize, one_hot

from benchmarks.losses import against_published
from benchmarks.metrics import single_metrics
from suprank_edu.losses import SmoothAPLoss
from suprank_edu.metrics import average_precision

KEPT = Path(__file__).parent / "results" / "peers.json"


def perfect_batch() -> tuple[float, float]:
    """Return SmoothAP of a batch ranked perfectly, 8 classes of 4: the library's and pytorch-metric-learning's."""
    from pytorch_metric_learning import losses

    labels = torch.arange(8).repeat_interleave(4)
    noise = torch.randn(len(labels), 8, generator=torch.Generator().manual_seed(0))
    embeddings = normalize(one_hot(labels, 8) + 0.001 * noise, dim=1)
    return SmoothAPLoss()(embeddings, labels).item(), losses.SmoothAPLoss()(embeddings, labels).item()


def negative_similarities() -> tuple[float, float]:
    """Return AP where a relevant item has a similarity below 0: the library's and torchmetrics'."""
    from torchmetrics.functional.retrieval import retrieval_average_precision

    scores, relevant = torch.tensor([0.1, -0.5, -0.2, -0.3]), torch.tensor([1, 1, 0, 0])
    theirs = retrieval_average_precision(scores, relevant).item()
    return average_precision(scores[None], relevant[None]).item(), theirs


def main() -> None:
    packages = ("torch", "pytorch-metric-learning", "torchmetrics", "scikit-learn")
    times = {
        ratio.against: {"ours": (ratio.least or (ratio.ours,))[0], "peer": (ratio.least or (0, ratio.rival))[1]}
        for ratio in [*against_published(), *single_metrics()]
    }
    values = {"a batch ranked perfectly": perfect_batch(), "similarities below 0": negative_similarities()}
    about = {"versions": {name: version(name) for name in packages}, "threads": torch.get_num_threads()}
    KEPT.write_text(json.dumps(about | {"seconds": times, "values": values}, indent=1) + "\n")
    print(KEPT.read_text(), end="")


if __name__ == "__main__":
    main()
