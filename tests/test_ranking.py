"""Ranks and SupRank against the loops, SciPy and differences; gradients in closed form and by gradcheck."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from scipy.stats import rankdata
from strategies import Case, cases, visible

from suprank_edu import naive
from suprank_edu.ranking import rank, sup_rank
from suprank_edu.steps import PUBLISHED, PUBLISHED_INAT, Heaviside, Sigmoid, SupStep

STEPS = {
    "sup": (SupStep(), naive.sup_step),
    "published": (PUBLISHED, lambda t: naive.sup_step(t, offset=1.44)),
    "published iNat": (PUBLISHED_INAT, lambda t: naive.sup_step(t, start=0.0, offset=1.0)),
    "sigmoid": (Sigmoid(0.05), lambda t: naive.sigmoid(t, 0.05)),
    "heaviside": (Heaviside(), naive.heaviside),
}
steps = st.sampled_from(sorted(STEPS))


@given(cases())
def test_rank_against_the_loops(case):
    found = rank(case.scores, valid=case.valid)
    for query in range(len(case.scores)):
        scores, _, items = visible(case, query)
        assert found[query, items].tolist() == naive.rank(scores)


@given(case=cases(masks=False))
@pytest.mark.parametrize(("ties", "method"), [("pessimistic", "max"), ("optimistic", "min"), ("average", "average")])
def test_ties_against_scipy(case, ties, method):
    expected = torch.from_numpy(rankdata(-case.scores.numpy(), method=method, axis=1)).double()
    assert torch.equal(rank(case.scores, ties=ties), expected)


@given(cases(grid="ties"), st.sampled_from(["pessimistic", "optimistic", "average"]))
def test_a_hidden_item_is_as_good_as_absent(case, ties):
    found = rank(case.scores, ties=ties, valid=case.valid)
    for query in range(len(case.scores)):
        scores, _, items = visible(case, query)
        alone = rank(torch.tensor([scores]), ties=ties)[0] if scores else torch.zeros(0)
        assert found[query, items].tolist() == alone.tolist()


@pytest.mark.filterwarnings("error")
def test_transposed_scores_are_ranked_without_a_word(request):
    request.addfinalizer(lambda: torch.set_warn_always(False))
    torch.set_warn_always(True)  # also of what it warned of before
    scores = torch.randn(30, 5, generator=torch.Generator().manual_seed(0))
    levels = (scores > 0).to(torch.uint8)
    assert torch.equal(rank(scores.T), rank(scores.T.contiguous()))
    for found, expected in zip(sup_rank(scores.T, levels.T), sup_rank(scores.T.contiguous(), levels.T), strict=True):
        assert torch.equal(found, expected)


def test_scores_without_ties_give_a_permutation():
    scores = torch.randn(5, 30, generator=torch.Generator().manual_seed(0))
    expected = torch.arange(1.0, 31).expand(5, 30)
    for ties in ("pessimistic", "optimistic", "average"):
        assert torch.equal(rank(scores, ties=ties).sort(dim=1).values, expected)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_a_rank_above_2048_is_exact_in_every_dtype(dtype):
    scores = torch.zeros(1, 5001, dtype=dtype)
    scores[0, 0] = -1
    assert rank(scores)[0, 0].item() == 5001
    assert rank(scores)[0, 1].item() == 5000


@given(cases(), steps)
def test_sup_rank_against_the_loops(case, name):
    step, definition = STEPS[name]
    found, plus = sup_rank(case.scores, case.levels, step, case.valid)
    for query in range(len(case.scores)):
        scores, levels, items = visible(case, query)
        expected, expected_plus = naive.sup_rank(scores, levels, definition)
        assert plus[query, items].tolist() == expected_plus
        assert found[query, items].tolist() == pytest.approx(expected, rel=1e-12)


@given(cases(), steps)
def test_sup_rank_is_at_least_the_rank_when_the_step_bounds_h(case, name):
    step, _ = STEPS[name]
    found, _ = sup_rank(case.scores, case.levels, step, case.valid)
    if step.upper_bounds_heaviside:
        assert (found >= rank(case.scores, valid=case.valid) - 1e-12).all()


def test_with_the_sigmoid_sup_rank_may_fall_below_the_rank():
    scores, levels = torch.tensor([[0.5, 0.505]]), torch.tensor([[1, 0]])
    assert sup_rank(scores, levels, Sigmoid())[0][0, 0] < rank(scores)[0, 0]
    assert sup_rank(scores, levels, PUBLISHED_INAT)[0][0, 0] < rank(scores)[0, 0]
    assert sup_rank(scores, levels)[0][0, 0] > rank(scores)[0, 0]


@given(cases(), steps)
def test_the_gradient_is_the_sum_of_slopes_over_lower_items(case, name):
    """At ties and at delta too: the slope of the branch that the step takes there."""
    step, _ = STEPS[name]
    scores = case.scores.clone().requires_grad_()
    weights = torch.linspace(-1, 2, scores.numel(), dtype=torch.float64).view_as(scores)
    found, plus = sup_rank(scores, case.levels, step, case.valid)
    assert not plus.requires_grad
    gradient = torch.zeros_like(scores)
    if found.requires_grad:
        (gradient,) = torch.autograd.grad((found * weights).sum(), scores, allow_unused=True)
    torch.testing.assert_close(gradient, expected_gradient(case, step, weights), atol=1e-9, rtol=1e-9)


def expected_gradient(case: Case, step, weights):
    expected = torch.zeros_like(case.scores)
    for query in range(len(case.scores)):
        _, _, items = visible(case, query)
        for k in items:
            for j in items:
                if case.levels[query, j] < case.levels[query, k]:
                    difference = case.scores[query, j] - case.scores[query, k]
                    slope = step.slope(difference[None])[0] * weights[query, k]
                    expected[query, j] += slope
                    expected[query, k] -= slope
    return expected


def test_gradcheck():
    generator = torch.Generator().manual_seed(1)
    scores = torch.rand(3, 8, dtype=torch.float64, generator=generator).mul(0.3).requires_grad_()
    levels = torch.randint(0, 4, (3, 8), generator=generator)
    valid = torch.rand(3, 8, generator=generator) > 0.2
    step = SupStep(tau=0.05)  # wide enough for differences of 1e-6
    assert torch.autograd.gradcheck(lambda s: sup_rank(s, levels, step, valid)[0], scores)
    assert torch.autograd.gradcheck(lambda s: sup_rank(s, levels, step)[0], scores)


def test_items_of_level_0_have_the_exact_rank_without_gradient():
    scores = torch.tensor([[0.3, 0.9, 0.31, 0.1]], requires_grad=True)
    levels = torch.tensor([[0, 1, 1, 0]])
    found, plus = sup_rank(scores, levels)
    assert found[0, [0, 3]].tolist() == plus[0, [0, 3]].tolist() == [3, 4]
    (gradient,) = torch.autograd.grad(found[0, [0, 3]].sum(), scores)
    assert not gradient.any()


@given(cases(), steps, st.randoms(use_true_random=False))
def test_shuffling_the_gallery_shuffles_the_ranks(case, name, random):
    step, _ = STEPS[name]
    order = list(range(case.scores.shape[1]))
    random.shuffle(order)
    moved = None if case.valid is None else case.valid[:, order]
    for kept, shuffled in zip(
        sup_rank(case.scores, case.levels, step, case.valid),
        sup_rank(case.scores[:, order], case.levels[:, order], step, moved),
        strict=True,
    ):
        torch.testing.assert_close(kept[:, order], shuffled, rtol=1e-12, atol=1e-12)


@given(cases())
def test_bool_levels_are_one_level(case):
    relevant = case.levels > 0
    for kept, other in zip(
        sup_rank(case.scores, relevant, valid=case.valid),
        sup_rank(case.scores, relevant.long(), valid=case.valid),
        strict=True,
    ):
        assert torch.equal(kept, other)


@given(cases())
def test_the_inputs_are_left_alone(case):
    scores, levels = case.scores.clone(), case.levels.clone()
    valid = None if case.valid is None else case.valid.clone()
    rank(case.scores, valid=case.valid)
    sup_rank(case.scores, case.levels, valid=case.valid)
    assert torch.equal(case.scores, scores)
    assert torch.equal(case.levels, levels)
    assert valid is None or torch.equal(case.valid, valid)


SCORES, LEVELS = torch.rand(2, 3), torch.ones(2, 3, dtype=torch.long)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rank(torch.rand(3)), r"`scores`: got shape \(3,\), expected \(Q, G\)"),
        (lambda: rank([[0.1]]), r"`scores`: got list, expected a torch.Tensor of shape \(Q, G\)"),
        (lambda: rank(LEVELS), r"`scores`: got dtype torch.int64, expected a floating-point dtype"),
        (lambda: rank(torch.rand(0, 3)), r"`scores`: got shape \(0, 3\), expected at least one row and one column"),
        (lambda: rank(torch.tensor([[float("nan")]])), r"`scores`: got NaN or infinity, expected finite values"),
        (lambda: rank(torch.tensor([[1.0, float("inf")]])), r"`scores`: got NaN or infinity"),
        (lambda: rank(SCORES, ties="worst"), r"`ties`: got 'worst', expected 'pessimistic', 'optimistic' or 'average'"),
        (lambda: rank(SCORES, valid=LEVELS), r"`valid`: got torch.int64, expected a bool torch.Tensor"),
        (lambda: rank(SCORES, valid=[True]), r"`valid`: got list, expected a bool torch.Tensor"),
        (
            lambda: rank(SCORES, valid=LEVELS[:, :2] > 0),
            r"`valid`: got shape \(2, 2\), expected \(2, 3\), queries by gallery items",
        ),
        (
            lambda: sup_rank(SCORES, LEVELS[0]),
            r"`levels`: got shape \(3,\), expected \(2, 3\), the shape of the scores",
        ),
        (lambda: sup_rank(SCORES, SCORES), r"`levels`: got dtype torch.float32, expected integers or bools"),
        (lambda: sup_rank(SCORES, [[1]]), r"`levels`: got list, expected an integer torch.Tensor"),
    ],
)
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
