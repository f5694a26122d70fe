"""Chapter 12: the vote of a landmark's images, with ties and a confidence."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import two_numbers

Votes = dict[int, list[float]]


def _votes(classes: Tensor, shares: Tensor) -> Votes:
    """Return label → the shares of its images, labels in the order in which they are first seen."""
    votes: Votes = {}
    for label, share in zip(classes.tolist(), shares.tolist(), strict=True):
        votes.setdefault(label, []).append(share)
    return votes


def _majority(votes: Votes) -> int:
    return max(votes, key=lambda label: (len(votes[label]), sum(votes[label])))


def _share_of_images(votes: Votes, winner: int) -> float:
    return len(votes[winner]) / sum(map(len, votes.values()))


def _vote(winner: Callable[..., Any] = _majority, confidence: Callable[..., float] = _share_of_images) -> Function:
    """Return a vote put together of the rule for the winner and the one for the confidence, each right or wrong."""

    def rule(classes: Tensor, shares: Tensor) -> Tensor:
        votes = _votes(classes, shares)
        label = winner(votes)
        return two_numbers(label, confidence(votes, label))

    return rule


def _most_trusted(votes: Votes) -> int:
    return max(votes, key=lambda label: sum(votes[label]))


def _surest(votes: Votes) -> int:
    return max(votes, key=lambda label: max(votes[label]))


def _share_of_trust(votes: Votes, winner: int) -> float:
    return sum(votes[winner]) / sum(map(sum, votes.values()))


def _sure_only(classes: Tensor, shares: Tensor) -> Tensor:
    sure = shares > 0.5 if bool((shares > 0.5).any()) else shares > 0
    votes = _votes(classes[sure], shares[sure])
    return two_numbers(_majority(votes), len(votes[_majority(votes)]) / len(classes))


_TIE = "Where two labels have equally many images, the larger sum of shares decides; "

MAJORITY_VOTE = Exercise(
    name="majority_vote",
    arguments=("classes", "shares"),
    returns="(2,), the label and the share of the images that have it",
    truth=_vote(),
    cases=(
        case("seven images, and one label has most", [3, 5, 3, 1, 3, 5, 0], [0.3, 0.9, 0.2, 0.8, 0.25, 0.95, 0.7]),
        case("six images, and one label has most", [4, 4, 4, 2, 2, 6], [0.45, 0.45, 0.45, 0.6, 0.6, 0.9]),
        case("three unsure images and two sure ones", [1, 1, 1, 0, 0], [0.2, 0.3, 0.1, 0.9, 0.8]),
        case("three unsure images and a sure one", [1, 6, 1, 1], [0.1, 0.95, 0.2, 0.1]),
        case("a tie of 2 and 4", [2, 4, 2, 4, 7], [0.5, 0.6, 0.55, 0.7, 0.9]),
        case("a tie of 1 and 6", [6, 1, 1, 6], [0.3, 0.8, 0.6, 0.95]),
        case("a tie of 0 and 8", [0, 8, 8, 0, 5], [0.95, 0.6, 0.6, 0.1, 0.4]),
        case("a tie of 3 and 9", [3, 9, 9, 3], [0.99, 0.7, 0.6, 0.2]),
        case("a tie of 2 and 7", [7, 2, 7, 2], [0.8, 0.4, 0.5, 0.6]),
        case("one image", [3], [0.6]),
    ),
    mistakes=(
        Mistake(
            "ties",
            _TIE + "yours gives it to the smaller number. Numbers of labels are names: their order means nothing.",
            _vote(lambda votes: min(votes, key=lambda label: (-len(votes[label]), label))),
            "`torch.bincount(classes, weights=shares)` sums the shares of each label.",
        ),
        Mistake(
            "ties",
            _TIE + "yours gives it to the label that is seen first, so the order of the files would decide.",
            _vote(lambda votes: max(votes, key=lambda label: len(votes[label]))),
            "Compare pairs: `max(labels, key=lambda label: (count[label], trust[label]))`.",
        ),
        Mistake(
            "ties",
            _TIE + "yours looks at the one surest image of each.",
            _vote(lambda votes: max(votes, key=lambda label: (len(votes[label]), max(votes[label])))),
        ),
        Mistake(
            "ties",
            _TIE + "yours takes the smaller.",
            _vote(lambda votes: max(votes, key=lambda label: (len(votes[label]), -sum(votes[label])))),
        ),
        Mistake(
            "vote",
            "You add shares to votes, so that much trust can outweigh a vote. Votes decide first; the shares are "
            "looked at only where two labels have equally many.",
            _vote(lambda votes: max(votes, key=lambda label: len(votes[label]) + sum(votes[label]))),
        ),
        Mistake(
            "vote",
            "You compare the mean share of each label. Asked is the majority: every image has one vote, and the shares "
            "only break ties.",
            _vote(lambda votes: max(votes, key=lambda label: sum(votes[label]) / len(votes[label]))),
        ),
        Mistake("vote", "Images that are less than half sure have no vote with you. Every image has one.", _sure_only),
        Mistake(
            "order",
            "You return the place of the label in the list of different labels, not the label itself.",
            lambda classes, shares: two_numbers(
                sorted(set(classes.tolist())).index(int(_vote()(classes, shares)[0])),
                _vote()(classes, shares)[1].item(),
            ),
        ),
        Mistake(
            "vote",
            "You sum the shares and take the label with the largest sum. Asked is the majority: every image has one "
            "vote, and the shares only break ties.",
            _vote(_most_trusted),
        ),
        Mistake(
            "vote",
            "Winner and confidence are both weighted by the shares. Asked is the majority: every image has one vote, "
            "and the shares only break ties.",
            _vote(_most_trusted, _share_of_trust),
        ),
        Mistake("vote", "You take the label of the surest image. Let all images vote.", _vote(_surest)),
        Mistake(
            "vote",
            "You take the label of the surest image, and its share. Let all images vote.",
            _vote(_surest, lambda votes, label: max(votes[label])),
        ),
        Mistake(
            "vote",
            "You average the numbers of the labels. They are names: between castle, 3, and bridge, 5, there is no 4.",
            lambda classes, shares: two_numbers(
                classes.to(torch.float64).mean().item(), _vote()(classes, shares)[1].item()
            ),
        ),
        Mistake(
            "normaliser",
            "The label is right, but the second number is how many images have it. Divide by the number of images.",
            _vote(confidence=lambda votes, label: len(votes[label])),
        ),
        Mistake(
            "normaliser",
            "The label is right, but you divide its images by the number of different labels. Divide by the number "
            "of images.",
            _vote(confidence=lambda votes, label: len(votes[label]) / len(votes)),
        ),
        Mistake(
            "normaliser",
            "The label is right, but the confidence is the mean share of its images, which says nothing of the images "
            "that disagree. Asked is the share of the images that have the label.",
            _vote(confidence=lambda votes, label: sum(votes[label]) / len(votes[label])),
        ),
        Mistake(
            "normaliser",
            "The label is right, but the confidence is weighted by the shares. Count images: those with the label, "
            "divided by all.",
            _vote(confidence=_share_of_trust),
        ),
        Mistake(
            "sign",
            "The label is right, but that is the share of the images that disagree.",
            _vote(confidence=lambda votes, label: 1 - _share_of_images(votes, label)),
        ),
        Mistake(
            "wrong",
            "The two numbers stand the wrong way round: the label first, then the share.",
            lambda classes, shares: _vote()(classes, shares).flip(0),
        ),
    ),
    praise="One picture from behind a tree no longer decides, and a low share marks the landmarks worth a second look.",
    advice={
        "type": "Return one tensor of two numbers, the label and the confidence.",
        "dtype": "The confidence is a share, so both numbers are floats.",
    },
    further={"shape": "One label and one share for the landmark, whatever the number of its images."},
)
