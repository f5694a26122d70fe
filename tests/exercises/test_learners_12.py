"""Typical wrong answers to the exercises of chapter 12, each caught with the hint meant for it."""

from collections import Counter

import pytest
import torch
from exercises.learners import Answers

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


@answers.wrong("majority_vote", "type", "torch.tensor([label, confidence])")
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


@answers.wrong("purity", "groups", "average over groups")
def mean_of_purities(groups, truth):
    values = []
    for group in groups.unique():
        inside = truth[groups == group]
        values.append((inside == inside.mode().values).float().mean())
    return torch.stack(values).mean()


@answers.wrong("purity", "groups", "change places")
def the_other_way_round(groups, truth):
    total = 0
    for c in truth.unique():
        total += groups[truth == c].unique(return_counts=True)[1].max()
    return total / len(truth)


@answers.wrong("purity", "groups", "groups in which all agree")
def wholly_pure_groups(groups, truth):
    return sum(len(set(truth[groups == g].tolist())) == 1 for g in groups.unique()) / len(groups.unique())


@answers.wrong("purity", "groups", "items of groups in which all agree")
def items_of_pure_groups(groups, truth):
    pure = [g for g in groups.unique() if len(set(truth[groups == g].tolist())) == 1]
    return sum(int((groups == g).sum()) for g in pure) / len(groups)


@answers.wrong("purity", "groups", "first item")
def named_by_the_first(groups, truth):
    name = {}
    for g, c in zip(groups.tolist(), truth.tolist(), strict=True):
        name.setdefault(g, c)
    return sum(name[g] == c for g, c in zip(groups.tolist(), truth.tolist(), strict=True)) / len(groups)


@answers.wrong("purity", "groups", "numbered as it comes")
def numbers_compared(groups, truth):
    return (groups == truth).float().mean()


@answers.wrong("purity", "groups", "of all items")
def majority_of_all(groups, truth):
    return (truth == truth.mode().values).float().mean()


@answers.wrong("purity", "other-metric", "pairs")
def pairs(groups, truth):
    same = (groups[:, None] == groups).triu(1)
    return (same & (truth[:, None] == truth)).sum() / same.sum().clamp(min=1)


@answers.wrong("purity", "normaliser", "how many items")
def a_count(groups, truth):
    return float(sum(truth[groups == g].bincount().max() for g in groups.unique()))


@answers.wrong("purity", "normaliser", "number of groups")
def by_number_of_groups(groups, truth):
    return sum(truth[groups == g].bincount().max() for g in groups.unique()) / len(groups.unique())


@answers.wrong("purity", "sign", "strangers")
def impurity(groups, truth):
    return 1 - sum(truth[groups == g].bincount().max() for g in groups.unique()) / len(groups)


@answers.wrong("purity", "shape", "divide once")
def purity_of_each(groups, truth):
    return torch.stack([truth[groups == g].bincount().max() / (groups == g).sum() for g in groups.unique()])


@answers.wrong("purity", "dtype", "float")
def rounded_down(groups, truth):
    return sum(truth[groups == g].bincount().max() for g in groups.unique()) // len(groups)


@answers.wrong("coverage_and_accuracy", "normaliser", "divided by all landmarks")
def right_of_all(labels, truth):
    return torch.stack([(labels >= 0).float().mean(), (labels == truth).float().mean()])


@answers.wrong("coverage_and_accuracy", "normaliser", "counts")
def two_counts(labels, truth):
    return torch.stack([(labels >= 0).sum(), (labels == truth).sum()]).float()


@answers.wrong("coverage_and_accuracy", "unlabelled", "label 0")
def above_zero(labels, truth):
    has = labels > 0
    return torch.stack([has.float().mean(), (labels == truth)[has].float().mean()])


@answers.wrong("coverage_and_accuracy", "unlabelled", "−1 for a label")
def everything_covered(labels, truth):
    return torch.tensor([1.0, (labels == truth).float().mean()])


@answers.wrong("coverage_and_accuracy", "unlabelled", "landmarks")
def classes_that_occur(labels, truth):
    has = labels >= 0
    share = len(set(labels[has].tolist()) & set(truth.tolist())) / len(truth.unique())
    return torch.tensor([share, (labels == truth)[has].float().mean()])


@answers.wrong("coverage_and_accuracy", "unlabelled", "*right* label")
def covered_if_right(labels, truth):
    right = labels == truth
    return torch.stack([right.float().mean(), right[labels >= 0].float().mean()])


@answers.wrong("coverage_and_accuracy", "other-metric", "over supercategories")
def mean_of_classes(labels, truth):
    has = labels >= 0
    values = [(labels == truth)[has & (truth == c)].float().mean() for c in truth[has].unique()]
    return torch.stack([has.float().mean(), torch.stack(values).mean()])


@answers.wrong("coverage_and_accuracy", "sign", "*without* a label")
def those_without(labels, truth):
    has = labels >= 0
    return torch.stack([(~has).float().mean(), (labels == truth)[has].float().mean()])


@answers.wrong("coverage_and_accuracy", "sign", "wrong labels")
def errors(labels, truth):
    has = labels >= 0
    return torch.stack([has.float().mean(), (labels != truth)[has].float().mean()])


@answers.wrong("coverage_and_accuracy", "wrong", "the wrong way round")
def accuracy_first(labels, truth):
    has = labels >= 0
    return torch.stack([(labels == truth)[has].float().mean(), has.float().mean()])


@answers.wrong("coverage_and_accuracy", "type", "torch.stack")
def a_tuple(labels, truth):
    has = labels >= 0
    return has.float().mean(), (labels == truth)[has].float().mean()


@answers.wrong("coverage_and_accuracy", "exception", "RuntimeError")
def mean_of_bools(labels, truth):
    has = labels >= 0
    return torch.stack([has.mean(), (labels == truth)[has].mean()])


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    result = check(name, fn)
    assert result.hint == hint, repr(result)
    assert says in f"{result.title} {result.message} {result.traceback} {result.more}", repr(result)


def test_the_library_agrees() -> None:
    from suprank_edu.data.labelling import purity, vote_of_images

    def by_library(classes, shares):
        vote = vote_of_images([0] * len(classes), [str(c) for c in classes.tolist()], shares)[0]
        return torch.tensor([float(vote.supercategory), vote.confidence])

    assert check("majority_vote", by_library).passed
    assert check("majority_vote", solved).passed
    assert check("purity", lambda groups, truth: purity(groups.tolist(), truth.tolist())).passed
