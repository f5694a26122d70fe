"""What is seen of a call: tables of all pairs, whoever makes them, and images that graphs hold."""

import torch
from torch.utils.checkpoint import checkpoint

from suprank_edu.exercises.engine.watch import made_by, rows_in_graphs

X = torch.arange(50.0)


def test_a_table_of_pairs_is_seen_however_it_is_made() -> None:
    for table in (
        lambda: X[:, None] - X[None, :],
        lambda: torch.cdist(X[:, None], X[:, None]),
        lambda: torch.outer(X, X),
        lambda: torch.einsum("i,j->ij", X, X),
        lambda: X.repeat(50),
        lambda: torch.sort(X[:, None] - X[None, :], dim=1),
    ):
        assert made_by(table).largest >= 2_500


def test_a_long_list_is_none() -> None:
    assert made_by(lambda: torch.nn.functional.pad(X.cumsum(0), (1, 0))).largest == 51
    assert made_by(lambda: torch.searchsorted(X, X + 0.5)).largest == 50
    assert made_by(lambda: [float(x) for x in X]).largest <= 50
    assert made_by(lambda: None).largest == 0


def test_views_and_searches_cost_what_they_give_and_sums_what_they_read() -> None:
    assert made_by(lambda: X[10:40]).total == 0
    assert made_by(lambda: torch.searchsorted(X, X[:3])).total == 3
    assert made_by(lambda: X[10:40].sum()).total == 30
    assert made_by(lambda: [X[i:].sum() for i in range(50)]).total == 50 * 51 // 2


IMAGES, WEIGHT = torch.rand(10, 5), torch.rand(5, 2)


def leaf() -> torch.Tensor:
    return WEIGHT.clone().requires_grad_()


def test_pieces_one_after_the_other_hold_a_piece() -> None:
    def pieces() -> None:
        weight = leaf()
        for part in IMAGES.split(3):
            torch.tanh(part @ weight).sum().backward()

    assert rows_in_graphs(pieces, 5) == 3


def test_pieces_that_are_kept_add_up() -> None:
    def kept() -> None:
        weight = leaf()
        torch.cat([torch.tanh(part @ weight) for part in IMAGES.split(3)]).sum().backward()

    assert rows_in_graphs(kept, 5) == 10


def test_what_has_no_graph_holds_nothing() -> None:
    assert rows_in_graphs(lambda: torch.tanh(IMAGES @ WEIGHT), 5) == 0
    with torch.no_grad():
        assert rows_in_graphs(lambda: torch.tanh(IMAGES @ leaf()), 5) == 0


def test_a_linear_layer_counts_as_a_product_does() -> None:
    assert rows_in_graphs(lambda: torch.nn.functional.linear(IMAGES, leaf().T).sum().backward(), 5) == 10


def test_a_checkpointed_piece_keeps_its_input_and_no_graph() -> None:
    def pieces() -> None:
        weight = leaf()
        outputs = [checkpoint(lambda x: torch.tanh(x @ weight), part, use_reentrant=False) for part in IMAGES.split(3)]
        torch.cat(outputs).sum().backward()

    assert rows_in_graphs(pieces, 5) == 0
