"""Chapter 14: the gradient of a loss that couples the batch, a few images with a graph at a time."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Hint, Mistake, case
from suprank_edu.exercises.engine.watch import rows_in_graphs


def network(images: Tensor, weight: Tensor) -> Tensor:
    """Return the `(B, D)` embeddings of `(B, F)` images under `(F, D)` weights."""
    return torch.tanh(images @ weight)


def batch_loss(embeddings: Tensor, gallery: Tensor | None = None) -> Tensor:
    """Return a loss that couples all images of a batch: each query's scores against the gallery, softly the largest."""
    gallery = embeddings if gallery is None else gallery
    return torch.logsumexp(embeddings @ gallery.T, dim=1).mean()


def _one_pass(weight: Tensor, images: Tensor) -> Tensor:
    weight = weight.to(torch.float64).clone().requires_grad_()
    with torch.enable_grad():
        loss = batch_loss(network(images.to(torch.float64), weight))
    return torch.autograd.grad(loss, weight)[0]


def _at_embeddings(weight: Tensor, images: Tensor, gallery_counts: bool = True) -> Tensor:
    """Return `(B, D)`: the gradient of the loss at the embeddings, of both roles or as a query alone."""
    embeddings = network(images.to(torch.float64), weight.to(torch.float64)).requires_grad_()
    with torch.enable_grad():
        loss = batch_loss(embeddings, None if gallery_counts else embeddings.detach())
    return torch.autograd.grad(loss, embeddings)[0]


def _second_pass(weight: Tensor, images: Tensor, gradient: Tensor) -> Tensor:
    """Return what the images add: Σ of (∂e/∂weight)ᵀ g."""
    images, weight = images.to(torch.float64), weight.to(torch.float64)
    return images.T @ ((1 - network(images, weight) ** 2) * gradient)


def _split(tensor: Tensor, at_once: int) -> list[Tensor]:
    return [tensor[start : start + at_once] for start in range(0, len(tensor), at_once)]


def _pieces(which: str) -> Function:
    """Return a rule that goes over the pieces with the right gradients, and then keeps, drops or averages."""

    def rule(weight: Tensor, images: Tensor, at_once: int) -> Tensor:
        gradients = _split(_at_embeddings(weight, images), at_once)
        parts = [_second_pass(weight, i, g) for i, g in zip(_split(images, at_once), gradients, strict=True)]
        whole = len(images) // at_once
        totals: dict[str, Tensor] = {
            "sum": sum(parts, torch.zeros_like(parts[0])),
            "mean": torch.stack(parts).mean(0),
            "first": parts[0],
            "last": parts[-1],
            "whole": sum(parts[:whole], torch.zeros_like(parts[0])),
        }
        return totals[which]

    return rule


def _piece_losses(how: str) -> Function:
    """Return the gradient of losses of the pieces alone, added, averaged, or weighed by their sizes."""

    def rule(weight: Tensor, images: Tensor, at_once: int) -> Tensor:
        pieces = _split(images, at_once)
        parts = torch.stack([_one_pass(weight, piece) for piece in pieces])
        sizes = torch.tensor([len(piece) for piece in pieces], dtype=torch.float64)[:, None, None]
        return {"sum": parts.sum(0), "mean": parts.mean(0), "sizes": (parts * sizes).sum(0) / len(images)}[how]

    return rule


def _without_slope(weight: Tensor, images: Tensor, at_once: int) -> Tensor:
    return images.to(torch.float64).T @ _at_embeddings(weight, images)


def _as_query(weight: Tensor, images: Tensor, at_once: int) -> Tensor:
    return _second_pass(weight, images, _at_embeddings(weight, images, gallery_counts=False))


def _first_gradients(weight: Tensor, images: Tensor, at_once: int) -> Tensor:
    gradient = _at_embeddings(weight, images)
    parts = [_second_pass(weight, piece, gradient[: len(piece)]) for piece in _split(images, at_once)]
    return torch.stack(parts).sum(0)


def _of_ones(weight: Tensor, images: Tensor, at_once: int) -> Tensor:
    return _second_pass(weight, images, torch.ones((), dtype=torch.float64))


def _keeps_graphs(call: Function, weight: Tensor, images: Tensor, at_once: int) -> Hint | None:
    """Tell a gradient for which more than `at_once` images had a graph at a time, or one that stays behind."""
    # The network saves its images, (n, F), for the way back; embeddings, scores and weights have other widths here.
    held = rows_in_graphs(call, width=images.shape[1])
    if at_once < len(images) and held > at_once:
        return Hint(
            "forbidden",
            f"The gradient is right, but {held} images had a graph at the same time, where {at_once} are allowed: "
            "a graph lives from the forward pass of its images to their backward pass. How many images go through the "
            "network in between?",
            _OWN_LOSS_MORE,
        )
    if weight.grad is not None:
        return Hint(
            "in-place",
            "The gradient is right, but it also stays behind in the `.grad` of the weights that were handed in, and "
            "the next call would add to it. Work on a leaf of your own.",
            "`weight.detach().clone().requires_grad_()`",
        )
    return None


_OWN_LOSS = (
    "You take the loss of each piece alone, so that its images never meet the others. The loss couples the whole "
    "batch: take it once, on the embeddings of all."
)

_OWN_LOSS_MORE = (
    "First `embeddings = torch.cat([network(piece, weight) for piece in images.split(at_once)])` without a graph, then "
    "`embeddings.detach().requires_grad_()`, `batch_loss(embeddings)`, and its gradient."
)

TWO_PASS_GRADIENT = Exercise(
    name="two_pass_gradient",
    arguments=("weight", "images", "at_once"),
    returns="(F, D), the gradient at `weight`",
    truth=lambda weight, images, at_once: _one_pass(weight, images),
    cases=(
        case(
            "five images, two at a time",
            [[0.8, -0.3], [0.1, 0.9], [-0.6, 0.4]],
            [[0.9, 0.2, -0.4], [0.3, -0.7, 0.5], [-0.8, 0.6, 0.1], [0.4, 0.5, 0.9], [0.1, -0.9, 0.7]],
            2,
        ),
        case("four images, two at a time", [[0.5], [-0.7]], [[1.0, 0.3], [0.2, -0.6], [-0.5, 0.8], [0.7, 0.9]], 2),
        case(
            "seven images, three at a time",
            [[0.4, 0.7], [-0.5, 0.2], [0.3, -0.8], [0.6, 0.1]],
            [
                [0.2, -0.9, 0.4, 0.7],
                [0.8, 0.1, -0.3, 0.5],
                [-0.6, 0.4, 0.9, -0.2],
                [0.3, 0.7, -0.8, 0.1],
                [-0.1, 0.6, 0.2, 0.9],
                [0.5, -0.4, 0.1, -0.7],
                [0.9, 0.3, 0.6, -0.5],
            ],
            3,
        ),
        case("three images, all at a time", [[0.6, 0.2], [-0.4, 0.7]], [[0.9, -0.1], [0.4, 0.8], [-0.3, 0.5]], 3),
    ),
    mistakes=(
        Mistake("pieces", _OWN_LOSS, _piece_losses("sum"), _OWN_LOSS_MORE),
        Mistake("pieces", _OWN_LOSS + " That you average their gradients does not mend it.", _piece_losses("mean")),
        Mistake(
            "pieces",
            _OWN_LOSS + " Weighing the pieces by their sizes does not mend it.",
            _piece_losses("sizes"),
            _OWN_LOSS_MORE,
        ),
        Mistake("pieces", "Only the first piece adds to your gradient. Go on to the others.", _pieces("first")),
        Mistake(
            "pieces",
            "Only the last piece adds to your gradient: each pass overwrites the one before. Add them up.",
            _pieces("last"),
        ),
        Mistake(
            "pieces",
            "The last piece is shorter than the others, and you leave it out.",
            _pieces("whole"),
            "`images.split(at_once)` gives the shorter piece too.",
        ),
        Mistake(
            "normaliser",
            "You average over the pieces. The chain rule is a sum over the images; the loss has been averaged already.",
            _pieces("mean"),
        ),
        Mistake(
            "product",
            "You stop at `images @ weight`. Between it and the embedding lies the tanh, whose slope 1 − e² belongs to "
            "the chain rule.",
            _without_slope,
            "Let autograd do it: `network(piece, weight).backward(gradient_of_the_piece)`.",
        ),
        Mistake(
            "product",
            "Each image is a query and also stands in the gallery of the others. You keep the gradient of the query "
            "alone: the gallery must not be detached.",
            _as_query,
        ),
        Mistake(
            "pieces",
            "Every piece gets the gradients of the first images. A piece goes back with the rows of its own images.",
            _first_gradients,
        ),
        Mistake(
            "product",
            "You send back ones, which is the gradient of the sum of the embeddings. Send back the gradient of the "
            "loss at them.",
            _of_ones,
        ),
        Mistake(
            "product",
            "Everything is there twice: the first pass had a graph too, and left a gradient at the weights already.",
            lambda w, i, n: 2 * _one_pass(w, i),
        ),
        Mistake("sign", "The gradient points the other way.", lambda w, i, n: -_one_pass(w, i)),
    ),
    forbidden=_keeps_graphs,
    praise="The same gradient as in one pass, with a graph of a few images at a time: the batch may now be as large as "
    "its embeddings.",
    further={
        "shape": "The gradient has the shape of the weights, `(F, D)`.",
        "exception": "In `tensor.backward(gradient)` the gradient has the shape of the tensor.",
        "wrong": "Three steps: embeddings of all without a graph; the gradient of the loss at them; each piece again, "
        "with `torch.autograd.grad(network(piece, weight), weight, gradient_of_the_piece)`.",
    },
)
