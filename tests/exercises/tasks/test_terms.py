"""Typical wrong answers to the exercise `terms`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


@answers.wrong("terms", "pairs", "whole gallery")
def positives_against_everyone(queries, positives, gallery):
    return torch.tensor([queries * gallery**2, queries * positives * gallery, queries * gallery])


@answers.wrong("terms", "pairs", "one term for each")
def no_table(queries, positives, gallery):
    return torch.tensor([queries * gallery, queries * positives * (gallery - positives), queries * gallery])


@answers.wrong("terms", "pairs", "diagonal")
def without_the_diagonal(queries, positives, gallery):
    negatives = gallery - positives
    return torch.tensor([queries * gallery * (gallery - 1), queries * positives * negatives, queries * gallery])


@answers.wrong("terms", "sum", "positives twice")
def positives_again(queries, positives, gallery):
    negatives = gallery - positives
    return torch.tensor([queries * gallery**2, queries * positives * negatives, queries * (positives + gallery)])


@answers.wrong("terms", "product", "one query")
def of_one_query(queries, positives, gallery):
    return torch.tensor([gallery**2, positives * (gallery - positives), gallery])


@answers.wrong("terms", "type", "torch.tensor([dense, direct, items])")
def a_tuple(queries, positives, gallery):
    return queries * gallery**2, queries * positives * (gallery - positives), queries * gallery


@answers.wrong("terms", "shape", "Three numbers")
def added_up(queries, positives, gallery):
    return torch.tensor(queries * gallery**2 + queries * positives * (gallery - positives) + queries * gallery)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
