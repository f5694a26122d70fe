"""Shared levels and relevances against the loops, and the properties that give them their meaning."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import assume, given
from strategies import cases, label_trees, visible

from suprank_edu import naive
from suprank_edu.relevance import relevance, relevance_from_weights, shared_levels


@given(st.data())
def test_shared_levels_against_the_loops(data):
    labels = data.draw(label_trees(data.draw(st.integers(1, 8))))
    expected = [naive.shared_levels(row, labels.tolist()) for row in labels.tolist()]
    assert shared_levels(labels).tolist() == expected


@given(st.data())
def test_shared_levels_with_a_gallery_of_its_own(data):
    labels = data.draw(label_trees(data.draw(st.integers(2, 9))))
    cut = data.draw(st.integers(1, len(labels) - 1))
    expected = [naive.shared_levels(row, labels[cut:].tolist()) for row in labels[:cut].tolist()]
    assert shared_levels(labels[:cut], labels[cut:]).tolist() == expected


def test_one_column_may_come_as_a_vector():
    labels = torch.tensor([3, 3, 5])
    assert shared_levels(labels).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert torch.equal(shared_levels(labels), shared_levels(labels[:, None]))


def test_label_column_c_is_level_l_minus_c():
    """Column 0 is the finest: agreeing there means sharing all L levels."""
    labels = torch.tensor([[0, 0, 0], [0, 0, 0], [1, 0, 0], [2, 1, 0], [3, 2, 1]])
    levels = shared_levels(labels)[0]
    assert levels.tolist() == [3, 3, 2, 1, 0]
    for column in range(3):
        assert torch.equal(levels >= 3 - column, labels[:, column] == labels[0, column])


@given(cases(), st.sampled_from([0.0, 0.5, 1.0, 2.0]))
def test_relevance_against_the_loops(case, alpha):
    found = relevance(case.levels, alpha, case.num_levels, case.valid)
    for query in range(len(case.levels)):
        _, levels, items = visible(case, query)
        expected = naive.relevance(levels, alpha, case.num_levels)
        assert found[query, items].tolist() == pytest.approx(expected, abs=1e-6)
        hidden = [g for g in range(case.levels.shape[1]) if g not in items]
        assert not found[query, hidden].any()


@given(cases())
def test_the_items_of_a_level_share_its_weight(case):
    found = relevance(case.levels, 2.0, case.num_levels).double()
    for level in range(1, case.num_levels + 1):
        at_level = case.levels == level
        total = (found * at_level).sum(dim=1)
        expected = at_level.any(dim=1) * (level / case.num_levels) ** 2
        torch.testing.assert_close(total, expected.double(), atol=1e-6, rtol=0)


def test_num_levels_defaults_to_the_highest_level_present():
    levels = torch.tensor([[2, 1, 0]])
    assert torch.equal(relevance(levels), relevance(levels, num_levels=2))
    assert relevance(levels, num_levels=4)[0].tolist() == pytest.approx([0.5, 0.25, 0])


WEIGHTS = st.lists(st.integers(0, 5), min_size=4, max_size=4).filter(any)


@given(cases(max_levels=4), WEIGHTS)
def test_relevance_from_weights_against_the_loops(case, weights):
    found = relevance_from_weights(case.levels, weights, case.valid)
    for query in range(len(case.levels)):
        _, levels, items = visible(case, query)
        assert found[query, items].tolist() == pytest.approx(naive.relevance_from_weights(levels, weights), abs=1e-6)


@given(cases(max_queries=1, masks=False), WEIGHTS)
def test_h_ap_under_these_relevances_is_the_weighted_sum_of_level_aps(case, weights):
    scores, levels, _ = visible(case, 0)
    present = [p for p in range(1, 5) if any(level >= p for level in levels) and weights[4 - p] > 0]
    assume(present)
    total = sum(weights[4 - p] for p in present)
    expected = sum(
        weights[4 - p] / total * naive.average_precision(scores, [int(level >= p) for level in levels]) for p in present
    )
    relevances = relevance_from_weights(case.levels, weights)[0].tolist()
    assert naive.h_ap(scores, levels, relevances) == pytest.approx(expected, abs=1e-5)


@given(cases(masks=False), WEIGHTS)
def test_relevance_from_weights_grows_with_the_level(case, weights):
    """What E12 does not promise: no coarse item is ever worth more than a fine one."""
    found = relevance_from_weights(case.levels, weights)
    higher = case.levels[:, :, None] > case.levels[:, None, :]
    assert (found[:, :, None] >= found[:, None, :])[higher].all()


def test_weights_belong_to_label_columns_finest_first():
    levels = torch.tensor([[2, 1, 0]])
    assert relevance_from_weights(levels, [1.0, 0.0])[0].tolist() == [1, 0, 0]
    assert relevance_from_weights(levels, [0.0, 1.0])[0].tolist() == [0.5, 0.5, 0]


def test_weights_of_levels_without_positives_are_dropped():
    found = relevance_from_weights(torch.tensor([[1, 1, 0], [2, 0, 0]]), [0.6, 0.4])
    assert found[0].tolist() == pytest.approx([0.5, 0.5, 0])  # no fine positive: all weight on the coarse level
    assert found[1].tolist() == pytest.approx([1, 0, 0])


@given(cases())
def test_the_input_is_left_alone(case):
    before = case.levels.clone()
    relevance(case.levels, valid=case.valid)
    relevance_from_weights(case.levels, [1, 1, 1, 1], case.valid)
    assert torch.equal(case.levels, before)


def test_labels_that_are_no_tree_are_refused():
    with pytest.raises(
        ValueError, match=r"`labels`: got class 0 of column 0 under two classes of column 1 \(1 and 2\)"
    ):
        shared_levels(torch.tensor([[0, 1], [0, 2]]))


def test_a_tree_is_judged_over_queries_and_gallery_together():
    with pytest.raises(ValueError, match=r"got class 0 of column 0 under two classes of column 1"):
        shared_levels(torch.tensor([[0, 1]]), torch.tensor([[0, 2]]))


def test_a_gallery_with_other_levels_is_refused():
    with pytest.raises(ValueError, match=r"`ref_labels`: got 1 columns, expected 2"):
        shared_levels(torch.tensor([[0, 1]]), torch.tensor([[0]]))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: relevance(torch.tensor([1, 0])), r"`levels`: got \(2,\), expected a tensor of shape \(Q, G\)"),
        (lambda: relevance([[1, 0]]), r"`levels`: got list, expected a tensor of shape \(Q, G\)"),
        (lambda: relevance(torch.tensor([[0.5]])), r"`levels`: got dtype torch.float32, expected integers or bools"),
        (lambda: relevance(torch.tensor([[3]]), num_levels=2), r"`levels`: got levels from 3 to 3, expected 0\.\.2"),
        (
            lambda: relevance(torch.tensor([[0]]), num_levels=0),
            r"`num_levels`: got 0, expected an integer in 1..62",
        ),
        (
            lambda: relevance(torch.tensor([[0]]), num_levels="2"),
            r"`num_levels`: got '2', expected an integer in 1..62",
        ),
        (
            lambda: relevance(torch.tensor([[1]]), num_levels=2**31),
            r"`num_levels`: got 2147483648, expected an integer in",
        ),
        (lambda: shared_levels(torch.Tensor), r"`labels`: got _TensorMeta, expected an integer torch.Tensor"),
        (
            lambda: relevance(torch.tensor([[2**31]])),
            r"`levels`: got levels from 2147483648 to 2147483648, expected 0..62",
        ),
        (lambda: relevance(torch.tensor([[-1]])), r"`levels`: got levels from -1 to -1, expected 0\.\.1"),
        (lambda: relevance(torch.tensor([[1]]), alpha=-1), r"`alpha`: got -1, expected a number in 0..20"),
        (
            lambda: relevance(torch.tensor([[1, 0]]), valid=torch.tensor([[True]])),
            r"`valid`: got shape \(1, 1\), expected \(1, 2\)",
        ),
        (lambda: relevance_from_weights(torch.tensor([[1]]), [0.0]), r"`weights`: got \(0.0,\), expected"),
        (
            lambda: relevance_from_weights(torch.tensor([[1]]), 1.0),
            r"`weights`: got 1.0, expected one weight per level",
        ),
        (lambda: shared_levels(torch.tensor(3)), r"`labels`: got shape \(\), expected"),
        (lambda: relevance_from_weights(torch.tensor([[1]]), [1.0, -1.0]), r"`weights`: got -1.0, expected"),
        (
            lambda: relevance_from_weights(torch.tensor([[2]]), [1.0]),
            r"`levels`: got levels from 2 to 2, expected 0\.\.1",
        ),
        (lambda: shared_levels(torch.tensor([0.5])), r"`labels`: got dtype torch.float32, expected an integer dtype"),
    ],
)
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
