"""Answers to the exercise `proxy_loss` by readers of the chapter."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def right_cross_entropy(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    return F.cross_entropy(cosines / eta, labels)


def right_logsumexp(embeddings, proxies, labels, eta):
    v = embeddings / embeddings.norm(dim=1, keepdim=True)
    p = proxies / proxies.norm(dim=1, keepdim=True)
    logits = torch.einsum("bd,cd->bc", v, p) / eta
    own = logits[torch.arange(len(labels)), labels]
    return (logits.logsumexp(dim=1) - own).mean()


def right_loops(embeddings, proxies, labels, eta):
    def cosine(a, b):
        return sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)

    total = 0.0
    for v, y in zip(embeddings.tolist(), labels.tolist(), strict=True):
        logits = [cosine(v, p) / eta for p in proxies.tolist()]
        top = max(logits)
        total += top + math.log(sum(math.exp(x - top) for x in logits)) - logits[y]
    return total / len(labels)


def right_numpy(embeddings, proxies, labels, eta):
    v, p = embeddings.detach().numpy(), proxies.detach().numpy()
    v = v / np.linalg.norm(v, axis=1, keepdims=True)
    p = p / np.linalg.norm(p, axis=1, keepdims=True)
    logits = v @ p.T / eta
    lead = logits - logits[np.arange(len(v)), labels.numpy()][:, None]
    return float(np.logaddexp.reduce(lead, axis=1).mean())


def right_one_hot(embeddings, proxies, labels, eta):
    cosines = F.cosine_similarity(embeddings[:, None, :], proxies[None, :, :], dim=2)
    truth = F.one_hot(labels, len(proxies)).to(cosines.dtype)
    return -(truth * (cosines / eta).log_softmax(dim=1)).sum() / len(labels)


# Neither embeddings nor proxies are given norm 1.
def wrong_not_normalised(embeddings, proxies, labels, eta):
    return F.cross_entropy(embeddings @ proxies.T / eta, labels)


# Only the embeddings are given norm 1.
def wrong_proxies_left_long(embeddings, proxies, labels, eta):
    return F.cross_entropy(F.normalize(embeddings, dim=1) @ proxies.T / eta, labels)


# Only the proxies are given norm 1.
def wrong_embeddings_left_long(embeddings, proxies, labels, eta):
    return F.cross_entropy(embeddings @ F.normalize(proxies, dim=1).T / eta, labels)


# The columns are given norm 1, not the rows.
def wrong_columns_normalised(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=0) @ F.normalize(proxies, dim=0).T
    return F.cross_entropy(cosines / eta, labels)


# Each matrix is divided by one norm.
def wrong_norm_of_the_matrix(embeddings, proxies, labels, eta):
    cosines = (embeddings / embeddings.norm()) @ (proxies / proxies.norm()).T
    return F.cross_entropy(cosines / eta, labels)


# The temperature is forgotten.
def wrong_no_temperature(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    return F.cross_entropy(cosines, labels)


# Multiplied by the temperature, not divided.
def wrong_times_eta(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    return F.cross_entropy(cosines * eta, labels)


# The softmax is taken twice: cross_entropy takes it itself.
def wrong_softmax_twice(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    return F.cross_entropy((cosines / eta).softmax(dim=1), labels)


# nll_loss is given probabilities, not their logarithms.
def wrong_no_logarithm(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    return F.nll_loss((cosines / eta).softmax(dim=1), labels)


# The sum over the images, not their mean.
def wrong_sum(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    return F.cross_entropy(cosines / eta, labels, reduction="sum")


# One loss for each image comes back, not their mean.
def wrong_not_averaged(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    return F.cross_entropy(cosines / eta, labels, reduction="none")


# The minus is forgotten.
def wrong_sign(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    return (cosines / eta).log_softmax(dim=1)[torch.arange(len(labels)), labels].mean()


# The softmax runs over the images of the batch, not over the proxies.
def wrong_softmax_over_images(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    return -(cosines / eta).log_softmax(dim=0)[torch.arange(len(labels)), labels].mean()


# The own proxy is left out of the sum below the line.
def wrong_own_proxy_left_out(embeddings, proxies, labels, eta):
    logits = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T / eta
    own = logits.gather(1, labels[:, None])[:, 0]
    rest = logits.scatter(1, labels[:, None], float("-inf"))
    return (rest.logsumexp(dim=1) - own).mean()


# The exponentials overflow with a small temperature: inf/inf.
def wrong_overflow(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    e = torch.exp(cosines / eta)
    return -torch.log(e[torch.arange(len(labels)), labels] / e.sum(dim=1)).mean()


# The logarithm of the mean, not the mean of the logarithms.
def wrong_log_of_the_mean(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    share = (cosines / eta).softmax(dim=1)[torch.arange(len(labels)), labels]
    return -share.mean().log()


# Image i is taken to be of class i: the labels are ignored.
def wrong_labels_ignored(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    return F.cross_entropy(cosines / eta, torch.arange(len(embeddings)) % len(proxies))


# Only the proxies of classes that are in the batch take part.
def wrong_classes_of_the_batch_only(embeddings, proxies, labels, eta):
    classes, position = labels.unique(return_inverse=True)
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies[classes], dim=1).T
    return F.cross_entropy(cosines / eta, position)


# Distances to the proxies stand for cosines, with the wrong sign.
def wrong_distances(embeddings, proxies, labels, eta):
    distances = torch.cdist(F.normalize(embeddings, dim=1), F.normalize(proxies, dim=1))
    return F.cross_entropy(distances / eta, labels)


# The logarithm to base 10.
def wrong_log10(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    share = (cosines.double() / eta).softmax(dim=1)[torch.arange(len(labels)), labels]
    return -share.log10().mean()


# The temperature is 0.05 whatever the caller says.
def wrong_fixed_temperature(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    return F.cross_entropy(cosines / 0.05, labels)


# The embeddings of the caller are normalised in place.
def wrong_in_place(embeddings, proxies, labels, eta):
    embeddings /= embeddings.norm(dim=1, keepdim=True)
    proxies /= proxies.norm(dim=1, keepdim=True)
    return F.cross_entropy(embeddings @ proxies.T / eta, labels)


# eta is forgotten in the numerator: it divides only the sum below the line.
def wrong_temperature_below_only(embeddings, proxies, labels, eta):
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(proxies, dim=1).T
    own = cosines[torch.arange(len(labels)), labels]
    return ((cosines / eta).logsumexp(dim=1) - own).mean()


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "not_averaged",
    "non-finite": "overflow",
    "sign": "sign",
    "axis": "columns_normalised softmax_over_images",
    "norm": "not_normalised proxies_left_long embeddings_left_long",
    "negatives": "own_proxy_left_out",
    "sum": "log_of_the_mean",
    "temperature": "no_temperature times_eta",
    "product": "softmax_twice",
    "term": "no_logarithm",
    "normaliser": "sum",
    "in-place": "in_place",
    "wrong": (
        "norm_of_the_matrix labels_ignored classes_of_the_batch_only distances log10 fixed_temperature "
        "temperature_below_only"
    ),
}
