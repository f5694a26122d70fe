"""What is seen of a call: tables of all pairs, whoever makes them, and images that graphs hold."""

import torch

from suprank_edu.exercises.engine.watch import largest_tensor, rows_in_graphs

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
        assert largest_tensor(table) >= 2_500


def test_a_long_list_is_none() -> None:
    assert largest_tensor(lambda: torch.nn.functional.pad(X.cumsum(0), (1, 0))) == 51
    assert largest_tensor(lambda: torch.searchsorted(X, X + 0.5)) == 50
    assert largest_tensor(lambda: [float(x) for x in X]) <= 50
    assert largest_tensor(lambda: None) == 0


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
