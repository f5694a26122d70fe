"""Which engine takes which queries, and that every loss is the same with either."""

import pytest
import torch
from hypothesis import given, settings
from looks import Looks
from pair_sums import gradients
from strategies import cases

from suprank_edu import losses
from suprank_edu.pairwise import choice, direct_sums, step_sums
from suprank_edu.ranking import sup_rank
from suprank_edu.steps import PUBLISHED, Heaviside, Sigmoid, SupStep

INFINITY = float("inf")


def ragged(dtype=torch.float64):
    """Four queries with 300, 2, 1,000 and no rows, and 1,500 columns."""
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(4, 1000, dtype=torch.float64, generator=generator).to(dtype) * 0.1
    for query, used in enumerate([300, 2, 1000, 0]):
        rows[query, used:] = INFINITY
    return rows, torch.randn(4, 1500, dtype=torch.float64, generator=generator).to(dtype) * 0.1


def split(rows, columns, step=SupStep()):
    return [numbers.tolist() for numbers in choice.split_by_cost(rows, columns, step)]


def test_queries_with_many_pairs_are_sorted_the_largest_first():
    assert split(*ragged()) == [[2, 0], [1, 3]]


def test_small_or_unusual_sums_are_left_to_the_direct_engine():
    rows, columns = ragged()
    every = [0, 1, 2, 3]
    assert split(rows[:, :100], columns) == [[], every]  # too few rows
    assert split(rows[:1], columns[:1]) == [[], [0]]  # enough pairs for each item, but too few in all
    assert split(rows[1::2], columns[1::2]) == [[], [0, 1]]  # the shape would pay, what is used does not
    assert split(rows, columns, SupStep(tau=1e-12)) == [[], every]  # a bin is finer than float64 can tell
    assert split(*ragged(torch.bfloat16)) == [[], every]
    assert split(rows, columns, lambda t: t) == [[], every]


def test_where_shapes_do_not_decide_the_device_is_read_once(monkeypatch):
    rows, columns = ragged()
    with Looks(monkeypatch) as looks:
        choice.split_by_cost(rows, columns, SupStep())
    assert len(looks.seen) == 1


def test_a_cheaper_step_needs_more_pairs_to_be_sorted():
    scores = torch.rand(256, 384, dtype=torch.float64)
    assert len(split(scores, scores)[0]) == 256
    assert len(split(scores, scores, Sigmoid())[0]) == 0
    assert len(split(scores.repeat(1, 2), scores.repeat(1, 2), Sigmoid())[0]) == 256
    # By odds, in float32, SupStep is as cheap, and both need more.
    assert len(split(scores.float(), scores.float())[0]) == 0
    assert len(split(scores.repeat(1, 2).float(), scores.repeat(1, 2).float())[0]) == 256


def test_few_items_in_many_bins_are_not_worth_a_sort():
    """Each bin costs like several items: 4 times as long as by pairs, here, where nearly every item has its own."""
    rows, columns = torch.rand(256, 150, dtype=torch.float64), torch.rand(256, 500, dtype=torch.float64)
    assert len(split(rows, columns, SupStep(tau=0.05))[0]) == 256
    assert len(split(rows, columns, SupStep(tau=1e-4))[0]) == 0
    # The spread is that of each query: a few bins far from 0 are no more than at 0, and one query may have many.
    assert len(split(rows + 50, columns + 50, SupStep(tau=0.05))[0]) == 256
    columns[7, 0] = 1e4
    assert split(rows, columns, SupStep(tau=0.05))[1] == [7]


def test_few_positives_in_a_large_gallery_are_sorted():
    """Bins cost little there: with 200 positives Smooth-AP's sums take three times as long by pairs."""
    columns = torch.rand(4, 60_000)
    assert len(split(torch.rand(4, 200), columns, Sigmoid())[0]) == 4
    assert len(split(torch.rand(4, 90).double(), columns.double())[0]) == 4
    assert len(split(torch.rand(4, 30), columns)[0]) == 0


def test_a_batch_of_256_is_never_sorted():
    scores = torch.rand(256, 128)
    assert split(scores, scores) == [[], list(range(256))]


@pytest.mark.parametrize("step", [SupStep(), PUBLISHED, Sigmoid(), Heaviside()])
def test_a_mixed_batch_is_summed_as_by_the_direct_engine(step):
    rows, columns = ragged()
    torch.testing.assert_close(step_sums(rows, columns, step), direct_sums(rows, columns, step), rtol=2e-6, atol=2e-6)
    mine, theirs = (
        gradients(lambda r, c, engine=engine: engine(r, c, step), rows, columns) for engine in (step_sums, direct_sums)
    )
    for one, other in zip(mine, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=2e-6, atol=2e-6 * float(other.abs().max()) + 1e-12)


LOSSES = {
    "sup_ap": losses.sup_ap,
    "sup_ap published": lambda s, lv, valid: losses.sup_ap(s, lv, step=PUBLISHED, valid=valid),
    "sup_recall": losses.sup_recall,
    "sup_ndcg": losses.sup_ndcg,
    "sup_h_ap": losses.sup_h_ap,
    "smooth_ap": losses.smooth_ap,
    "smooth_recall": losses.smooth_recall,
    "smooth_ndcg": losses.smooth_ndcg,
    "smooth_h_ap": losses.smooth_h_ap,
    "sup_rank": lambda s, lv, valid: sup_rank(s, lv, valid=valid)[0].log1p().sum(dim=1),
}


@pytest.mark.parametrize("name", LOSSES)
@settings(max_examples=15)
@given(case=cases())
def test_losses_and_gradients_do_not_depend_on_the_engine(name, case):
    found = []
    for fewest in (1, 1 << 60):  # everything sorted, nothing sorted
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(choice, "FEWEST_PAIRS", fewest)
            patch.setattr(choice, "PAIRS_PER_ITEM", 0)
            patch.setattr(choice, "PAIRS_PER_ITEM_OF_SIGMOID", 0)
            scores = case.scores.clone().requires_grad_()
            values = LOSSES[name](scores, case.levels, valid=case.valid)
            (gradient,) = torch.autograd.grad(values.sum(), scores, allow_unused=True)
            found.append((values.detach(), torch.zeros_like(scores) if gradient is None else gradient))
    (values, gradient), (expected, by_pairs) = found
    torch.testing.assert_close(values, expected, rtol=2e-6, atol=2e-6)
    largest = by_pairs.abs().amax(dim=1, keepdim=True)
    assert ((gradient - by_pairs).abs() <= 4e-6 * largest + 1e-12).all()
