"""Typical wrong answers to the exercise `triplet_loss`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


def leads(scores, relevant):
    return scores[~relevant][None, :] - scores[relevant][:, None]  # (P, N)


@answers.wrong("triplet_loss", "sign", "turned round")
def turned_round(scores, relevant, margin):
    return (margin - leads(scores, relevant)).clamp(min=0).mean()


@answers.wrong("triplet_loss", "term", "pays for others")
def no_hinge(scores, relevant, margin):
    return (leads(scores, relevant) + margin).mean()


@answers.wrong("triplet_loss", "normaliser", "mean, over all")
def summed(scores, relevant, margin):
    return (leads(scores, relevant) + margin).clamp(min=0).sum()


@answers.wrong("triplet_loss", "normaliser", "cost something")
def violated_only(scores, relevant, margin):
    found = (leads(scores, relevant) + margin).clamp(min=0)
    return found[found > 0].mean()


@answers.wrong("triplet_loss", "term", "hardest")
def hardest(scores, relevant, margin):
    return torch.relu(scores[~relevant].max() - scores[relevant].min() + margin)


@answers.wrong("triplet_loss", "no-gradient")
def through_python(scores, relevant, margin):
    found = (leads(scores, relevant) + margin).clamp(min=0)
    return torch.tensor(found.mean().item())


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
