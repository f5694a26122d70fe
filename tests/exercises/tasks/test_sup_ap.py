"""Typical wrong answers to the exercise `sup_ap`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check
from suprank_edu.losses import smooth_ap
from suprank_edu.losses import sup_ap as library_sup_ap
from suprank_edu.ranking import rank as library_rank
from suprank_edu.ranking import sup_rank as library_sup_rank

answers = Answers()


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


@answers.wrong("sup_ap", "exact-step", "exact ranks")
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


@answers.wrong("sup_ap", "positives", "of all items")
def all_ratios(scores, relevant):
    rank, plus = library_sup_rank(scores, relevant)
    return 1 - (plus / rank).sum(1) / relevant.sum(1).clamp(min=1)


@answers.wrong("sup_ap", "positives", "of all items")
def all_ratios_where_positive(scores, relevant):
    rank, plus = library_sup_rank(scores, relevant)
    return torch.where(relevant.any(1), 1 - (plus / rank).sum(1) / relevant.sum(1).clamp(min=1), 0.0)


@answers.wrong("sup_ap", "positives", "all items")
def mean_of_all_ratios(scores, relevant):
    rank, plus = library_sup_rank(scores, relevant)
    return 1 - (plus / rank).mean(1)


@answers.wrong("sup_ap", "normaliser", "not divided")
def losses_added_up(scores, relevant):
    rank, plus = library_sup_rank(scores, relevant)
    return ((1 - plus / rank) * relevant).sum(1)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_passes_its_own_exercise() -> None:
    result = check("sup_ap", library_sup_ap)
    assert result.passed, repr(result)
