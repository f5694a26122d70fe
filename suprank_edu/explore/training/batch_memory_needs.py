"""What a training step must hold in memory, and how close the closest image is that a query sees."""

import functools
from typing import NamedTuple

from suprank_edu.explore.drawing.words import number


class Network(NamedTuple):
    """What an embedding network takes: bytes that autograd keeps for an image (float32), weights, dimensions D."""

    per_image: float
    weights: int
    embedding_size: int


# Measured with torch.autograd.graph.saved_tensors_hooks, each storage counted once, weights left out; the test of
# this module measures them again. ResNet-50 and ViT-S are those of `transformers`, in training mode.
NETWORKS = {
    "ResNet-50, 224 pixels": Network(86.0e6, 24_557_120, 512),
    "ViT-S, 224 pixels": Network(59.4e6, 21_813_504, 384),
    "SmallCNN, 32 pixels": Network(0.658e6, 306_272, 128),
}
OTHERS = 59_550
"""The other images of the training set of Stanford Online Products, which has 59,551."""

_FLOAT = 4  # bytes
_COPIES = 4  # weights, their gradient, and the two moments of Adam
CARDS = (8e9, 24e9, 80e9)
"""Bytes of a small, a middling and a large card."""


class Needs(NamedTuple):
    """Bytes on one process, images with a graph at a time, passes over the batch, and other images in sight."""

    weights: float
    graph: float
    scores: float
    memory: float
    at_once: int
    passes: int
    in_sight: int

    @property
    def together(self) -> float:
        """All of it."""
        return self.weights + self.graph + self.scores + self.memory


@functools.cache
def needs(network: str, batch_size: int, at_once: int, memory_size: int, processes: int) -> Needs:
    """Return what one of the processes holds, and what its queries see."""
    net = NETWORKS[network]
    share = batch_size // processes
    with_graph = min(share, at_once)
    return Needs(
        weights=_COPIES * _FLOAT * net.weights,
        graph=with_graph * net.per_image,
        # Every process ranks the whole batch, and keeps the whole memory.
        scores=_FLOAT * batch_size * (batch_size + memory_size),
        memory=_FLOAT * memory_size * net.embedding_size,
        at_once=with_graph,
        passes=1 if with_graph == share else 2,
        in_sight=min(OTHERS, batch_size - 1 + memory_size),
    )


def closest(in_sight: float) -> float:
    """Return the place, in the whole set, of the closest of `in_sight` others: on average (N + 1) / (n + 1).

    Example:
        >>> closest(127), closest(59_550)
        (465.2421875, 1.0)
    """
    return (OTHERS + 1) / (in_sight + 1)


def size(count: float) -> str:
    """Return bytes as one says them.

    Example:
        >>> size(86_000_000), size(4096), size(1.1e10)
        ('86 MB', '4.1 kB', '11 GB')
    """
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= unit:
            return f"{number(count / unit)} {name}"
    return f"{number(count)} bytes"
