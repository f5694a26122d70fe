"""Typical wrong answers to the exercises of chapter 15, each caught with the hint meant for it."""

import statistics

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check
from suprank_edu.training.study.experiment import mild_share

answers = Answers()


@answers.wrong("seed_interval", "normaliser", "n − 1")
def numpys_default(values, t):
    return torch.stack([values.mean(), t * values.std(unbiased=False) / len(values) ** 0.5])


@answers.wrong("seed_interval", "product", "√n times less")
def no_root(values, t):
    return torch.stack([values.mean(), t * values.std()])


@answers.wrong("seed_interval", "product", "standard error")
def standard_error(values, t):
    return torch.stack([values.mean(), values.std() / len(values) ** 0.5])


@answers.wrong("seed_interval", "term", "1.96")
def normal_quantile(values, t):
    return torch.stack([values.mean(), 1.96 * values.std() / len(values) ** 0.5])


@answers.wrong("seed_interval", "sum", "two ends")
def both_ends(values, t):
    half = t * values.std() / len(values) ** 0.5
    return torch.stack([values.mean() - half, values.mean() + half])


@answers.wrong("seed_interval", "other-metric", "best and the worst")
def half_the_range(values, t):
    return torch.stack([values.mean(), (values.max() - values.min()) / 2])


@answers.wrong("seed_interval", "type", "torch.stack")
def a_pair(values, t):
    return values.mean(), t * values.std() / len(values) ** 0.5


@answers.wrong("seed_interval", "shape", "Two numbers")
def half_only(values, t):
    return t * values.std() / len(values) ** 0.5


@answers.wrong("paired_interval", "pairs", "strangers")
def two_samples(one, other, t):
    variance = one.var() / len(one) + other.var() / len(other)
    return torch.stack([one.mean() - other.mean(), t * variance.sqrt()])


@answers.wrong("paired_interval", "pairs", "Adding two half widths")
def halves_added(one, other, t):
    halves = t * (one.std() + other.std()) / len(one) ** 0.5
    return torch.stack([one.mean() - other.mean(), halves])


@answers.wrong("paired_interval", "order", "sorted")
def sorted_first(one, other, t):
    difference = one.sort().values - other.sort().values
    return torch.stack([difference.mean(), t * difference.std() / len(one) ** 0.5])


@answers.wrong("paired_interval", "sign", "`one` minus `other`")
def turned_round(one, other, t):
    difference = other - one
    return torch.stack([difference.mean(), t * difference.std() / len(one) ** 0.5])


@answers.wrong("paired_interval", "sign", "distances")
def distances(one, other, t):
    difference = (one - other).abs()
    return torch.stack([difference.mean(), t * difference.std() / len(one) ** 0.5])


@answers.wrong("paired_interval", "product", "√n")
def spread_of_one_seed(one, other, t):
    difference = one - other
    return torch.stack([difference.mean(), t * difference.std()])


@answers.wrong("mild_share", "normaliser", "divide by 1 − R@1")
def of_all_queries(fine, coarse):
    return coarse - fine


@answers.wrong("mild_share", "levels", "*not* mild")
def severe(fine, coarse):
    return (1 - coarse) / (1 - fine)


@answers.wrong("mild_share", "normaliser", "Divided by the right ones")
def over_the_right_ones(fine, coarse):
    return (coarse - fine) / fine


@answers.wrong("mild_share", "levels", "Take them away first")
def right_ones_left_in(fine, coarse):
    return coarse / (1 - fine)


@answers.wrong("mild_share", "other-metric", "coarse R@1 itself")
def coarse_only(fine, coarse):
    return coarse


@answers.wrong("chosen_result", "other-metric", "must not choose")
def best_on_test(validation, test):
    return test.max(dim=1).values


@answers.wrong("chosen_result", "other-metric", "it flatters")
def best_on_validation(validation, test):
    return validation.max(dim=1).values


@answers.wrong("chosen_result", "axis", "best on average")
def one_rate_for_all(validation, test):
    return test[:, validation.mean(dim=0).argmax()]


@answers.wrong("chosen_result", "shape", "[:, 0]")
def a_column(validation, test):
    return test.gather(1, validation.argmax(dim=1, keepdim=True))


@answers.wrong("chosen_result", "dtype", "not the place")
def places(validation, test):
    return validation.argmax(dim=1)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_and_the_textbook_pass() -> None:
    def shares(fine, coarse):
        pairs = zip(fine.double().tolist(), coarse.double().tolist(), strict=True)
        return torch.tensor([mild_share({"R@1/level0": one, "R@1/level1": other}) for one, other in pairs])

    def by_statistics(values, t):
        numbers = values.tolist()
        return torch.tensor([statistics.mean(numbers), t * statistics.stdev(numbers) / len(numbers) ** 0.5])

    assert check("mild_share", shares).passed
    assert check("seed_interval", by_statistics).passed
