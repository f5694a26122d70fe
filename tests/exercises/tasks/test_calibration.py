"""Typical wrong answers to the exercise `calibration`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint
from torch.nn.functional import normalize, relu

from suprank_edu.losses import CalibrationLoss

answers = Answers()


def hinges(scores, same, alpha, beta):
    off = ~torch.eye(len(scores), dtype=torch.bool)
    return relu(alpha - scores[same & off]), relu(scores[~same & off] - beta)


@answers.wrong("calibration", "normaliser", "at rest")
def mean_of_all(scores, same, alpha, beta):
    up, down = hinges(scores, same, alpha, beta)
    return up.mean() + down.mean()


@answers.wrong("calibration", "normaliser", "as the paper writes it")
def mean_of_each_query(scores, same, alpha, beta):
    off = ~torch.eye(len(scores), dtype=torch.bool)
    positive, negative = same & off, ~same & off
    up = (relu(alpha - scores) * positive).sum(1) / positive.sum(1).clamp(min=1)
    down = (relu(scores - beta) * negative).sum(1) / negative.sum(1).clamp(min=1)
    return (up + down).mean()


@answers.wrong("calibration", "normaliser", "summed")
def summed(scores, same, alpha, beta):
    return sum(part.sum() for part in hinges(scores, same, alpha, beta))


@answers.wrong("calibration", "normaliser", "drowns")
def one_mean(scores, same, alpha, beta):
    both = torch.cat(hinges(scores, same, alpha, beta))
    return both.sum() / max(int((both > 0).sum()), 1)


@answers.wrong("calibration", "non-finite", "0/0")
def mean_of_nothing(scores, same, alpha, beta):
    return sum(part[part > 0].mean() for part in hinges(scores, same, alpha, beta))


@answers.wrong("calibration", "positives", "with itself")
def diagonal_counted(scores, same, alpha, beta):
    up, down = relu(alpha - scores[same]), relu(scores[~same] - beta)
    return sum(part.sum() / max(int((part > 0).sum()), 1) for part in (up, down))


@answers.wrong("calibration", "positives", "exchanged")
def margins_exchanged(scores, same, alpha, beta):
    parts = hinges(scores, same, beta, alpha)
    return sum(part.sum() / max(int((part > 0).sum()), 1) for part in parts)


@answers.wrong("calibration", "sign", "turned round")
def turned_round(scores, same, alpha, beta):
    off = ~torch.eye(len(scores), dtype=torch.bool)
    parts = relu(scores[same & off] - alpha), relu(beta - scores[~same & off])
    return sum(part.sum() / max(int((part > 0).sum()), 1) for part in parts)


@answers.wrong("calibration", "sign", "brackets")
def no_brackets(scores, same, alpha, beta):
    off = ~torch.eye(len(scores), dtype=torch.bool)
    return (alpha - scores[same & off]).mean() + (scores[~same & off] - beta).mean()


@answers.wrong("calibration", "negatives", "positive pairs are counted")
def positives_alone(scores, same, alpha, beta):
    up, _ = hinges(scores, same, alpha, beta)
    return up.sum() / max(int((up > 0).sum()), 1)


@answers.wrong("calibration", "term", "squared")
def squared(scores, same, alpha, beta):
    return sum((part**2).sum() / max(int((part > 0).sum()), 1) for part in hinges(scores, same, alpha, beta))


@answers.wrong("calibration", "shape", "One number")
def one_for_each_pair(scores, same, alpha, beta):
    return torch.where(same, relu(alpha - scores), relu(scores - beta))


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_truth_of_calibration_is_the_loss_of_the_library() -> None:
    from suprank_edu.exercises import EXERCISES

    generator = torch.Generator().manual_seed(0)
    for _ in range(5):
        embeddings = normalize(torch.randn(8, 3, generator=generator, dtype=torch.float64), dim=1)
        labels = torch.randint(0, 3, (8,), generator=generator)
        same = labels[:, None] == labels
        expected = CalibrationLoss(0.8, 0.3)(embeddings, labels)
        truth = EXERCISES["calibration"].truth(embeddings @ embeddings.T, same, 0.8, 0.3)
        assert torch.allclose(truth, expected)
