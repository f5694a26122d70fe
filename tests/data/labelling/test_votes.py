"""Votes of parents and of images, against plain loops."""

import math
from collections import Counter

import pytest
import torch

from suprank_edu.data.labelling import (
    Labelling,
    Vote,
    classify,
    label_from_images,
    vote_of_images,
    vote_of_parents,
)

LABELLING = Labelling({"castle": "castle", "moated castle": "castle", "lake": "lake", "museum": "museum"}, {}, ())


@pytest.mark.parametrize(
    ("phrases", "vote"),
    [
        (("castle",), Vote("castle", 1.0, "parents", "castle")),
        (("1886", "moated castle", "castle"), Vote("castle", 1.0, "parents", "moated castle")),
        (("lake", "moated castle", "castle"), Vote("castle", 2 / 3, "parents", "moated castle")),
        (("museum", "castle", "lake", "moated castle"), Vote("castle", 2 / 4, "parents", "castle")),
        (("lake", "castle"), None),
        (("building",), None),
        ((), None),
    ],
)
def test_parents_vote_and_a_tie_is_no_label(phrases, vote) -> None:
    assert vote_of_parents({7: phrases}, LABELLING).get(7) == vote


def unit(rows: int, seed: int) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.randn(rows, 5, generator=torch.Generator().manual_seed(seed)), dim=1)


@pytest.mark.parametrize("k", [1, 3, 5, 99])
@pytest.mark.parametrize("temperature", [0.01, 0.3, 5.0])
def test_classify_agrees_with_the_definition_in_loops(k: int, temperature: float) -> None:
    images, references = unit(40, 0), unit(23, 1)
    labels = [["castle", "lake", "bridge"][i % 3] for i in range(23)]
    names, shares = classify(images, references, labels, k, temperature=temperature)
    for image, name, share in zip(images, names, shares.tolist(), strict=True):
        scores = [float(image @ reference) for reference in references]
        nearest = sorted(range(23), key=lambda i: -scores[i])[:k]
        votes: Counter[str] = Counter()
        for i in nearest:
            votes[labels[i]] += math.exp((scores[i] - scores[nearest[0]]) / temperature)
        best = min(votes, key=lambda label: (-votes[label], label))
        assert name == best
        assert share == pytest.approx(votes[best] / votes.total(), rel=1e-3)


def test_with_equal_shares_the_first_name_wins() -> None:
    same = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    assert classify(same[:1], same, ["b", "a"], k=2) == (["a"], torch.tensor([0.5]))


def test_another_search_can_be_given() -> None:
    def last(queries, gallery, k):
        return torch.ones(len(queries), 1), torch.full((len(queries), 1), len(gallery) - 1)

    names, shares = classify(unit(2, 0), unit(3, 1), ["a", "b", "c"], find=last)
    assert (names, shares.tolist()) == (["c", "c"], [1, 1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": ["a"]}, r"`labels`: got 1, expected 3, one per reference"),
        ({"k": 0}, r"`k`: got 0"),
        ({"temperature": 0.0}, r"`temperature`: got 0.0"),
    ],
)
def test_arguments_of_classify_are_checked(options, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        classify(unit(2, 0), unit(3, 1), **({"labels": ["a", "b", "c"]} | options))


def test_images_vote_by_number_then_by_their_shares_then_by_name() -> None:
    landmarks = [1, 1, 1, 2, 2, 3, 3]
    classes = ["lake", "castle", "lake", "lake", "castle", "lake", "castle"]
    votes = vote_of_images(landmarks, classes, torch.tensor([0.3, 0.99, 0.3, 0.4, 0.6, 0.5, 0.5]))
    assert votes == {
        1: Vote("lake", 2 / 3, "images"),
        2: Vote("castle", 0.5, "images"),
        3: Vote("castle", 0.5, "images"),
    }
    with pytest.raises(ValueError, match=r"`classes`, `shares`: got 1 and 2, expected 2, one per landmark id"):
        vote_of_images([1, 2], ["a"], torch.zeros(2))


def test_query_and_index_images_of_a_landmark_agree_when_they_vote_together() -> None:
    query, index = ["castle"], ["lake", "lake"]
    votes = vote_of_images([9] * 3, query + index, torch.ones(3))
    assert votes[9].supercategory == "lake"


def test_only_landmarks_without_a_label_get_one_from_images(world) -> None:
    truth, images = world.truth, world.image_landmarks
    known = {landmark: Vote(kind, 1.0, "parents") for landmark, kind in truth.items() if landmark % 3}
    found = label_from_images(world.embeddings, images, known)
    assert set(found) == {landmark for landmark in truth if landmark % 3 == 0}
    assert all(vote.supercategory == truth[landmark] for landmark, vote in found.items())
    assert {vote.stage for vote in found.values()} == {"images"}
    assert label_from_images(world.embeddings, images, {k: Vote(v, 1.0, "parents") for k, v in truth.items()}) == {}


def test_images_need_something_to_learn_from() -> None:
    with pytest.raises(ValueError, match=r"`known`: got no label for any image"):
        label_from_images(unit(2, 0), [1, 2], {3: Vote("castle", 1.0, "parents")})
    with pytest.raises(ValueError, match=r"`landmarks`: got 1, expected 2, one per embedding"):
        label_from_images(unit(2, 0), [1], {})
