"""Typical wrong answers to the exercise `sup_rank`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint, pairs

from suprank_edu.exercises import check
from suprank_edu.ranking import sup_rank as library_sup_rank
from suprank_edu.steps import Sigmoid, SupStep

answers = Answers()


step = SupStep()


def plus_of(scores, relevant):
    return ((pairs(scores) >= 0) & relevant[:, None, :]).sum(2)


@answers.wrong("sup_rank", "exact-step", "exact rank")
def exact(scores, relevant):
    return (pairs(scores) >= 0).sum(2).to(scores.dtype)


@answers.wrong("sup_rank", "no-gradient", "no gradient leads back")
def detached(scores, relevant):
    return library_sup_rank(scores, relevant)[0].detach()


@answers.wrong("sup_rank", "no-gradient", "no gradient leads back")
@torch.no_grad()
def without_grad(scores, relevant):
    return library_sup_rank(scores, relevant)[0]


@answers.wrong("sup_rank", "no-gradient", "0 in every entry")
def detached_and_added(scores, relevant):
    return library_sup_rank(scores, relevant)[0].detach() + 0 * scores


@answers.wrong("sup_rank", "negatives", "just behind")
def negatives_in_front_only(scores, relevant):
    counted = (pairs(scores) >= 0) & ~relevant[:, None, :]
    return plus_of(scores, relevant) + (step(pairs(scores)) * counted).sum(2)


@answers.wrong("sup_rank", "positives", "count twice")
def added_to_the_whole_rank(scores, relevant):
    counted = ~relevant[:, None, :]
    return (pairs(scores) >= 0).sum(2) + (step(pairs(scores)) * counted).sum(2)


@answers.wrong("sup_rank", "line", "1.44")
def published(scores, relevant):
    return library_sup_rank(scores, relevant, SupStep(offset=1.44))[0]


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


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_passes_its_own_exercise() -> None:
    result = check("sup_rank", lambda s, r: library_sup_rank(s, r)[0])
    assert result.passed, repr(result)
