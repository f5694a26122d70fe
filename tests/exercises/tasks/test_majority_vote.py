"""Typical wrong answers to the exercise `majority_vote`, each caught with the hint meant for it."""

from collections import Counter

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


@answers.wrong("majority_vote", "ties", "smaller number")
def count_and_argmax(classes, shares):
    counts = torch.bincount(classes)
    return torch.tensor([counts.argmax(), counts.max() / len(classes)])


@answers.wrong("majority_vote", "ties", "smaller number")
def by_mode(classes, shares):
    label = classes.mode().values
    return torch.stack([label.float(), (classes == label).float().mean()])


@answers.wrong("majority_vote", "ties", "seen first")
def most_common(classes, shares):
    (label, count), *_ = Counter(classes.tolist()).most_common()
    return torch.tensor([label, count / len(classes)])


@answers.wrong("majority_vote", "ties", "surest image of each")
def tie_to_the_surest(classes, shares):
    def key(label):
        mine = classes == label
        return mine.sum().item(), shares[mine].max().item()

    label = max(classes.tolist(), key=key)
    return torch.tensor([label, (classes == label).float().mean()])


@answers.wrong("majority_vote", "vote", "only break ties")
def weighted(classes, shares):
    label = torch.bincount(classes, weights=shares).argmax()
    return torch.stack([label.float(), (classes == label).float().mean()])


@answers.wrong("majority_vote", "vote", "both weighted")
def weighted_throughout(classes, shares):
    trust = torch.bincount(classes, weights=shares)
    return torch.stack([trust.argmax().float(), trust.max() / shares.sum()]).float()


@answers.wrong("majority_vote", "vote", "surest image")
def the_surest_image(classes, shares):
    best = shares.argmax()
    return torch.stack([classes[best].float(), shares[best]])


@answers.wrong("majority_vote", "vote", "They are names")
def averaged(classes, shares):
    good = solved(classes, shares)
    return torch.stack([classes.double().mean(), good[1]])


@answers.wrong("majority_vote", "normaliser", "how many images")
def not_divided(classes, shares):
    label, share = solved(classes, shares).tolist()
    return torch.tensor([label, share * len(classes)])


@answers.wrong("majority_vote", "normaliser", "mean share")
def mean_share(classes, shares):
    label = solved(classes, shares)[0]
    return torch.stack([label, shares[classes == label].mean().double()])


@answers.wrong("majority_vote", "normaliser", "weighted by the shares")
def share_of_trust(classes, shares):
    label = solved(classes, shares)[0]
    return torch.stack([label, (shares[classes == label].sum() / shares.sum()).double()])


@answers.wrong("majority_vote", "sign", "disagree")
def those_against(classes, shares):
    label, share = solved(classes, shares).tolist()
    return torch.tensor([label, 1 - share])


@answers.wrong("majority_vote", "wrong", "the wrong way round")
def share_first(classes, shares):
    return solved(classes, shares).flip(0)


@answers.wrong("majority_vote", "type", "two numbers")
def two_things(classes, shares):
    return solved(classes, shares)[0], 0.5


@answers.wrong("majority_vote", "shape", "One label and one share")
def label_only(classes, shares):
    return solved(classes, shares)[0]


@answers.wrong("majority_vote", "in-place", "`shares`")
def shares_scaled(classes, shares):
    result = solved(classes, shares)
    shares /= shares.sum()
    return result


def solved(classes, shares):
    """A right answer by tensors, for the wrong ones above to go astray from."""
    trust = torch.bincount(classes, weights=shares.double())
    counts = torch.bincount(classes).double()
    label = (counts + trust / (trust.sum() + 1)).argmax()
    return torch.stack([label.double(), counts[label] / len(classes)])


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_agrees() -> None:
    from suprank_edu.data.labelling import vote_of_images

    def by_library(classes, shares):
        vote = vote_of_images([0] * len(classes), [str(c) for c in classes.tolist()], shares)[0]
        return torch.tensor([float(vote.supercategory), vote.confidence])

    assert check("majority_vote", by_library).passed
    assert check("majority_vote", solved).passed
