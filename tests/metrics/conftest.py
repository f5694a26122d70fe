"""What the tests of `evaluate` and those of its files share."""

import pytest
import torch


@pytest.fixture(scope="module")
def crowd():
    """700 unit vectors, many of them equal, in 60 classes of 4 coarse ones; some classes have one image."""
    generator = torch.Generator().manual_seed(1)
    embeddings = torch.nn.functional.normalize(torch.randn(500, 33, generator=generator), dim=1)
    embeddings = torch.cat([embeddings, embeddings[:200]])
    fine = torch.randint(60, (700,), generator=generator)
    fine[0] = 60
    return embeddings, torch.stack([fine, fine % 4], dim=1)
