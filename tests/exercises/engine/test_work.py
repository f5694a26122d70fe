"""What is seen from outside of how a function works: the numbers it makes, and the rows that its graphs keep."""

import pytest
import torch
from torch.utils.checkpoint import checkpoint

from suprank_edu.exercises import check
from suprank_edu.exercises.engine.work import Kept, Work


def test_the_largest_tensor_is_that_of_all_pairs() -> None:
    rows, columns = torch.rand(7), torch.rand(11)
    with Work() as work:
        (columns[None, :] - rows[:, None]).clamp(min=0).sum(1)
    assert work.largest == 7 * 11


def test_views_and_searches_cost_what_they_return_and_sums_what_they_read() -> None:
    columns = torch.arange(100.0)
    with Work() as work:
        torch.searchsorted(columns, torch.tensor([3.0, 4.0])), columns[10:90]
    assert work.total == 2 + 0
    with Work() as work:
        columns[10:90].sum()
    assert work.total == 80


def network(images, weight):
    return torch.tanh(images @ weight)


@pytest.fixture
def weight():
    return torch.rand(5, 2, requires_grad=True)


def test_graphs_of_pieces_live_from_forward_to_backward(weight) -> None:
    pieces = torch.rand(12, 5).split(4)
    with Kept(width=5) as kept:
        for piece in pieces:
            network(piece, weight).sum().backward()
    assert kept.most == 4
    with Kept(width=5) as kept:
        torch.cat([network(piece, weight) for piece in pieces]).sum().backward()
    assert kept.most == 12
    with Kept(width=5) as kept, torch.no_grad():
        network(pieces[0], weight)
    assert kept.most == 0


def test_a_checkpointed_piece_keeps_its_input_and_no_graph(weight) -> None:
    with Kept(width=5) as kept:
        outputs = [checkpoint(network, piece, weight, use_reentrant=False) for piece in torch.rand(12, 5).split(4)]
        torch.cat(outputs).sum().backward()
    assert kept.most == 0


def test_places_of_a_memory_are_whole_numbers() -> None:
    result = check("memory_ring", lambda added, size, batch: (added + torch.arange(batch).float()) % size)
    assert result.hint == "dtype"
    assert "index" in result.message
