"""Typical wrong answers to the exercises of chapter 06, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers

from suprank_edu.exercises import check
from suprank_edu.losses import smooth_ap
from suprank_edu.losses import sup_ap as library_sup_ap
from suprank_edu.ranking import rank as library_rank
from suprank_edu.ranking import sup_rank as library_sup_rank
from suprank_edu.steps import Sigmoid, SupStep

answers = Answers()
step = SupStep()


def pairs(scores):
    return scores[:, None, :] - scores[:, :, None]  # (Q, G, G)


@answers.wrong("rank", "off-by-one", "one too large")
def counts_itself(scores):
    return 1 + (pairs(scores) >= 0).sum(2)


@answers.wrong("rank", "off-by-one", "one too small")
def from_zero(scores):
    return (pairs(scores) >= 0).sum(2) - 1


@answers.wrong("rank", "off-by-one", "start at 0")
def strictly_above(scores):
    return (pairs(scores) > 0).sum(2)


@answers.wrong("rank", "ties", "best place")
def optimistic(scores):
    return 1 + (pairs(scores) > 0).sum(2)


@answers.wrong("rank", "ties", "stored")
def double_argsort(scores):
    return scores.argsort(dim=1, descending=True, stable=True).argsort(dim=1) + 1


@answers.wrong("rank", "ties", "middle")
def average(scores):
    return library_rank(scores, ties="average")


@answers.wrong("rank", "order", "That is the order")
def one_argsort(scores):
    return scores.argsort(dim=1, descending=True, stable=True)


@answers.wrong("rank", "order")
def one_argsort_from_one(scores):
    return scores.argsort(dim=1, descending=True, stable=True) + 1


@answers.wrong("rank", "sign", "last rank")
def ascending(scores):
    return (pairs(scores) <= 0).sum(2)


@answers.wrong("rank", "sign")
def wrong_axis(scores):
    return (pairs(scores) >= 0).sum(1)


@answers.wrong("rank", "shape", "(2, 5, 5)")
def not_summed(scores):
    return (pairs(scores) >= 0).long()


@answers.wrong("rank", "shape")
def squeezed(scores):
    return (pairs(scores) >= 0).sum(2).squeeze()


@answers.wrong("rank", "queries-mixed")
def for_one_query(scores):
    return (scores[None, :] >= scores[:, None]).sum(1)


@answers.wrong("rank", "dtype", "count")
def never_summed(scores):
    return (scores[:, :, None] >= scores[:, None, :]).any(2)


@answers.wrong("rank", "exception", "IndexError")
def past_the_end(scores):
    ranks = torch.ones_like(scores)
    for q in range(len(scores)):
        for k in range(scores.shape[1]):
            for j in range(scores.shape[1] + 1):
                ranks[q, k] += (scores[q, j] >= scores[q, k]) * (j != k)
    return ranks


@answers.wrong("rank", "in-place")
def sorted_in_place(scores):
    ranks = (pairs(scores) >= 0).sum(2)
    scores.copy_(scores.sort(dim=1).values)
    return ranks


@answers.wrong("rank", "wrong", "by hand")
def random_numbers(scores):
    return scores * 3


@answers.wrong("rank_plus", "positives", "among all items")
def all_items(scores, relevant):
    return (pairs(scores) >= 0).sum(2)


@answers.wrong("rank_plus", "positives", "among all items")
def masked_along_k(scores, relevant):
    return ((pairs(scores) >= 0) & relevant[:, :, None]).sum(2)


@answers.wrong("rank_plus", "positives", "rank⁻")
def negatives(scores, relevant):
    return ((pairs(scores) >= 0) & ~relevant[:, None, :]).sum(2)


@answers.wrong("rank_plus", "off-by-one", "one too large")
def itself_and_one(scores, relevant):
    return 1 + ((pairs(scores) >= 0) & relevant[:, None, :]).sum(2)


@answers.wrong("rank_plus", "ties")
def plus_optimistic(scores, relevant):
    return 1 + ((pairs(scores) > 0) & relevant[:, None, :]).sum(2)


@answers.wrong("rank_plus", "sign")
def plus_ascending(scores, relevant):
    return ((pairs(scores) <= 0) & relevant[:, None, :]).sum(2)


@answers.wrong("rank_plus", "shape")
def relevant_ones_only(scores, relevant):
    return library_sup_rank(scores, relevant)[1][relevant]


def plus_of(scores, relevant):
    return ((pairs(scores) >= 0) & relevant[:, None, :]).sum(2)


@answers.wrong("sup_rank", "no-gradient", "exact rank")
def exact(scores, relevant):
    return (pairs(scores) >= 0).sum(2).to(scores.dtype)


@answers.wrong("sup_rank", "no-gradient", "does not depend")
def detached(scores, relevant):
    return library_sup_rank(scores, relevant)[0].detach()


@answers.wrong("sup_rank", "no-gradient", "does not depend")
@torch.no_grad()
def without_grad(scores, relevant):
    return library_sup_rank(scores, relevant)[0]


@answers.wrong("sup_rank", "no-gradient", "0 in every entry")
def detached_and_added(scores, relevant):
    return library_sup_rank(scores, relevant)[0].detach() + 0 * scores


@answers.wrong("sup_rank", "sigmoid", "no upper bound")
def sigmoid_for_negatives(scores, relevant):
    return plus_of(scores, relevant) + (Sigmoid()(pairs(scores)) * ~relevant[:, None, :]).sum(2)


@answers.wrong("sup_rank", "rank-plus", "through H⁻ as well")
def step_for_everyone(scores, relevant):
    others = 1 - torch.eye(scores.shape[1])
    return 1 + (step(pairs(scores)) * others).sum(2)


@answers.wrong("sup_rank", "rank-plus", "the gradient runs through rank⁺")
def straight_through(scores, relevant):
    others = 1 - torch.eye(scores.shape[1])
    soft = (Sigmoid()(pairs(scores)) * others * relevant[:, None, :]).sum(2)
    plus = plus_of(scores, relevant) + soft - soft.detach()
    return plus + (step(pairs(scores)) * ~relevant[:, None, :]).sum(2)


@answers.wrong("sup_rank", "rank-plus", "rank⁺ is missing")
def negatives_alone(scores, relevant):
    return (step(pairs(scores)) * ~relevant[:, None, :]).sum(2)


@answers.wrong("sup_rank", "sign", "lower cost most")
def difference_turned_round(scores, relevant):
    return plus_of(scores, relevant) + (step(-pairs(scores)) * ~relevant[:, None, :]).sum(2)


@answers.wrong("sup_rank", "off-by-one", "one too large")
def one_too_many(scores, relevant):
    return 1 + library_sup_rank(scores, relevant)[0]


@answers.wrong("sup_rank", "ties", "½")
def published_tie(scores, relevant):
    t = pairs(scores)
    value = torch.where(t == 0, 0.5, step(t))
    return plus_of(scores, relevant) + (value * ~relevant[:, None, :]).sum(2)


@answers.wrong("sup_rank", "type", "a `tuple` of 2")
def both_results(scores, relevant):
    return library_sup_rank(scores, relevant)


@answers.wrong("sup_rank", "exception", "asks for a gradient")
def numpy_on_the_way(scores, relevant):
    return library_sup_rank(torch.from_numpy(scores.numpy()), relevant)[0]


@answers.wrong("sup_rank", "wrong-gradient")
def gradient_doubled(scores, relevant):
    value = library_sup_rank(scores, relevant)[0]
    return 2 * value - value.detach()


@answers.wrong("sup_rank", "sign", "the other way")
def gradient_turned_round(scores, relevant):
    value = library_sup_rank(scores, relevant)[0]
    return 2 * value.detach() - value


@answers.wrong("sup_ap", "sign", "AP itself")
def not_a_loss(scores, relevant):
    return (1 - library_sup_ap(scores, relevant)) * relevant.any(1)


@answers.wrong("sup_ap", "shape", "One loss per query")
def mean_over_queries(scores, relevant):
    return library_sup_ap(scores, relevant).mean()


@answers.wrong("sup_ap", "no-positive", "not 1")
def one_without_positives(scores, relevant):
    rank, plus = library_sup_rank(scores, relevant)
    return 1 - (plus / rank * relevant).sum(1) / relevant.sum(1).clamp(min=1)


@answers.wrong("sup_ap", "non-finite", "0 by 0")
def mean_of_nothing(scores, relevant):
    rank, plus = library_sup_rank(scores, relevant)
    return torch.stack([1 - (p / r)[m].mean() for p, r, m in zip(plus, rank, relevant, strict=True)])


@answers.wrong("sup_ap", "non-finite", "clamp the divisor")
def nan_hidden_by_where(scores, relevant):
    rank, plus = library_sup_rank(scores, relevant)
    share = (plus / rank * relevant).sum(1) / relevant.sum(1)
    hidden = scores.sum(1) * 0 / relevant.sum(1)
    return torch.where(relevant.any(1), 1 - share + hidden, 0.0)


@answers.wrong("sup_ap", "normaliser", "over all items")
def mean_over_the_gallery(scores, relevant):
    rank, plus = library_sup_rank(scores, relevant)
    return 1 - (plus / rank * relevant).mean(1)


@answers.wrong("sup_ap", "rank-plus", "1 / rank")
def reciprocal(scores, relevant):
    rank, _ = library_sup_rank(scores, relevant)
    return (1 - (1 / rank * relevant).sum(1) / relevant.sum(1).clamp(min=1)) * relevant.any(1)


@answers.wrong("sup_ap", "rank-plus", "on its head")
def upside_down(scores, relevant):
    rank, plus = library_sup_rank(scores, relevant)
    return (1 - (rank / plus * relevant).sum(1) / relevant.sum(1).clamp(min=1)) * relevant.any(1)


@answers.wrong("sup_ap", "sigmoid", "Smooth-AP")
def smooth_instead(scores, relevant):
    return smooth_ap(scores, relevant)


@answers.wrong("sup_ap", "no-gradient", "exact ranks")
def metric_instead(scores, relevant):
    rank, plus = library_rank(scores), library_sup_rank(scores, relevant)[1]
    return (1 - (plus / rank * relevant).sum(1) / relevant.sum(1).clamp(min=1)) * relevant.any(1)


@answers.wrong("sup_ap", "no-gradient", "as it comes")
def rank_detached(scores, relevant):
    return library_sup_ap(scores.detach(), relevant)


@answers.wrong("sup_ap", "wrong-gradient")
def half_detached(scores, relevant):
    value = library_sup_ap(scores, relevant)
    return value / 2 + value.detach() / 2


@answers.wrong("sup_ap", "in-place", "`relevant`")
def mask_changed(scores, relevant):
    loss = library_sup_ap(scores, relevant)
    relevant.logical_not_()
    return loss


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    result = check(name, fn)
    assert result.hint == hint, repr(result)
    assert says in f"{result.title} {result.message} {result.traceback} {result.more}", repr(result)


def test_a_loop_passes_as_well_as_a_tensor_expression() -> None:
    def ex_rank(scores):
        ranks = torch.ones_like(scores)
        for q, row in enumerate(scores):
            for k, own in enumerate(row):
                for j, other in enumerate(row):
                    if j != k and other >= own:
                        ranks[q, k] += 1
        return ranks

    assert check("rank", ex_rank).passed


@pytest.mark.parametrize(
    ("name", "fn"),
    [
        ("rank", library_rank),
        ("rank_plus", lambda s, r: library_sup_rank(s, r)[1]),
        ("sup_rank", lambda s, r: library_sup_rank(s, r)[0]),
        ("sup_ap", library_sup_ap),
    ],
)
def test_the_library_passes_its_own_exercises(name, fn) -> None:
    result = check(name, fn)
    assert result.passed, repr(result)


def test_entries_of_other_items_are_not_looked_at() -> None:
    def ex_rank_plus(scores, relevant):
        plus = ((pairs(scores) >= 0) & relevant[:, None, :]).sum(2)
        return torch.where(relevant, plus.float(), float("nan"))

    assert check("rank_plus", ex_rank_plus).passed
