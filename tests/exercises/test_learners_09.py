"""Typical wrong answers to the exercises of chapter 09, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint
from torch.nn.functional import cross_entropy, normalize, relu

from suprank_edu.exercises import check
from suprank_edu.losses import CalibrationLoss, ProxyLoss

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


def cosines(embeddings, proxies):
    return normalize(embeddings, dim=1) @ normalize(proxies, dim=1).T


@answers.wrong("proxy_loss", "norm", "embeddings and proxies")
def plain_products(embeddings, proxies, labels, eta):
    return cross_entropy(embeddings @ proxies.T / eta, labels)


@answers.wrong("proxy_loss", "norm", "the proxies, too")
def long_proxies(embeddings, proxies, labels, eta):
    return cross_entropy(normalize(embeddings, dim=1) @ proxies.T / eta, labels)


@answers.wrong("proxy_loss", "norm", "the embeddings, too")
def long_embeddings(embeddings, proxies, labels, eta):
    return cross_entropy(embeddings @ normalize(proxies, dim=1).T / eta, labels)


@answers.wrong("proxy_loss", "temperature", "missing")
def no_temperature(embeddings, proxies, labels, eta):
    return cross_entropy(cosines(embeddings, proxies), labels)


@answers.wrong("proxy_loss", "temperature", "multiply")
def temperature_times(embeddings, proxies, labels, eta):
    return cross_entropy(cosines(embeddings, proxies) * eta, labels)


@answers.wrong("proxy_loss", "sign", "minus the logarithm")
def log_likelihood(embeddings, proxies, labels, eta):
    return -cross_entropy(cosines(embeddings, proxies) / eta, labels)


@answers.wrong("proxy_loss", "sign", "pushed away")
def pushed_away(embeddings, proxies, labels, eta):
    return cross_entropy(-cosines(embeddings, proxies) / eta, labels)


@answers.wrong("proxy_loss", "axis", "over the classes")
def softmax_over_the_batch(embeddings, proxies, labels, eta):
    shares = (cosines(embeddings, proxies) / eta).log_softmax(dim=0)
    return -shares[torch.arange(len(labels)), labels].mean()


@answers.wrong("proxy_loss", "term", "1 minus the probability")
def without_logarithm(embeddings, proxies, labels, eta):
    shares = (cosines(embeddings, proxies) / eta).softmax(dim=1)
    return (1 - shares[torch.arange(len(labels)), labels]).mean()


@answers.wrong("proxy_loss", "normaliser", "not the sum")
def summed_over_the_batch(embeddings, proxies, labels, eta):
    return cross_entropy(cosines(embeddings, proxies) / eta, labels, reduction="sum")


@answers.wrong("proxy_loss", "shape", "mean over the images")
def one_for_each_image(embeddings, proxies, labels, eta):
    return cross_entropy(cosines(embeddings, proxies) / eta, labels, reduction="none")


@answers.wrong("proxy_loss", "no-gradient")
def detached(embeddings, proxies, labels, eta):
    return cross_entropy(cosines(embeddings, proxies) / eta, labels).item()


@answers.wrong("combined", "weights", "exchanged")
def weights_exchanged(rank_losses, positives, calibration, weight):
    return weight * rank_losses[positives > 0].mean() + (1 - weight) * calibration


@answers.wrong("combined", "weights", "has no weight. In E22 the weights")
def weights_beyond_one(rank_losses, positives, calibration, weight):
    return rank_losses[positives > 0].mean() + weight * calibration


@answers.wrong("combined", "weights", "it gets λ")
def calibration_in_full(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses[positives > 0].mean() + calibration


@answers.wrong("combined", "no-positive", "as 0")
def zeros_counted(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses.mean() + weight * calibration


@answers.wrong("combined", "normaliser", "not their sum")
def queries_summed(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses.sum() + weight * calibration


@answers.wrong("combined", "shape", "before you add")
def one_for_each_query(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses + weight * calibration


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_passes_the_exercise_on_proxies() -> None:
    def ex_proxy_loss(embeddings, proxies, labels, eta):
        loss = ProxyLoss(len(proxies), proxies.shape[1], eta)
        with torch.no_grad():
            next(loss.parameters()).copy_(proxies.T)
        return loss(embeddings, labels)

    assert check("proxy_loss", ex_proxy_loss).passed


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
