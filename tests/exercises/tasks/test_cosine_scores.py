"""Typical wrong answers to the exercise `cosine_scores`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


@answers.wrong("cosine_scores", "norm", "dot products")
def plain_dot(query, gallery):
    return gallery @ query


@answers.wrong("cosine_scores", "norm", "gallery items only")
def gallery_normed(query, gallery):
    return unit(gallery) @ query


@answers.wrong("cosine_scores", "norm", "query only")
def query_normed(query, gallery):
    return gallery @ unit(query)


@answers.wrong("cosine_scores", "axis", "norm of the whole gallery")
def one_norm_for_all(query, gallery):
    return (gallery / gallery.norm()) @ unit(query)


@answers.wrong("cosine_scores", "sign", "distance")
def cosine_distance(query, gallery):
    return 1 - torch.cosine_similarity(gallery, query[None, :])


@answers.wrong("cosine_scores", "other-metric", "Euclidean")
def euclidean(query, gallery):
    return torch.cdist(query[None, :], gallery)[0]


@answers.wrong("cosine_scores", "shape", "product of each row")
def all_products(query, gallery):
    return unit(gallery) * unit(query)


@answers.wrong("cosine_scores", "shape")
def a_row_of_scores(query, gallery):
    return (unit(gallery) @ unit(query))[None, :]


@answers.wrong("cosine_scores", "type")
def a_list(query, gallery):
    return (unit(gallery) @ unit(query)).tolist()


@answers.wrong("cosine_scores", "in-place", "`gallery`")
def norms_written_back(query, gallery):
    with torch.no_grad():
        gallery /= gallery.norm(dim=1, keepdim=True)
    return torch.cosine_similarity(gallery, query[None, :])


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_a_cosine_of_the_framework_is_right() -> None:
    assert check("cosine_scores", lambda query, gallery: torch.cosine_similarity(gallery, query[None, :])).passed
