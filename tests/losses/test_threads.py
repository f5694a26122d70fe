"""A small step hardly splits its work among threads: each split waits for a core that other processes may hold.

What is counted: operations on 32,768 elements or more, torch's grain, while torch has more than one thread. Each is one
parallel region or two. Below the grain torch opens none, except in ``searchsorted``, from 200 elements on.
"""

from collections import Counter

import pytest
import torch
from torch.nn.functional import normalize
from torch.utils._python_dispatch import TorchDispatchMode

from suprank_edu.losses import (
    BlackBoxAPLoss,
    SmoothHAPLoss,
    SoftBinAPLoss,
    SupAPLoss,
    SupHAPLoss,
    SupNDCGLoss,
    SupRecallLoss,
)
from suprank_edu.pairwise.threads import one_thread

GRAINS = {"aten::searchsorted": 200}


class Splits(TorchDispatchMode):
    """Counts the operations that torch splits."""

    def __init__(self):
        super().__init__()
        self.count = Counter()

    def __torch_dispatch__(self, operation, types, arguments=(), keywords=None):
        result = operation(*arguments, **(keywords or {}))
        tensors = [x for x in (*arguments, result) if isinstance(x, torch.Tensor)]
        name = operation.name().partition(".")[0]
        view = any(output.alias_info and not output.alias_info.is_write for output in operation._schema.returns)
        if torch.get_num_threads() > 1 and not view:
            self.count[name] += max((x.numel() for x in tensors), default=0) >= GRAINS.get(name, 1 << 15)
        return result


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def batch(size, dim=512):
    """Unit embeddings and labels: 4 images a class, 2 coarse classes."""
    points = torch.randn(size, dim, generator=torch.Generator().manual_seed(0))
    fine = torch.arange(size) // 4
    return normalize(points, dim=1).requires_grad_(), torch.stack([fine, 2 * fine // (size // 4)], dim=1)


@pytest.mark.parametrize(
    "loss",
    [
        SupAPLoss(),
        SupRecallLoss(),
        SupNDCGLoss(),
        SupHAPLoss(),
        SmoothHAPLoss(),
        SoftBinAPLoss(),
        BlackBoxAPLoss(),
    ],
)
def test_few_operations_of_a_step_are_split_among_threads(loss, two_threads):
    embeddings, labels = batch(256)
    with Splits() as splits:
        loss(embeddings, labels).backward()
    assert not sum(splits.count.values()), splits.count  # 55 for AP, 399 for H-AP before small steps had one thread


def raise_on_the_way(embeddings):
    with one_thread(64, embeddings.device):
        raise RuntimeError("on the way")


def test_the_number_of_threads_is_as_before_whatever_happens(two_threads):
    embeddings, labels = batch(8)
    SupAPLoss()(embeddings, labels).backward()
    assert torch.get_num_threads() == 2
    with one_thread(64, embeddings.device):
        assert torch.get_num_threads() == 1
    with pytest.raises(RuntimeError, match="on the way"):
        raise_on_the_way(embeddings)
    assert torch.get_num_threads() == 2


def test_a_large_step_keeps_its_threads(two_threads):
    with one_thread(513 * 512, torch.device("cpu")):
        assert torch.get_num_threads() == 2
