"""Answers to the exercise `two_pass_gradient` by readers of the chapter."""

import torch
from torch.utils.checkpoint import checkpoint


def network(images, weight):
    return torch.tanh(images @ weight)  # (B, D)


def batch_loss(embeddings):
    return torch.logsumexp(embeddings @ embeddings.T, dim=1).mean()


def right_as_in_the_chapter(weight, images, at_once):
    weight = weight.detach().clone().requires_grad_()
    pieces = images.split(at_once)
    with torch.no_grad():
        embeddings = torch.cat([network(piece, weight) for piece in pieces])
    embeddings.requires_grad_()
    batch_loss(embeddings).backward()
    for piece, g in zip(pieces, embeddings.grad.split(at_once), strict=True):
        network(piece, weight).backward(g)
    return weight.grad


def right_autograd_grad(weight, images, at_once):
    leaf = weight.detach().requires_grad_()
    starts = range(0, len(images), at_once)
    with torch.no_grad():
        embeddings = torch.cat([network(images[start : start + at_once], leaf) for start in starts])
    embeddings.requires_grad_()
    (g,) = torch.autograd.grad(batch_loss(embeddings), embeddings)
    total = torch.zeros_like(weight)
    for start in starts:
        here = slice(start, start + at_once)
        (part,) = torch.autograd.grad(network(images[here], leaf), leaf, grad_outputs=g[here])
        total += part
    return total


def right_by_a_scalar_product(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_(True)
    with torch.no_grad():
        points = torch.cat([network(piece, leaf) for piece in images.split(at_once)])
    points.requires_grad_(True)
    batch_loss(points).backward()
    start = 0
    while start < len(images):
        stop = start + at_once
        (network(images[start:stop], leaf) * points.grad[start:stop]).sum().backward()
        start = stop
    return leaf.grad


def right_derivatives_by_hand(weight, images, at_once):
    # tanh' = 1 − tanh²; the gradient of logsumexp is a softmax
    with torch.no_grad():
        e = torch.cat([network(piece, weight) for piece in images.split(at_once)])
        p = torch.softmax(e @ e.T, dim=1) / len(e)
        g = (p + p.T) @ e
        total = torch.zeros_like(weight)
        for x, y, part in zip(images.split(at_once), e.split(at_once), g.split(at_once), strict=True):
            total += x.T @ (part * (1 - y**2))
    return total


def right_checkpointed(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    embeddings = [checkpoint(network, piece, leaf, use_reentrant=False) for piece in images.split(at_once)]
    batch_loss(torch.cat(embeddings)).backward()
    return leaf.grad


def right_vjp(weight, images, at_once):
    with torch.no_grad():
        points = torch.cat([network(piece, weight) for piece in images.split(at_once)])
    g = torch.func.grad(batch_loss)(points)
    parts = []
    for piece, own in zip(images.split(at_once), g.split(at_once), strict=True):
        _, back = torch.func.vjp(lambda w, piece=piece: network(piece, w), weight)
        parts.append(back(own)[0].detach())
    return torch.stack(parts).sum(dim=0)


def points_and_gradient(weight, images, at_once):
    with torch.no_grad():
        points = torch.cat([network(piece, weight) for piece in images.split(at_once)])
    points.requires_grad_()
    batch_loss(points).backward()
    return points.grad


# Adds up the gradients of small batches, each with the loss of its own images only.
def wrong_small_batches(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    for piece in images.split(at_once):
        batch_loss(network(piece, leaf)).backward()
    return leaf.grad


# Averages the losses of small batches, weighted by their sizes: still each without the others.
def wrong_mean_of_small_batches(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    for piece in images.split(at_once):
        (batch_loss(network(piece, leaf)) * len(piece) / len(images)).backward()
    return leaf.grad


# Takes the whole batch in one pass: the graph holds all images at a time.
def wrong_one_pass(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    batch_loss(network(images, leaf)).backward()
    return leaf.grad


# Embeds in pieces but keeps all their graphs until the loss is known.
def wrong_all_graphs_kept(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    points = torch.cat([network(piece, leaf) for piece in images.split(at_once)])
    (gradient,) = torch.autograd.grad(batch_loss(points), leaf)
    return gradient


# Cuts the batch into `at_once` pieces instead of pieces of `at_once` images.
def wrong_number_of_pieces(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    pieces = images.chunk(at_once)
    with torch.no_grad():
        points = torch.cat([network(piece, leaf) for piece in pieces])
    points.requires_grad_()
    batch_loss(points).backward()
    for piece, g in zip(pieces, points.grad.chunk(at_once), strict=True):
        network(piece, leaf).backward(g)
    return leaf.grad


# Drops the images that are left over when `at_once` does not divide the batch.
def wrong_rest_dropped(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    g = points_and_gradient(weight.detach(), images, at_once)
    for i in range(len(images) // at_once):
        here = slice(i * at_once, (i + 1) * at_once)
        network(images[here], leaf).backward(g[here])
    return leaf.grad


# Keeps only the gradient of the last piece instead of adding them all up.
def wrong_last_piece_only(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    g = points_and_gradient(weight.detach(), images, at_once)
    for piece, own in zip(images.split(at_once), g.split(at_once), strict=True):
        leaf.grad = None
        network(piece, leaf).backward(own)
    return leaf.grad


# Takes the mean over the pieces instead of their sum.
def wrong_mean_over_pieces(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    g = points_and_gradient(weight.detach(), images, at_once)
    pieces = images.split(at_once)
    for piece, own in zip(pieces, g.split(at_once), strict=True):
        network(piece, leaf).backward(own)
    return leaf.grad / len(pieces)


# Sends every piece the gradient of the first images.
def wrong_gradient_of_the_first_images(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    g = points_and_gradient(weight.detach(), images, at_once)
    for piece in images.split(at_once):
        network(piece, leaf).backward(g[: len(piece)])
    return leaf.grad


# Sends back ones instead of the gradient of the loss.
def wrong_ones_sent_back(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    for piece in images.split(at_once):
        network(piece, leaf).sum().backward()
    return leaf.grad


# Returns the gradient at the embeddings, not at the weights.
def wrong_gradient_at_the_embeddings(weight, images, at_once):
    return points_and_gradient(weight.detach(), images, at_once)


# Counts everything twice: the first pass kept its graph and has already left the gradient at the weights.
def wrong_both_passes_added(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    pieces = images.split(at_once)
    points = torch.cat([network(piece, leaf) for piece in pieces])
    points.retain_grad()
    batch_loss(points).backward()
    for piece, g in zip(pieces, points.grad.split(at_once), strict=True):
        network(piece, leaf).backward(g)
    return leaf.grad


# Forgets the derivative of tanh: images times g.
def wrong_without_the_tanh(weight, images, at_once):
    g = points_and_gradient(weight.detach(), images, at_once)
    total = torch.zeros_like(weight)
    for x, own in zip(images.split(at_once), g.split(at_once), strict=True):
        total += x.T @ own
    return total


# Compares each piece with the whole batch but lets no gradient flow through the others.
def wrong_others_held_fixed(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    with torch.no_grad():
        everything = network(images, weight)
    total = torch.zeros_like(weight)
    for piece in images.split(at_once):
        scores = network(piece, leaf) @ everything.T
        part = torch.logsumexp(scores, dim=1).sum() / len(images)
        total += torch.autograd.grad(part, leaf)[0]
    return total


# Makes the given weights a leaf and adds into their .grad, which is still there at the next call.
def wrong_gradient_left_behind(weight, images, at_once):
    weight.requires_grad_()
    g = points_and_gradient(weight, images, at_once)
    for piece, own in zip(images.split(at_once), g.split(at_once), strict=True):
        network(piece, weight).backward(own)
    return weight.grad


# Takes a step with the weights inside the loop instead of only collecting the gradient.
def wrong_weights_changed(weight, images, at_once):
    weight.requires_grad_()
    g = points_and_gradient(weight, images, at_once)
    total = torch.zeros_like(weight)
    for piece, own in zip(images.split(at_once), g.split(at_once), strict=True):
        (part,) = torch.autograd.grad(network(piece, weight), weight, own)
        with torch.no_grad():
            weight -= 0.01 * part
        total += part
    return total


# hangs: forgets to move `start` on, so the loop over the pieces never ends.
def wrong_endless(weight, images, at_once):
    leaf = weight.detach().clone().requires_grad_()
    g = points_and_gradient(weight.detach(), images, at_once)
    start = 0
    while start < len(images):
        here = slice(start, start + at_once)
        network(images[here], leaf).backward(g[here])
    return leaf.grad


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "time": "endless",
    "shape": "gradient_at_the_embeddings",
    "pieces": "small_batches mean_of_small_batches rest_dropped last_piece_only gradient_of_the_first_images",
    "product": "ones_sent_back both_passes_added without_the_tanh others_held_fixed",
    "normaliser": "mean_over_pieces",
    "in-place": "gradient_left_behind weights_changed",
    "forbidden": "one_pass all_graphs_kept number_of_pieces",
}
