"""A step takes memory of the size of the scores, whatever the loss: the bytes at the peak, counted in a new process."""

import pytest
from memory import grown_gib

BEFORE = """
import torch
from suprank_edu.losses import SupAPLoss, SupHAPLoss, SupNDCGLoss, SupRecallLoss
def work(loss, size):
    draw = torch.Generator().manual_seed(0)
    points = torch.nn.functional.normalize(torch.randn(size, 64, generator=draw), dim=1).requires_grad_()
    labels = torch.stack([torch.arange(size) // 4, torch.arange(size) // (size // 2)], dim=1)
    loss(points, labels).backward()
work({loss}, 64)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("loss", "most"),
    [
        ("SupAPLoss()", 60),
        ("SupHAPLoss()", 200),
        pytest.param("SupRecallLoss()", 60, marks=pytest.mark.nightly),  # ranks of the first
        pytest.param("SupNDCGLoss()", 200, marks=pytest.mark.nightly),  # ranks of the second
    ],
)
def test_no_pair_is_kept(loss: str, most: float) -> None:
    """A batch of 1,024 has scores of 4 MiB and 1,074 million triples, which the dense form keeps: 4 GiB a tensor."""
    assert grown_gib(BEFORE.replace("{loss}", loss), f"work({loss}, 1024)") * 1024 < most  # MiB; 24 and 110
