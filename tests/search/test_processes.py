"""Two processes, talking through gloo, embed what one embeds."""

from pathlib import Path

import pytest
import torch
from search import one_of_two
from search.shops import network, photograph, photographs_of, shop
from training.test_distributed import start

from suprank_edu.training import embed


@pytest.mark.slow
def test_two_processes_embed_half_each_and_both_get_the_whole(tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop")
    photograph(folder / "Milk/Oat/odd.png", 2, 9)  # 13 photographs do not divide
    done = start(2, [str(one_of_two.__file__), str(folder), str(tmp_path)])
    assert done.returncode == 0, done.stderr[-3000:]
    expected = embed(network(), photographs_of(folder))
    found = [torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in range(2)]
    assert [one["seen"] for one in found] == [6, 7]
    for one in found:
        assert torch.allclose(one["vectors"], expected, atol=1e-6)
    # A process that ends while the others' threads still wait for it may be aborted, with all its work done.
    assert [(tmp_path / f"{rank}.left").read_text() for rank in range(2)] == ["left", "left"]
