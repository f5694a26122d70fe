"""Typical wrong answers to the exercise `proxy_loss`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint
from torch.nn.functional import cross_entropy, normalize

from suprank_edu.exercises import check
from suprank_edu.losses import ProxyLoss

answers = Answers()


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
