"""Typical wrong answers to the exercise `weighted_relevance`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check
from suprank_edu.relevance import relevance, relevance_from_weights

answers = Answers()


@answers.wrong("weighted_relevance", "weights", "wrong end")
def coarsest_first(levels, weights):
    return relevance_from_weights(levels, weights.flip(0).tolist())


@answers.wrong("weighted_relevance", "other-metric", "E12")
def shares_of_a_level(levels, weights):
    return relevance(levels, num_levels=len(weights))


@answers.wrong("weighted_relevance", "levels", "own level only")
def own_level_alone(levels, weights):
    total = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        total = total + weight * (levels == p) / (levels >= p).sum(1, keepdim=True)
    return total


@answers.wrong("weighted_relevance", "normaliser", "exactly p")
def sizes_of_a_level(levels, weights):
    total = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        total = total + weight * (levels >= p) / (levels == p).sum(1, keepdim=True)
    return total


@answers.wrong("weighted_relevance", "normaliser", "not divided")
def not_shared_out(levels, weights):
    return sum(weight * (levels >= p) for p, weight in enumerate(weights.flip(0), start=1))


@answers.wrong("weighted_relevance", "shape", "keeps the axis")
def axis_lost(levels, weights):
    total = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        total = total + weight * (levels >= p).sum(dim=0) / (levels >= p).sum()
    return total.sum(1)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_passes_the_exercise_on_relevances() -> None:
    assert check("weighted_relevance", lambda levels, weights: relevance_from_weights(levels, weights.tolist())).passed
