"""Typical wrong answers to the exercise `two_pass_gradient`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import EXERCISES
from suprank_edu.exercises.tasks.two_pass_gradient import batch_loss, network

answers = Answers()


def leaf(weight):
    return weight.detach().clone().requires_grad_()


def at_embeddings(weight, images):
    embeddings = network(images, weight).detach().requires_grad_()
    return torch.autograd.grad(batch_loss(embeddings), embeddings)[0]


def of_pieces(weight, images, at_once):
    """What each piece adds to the gradient, rightly."""
    weight, gradients = leaf(weight), at_embeddings(weight, images).split(at_once)
    return [
        torch.autograd.grad(network(piece, weight), weight, gradient)[0]
        for piece, gradient in zip(images.split(at_once), gradients, strict=True)
    ]


@answers.wrong("two_pass_gradient", "pieces", "of each piece alone")
def accumulated(weight, images, at_once):
    weight = leaf(weight)
    for piece in images.split(at_once):
        batch_loss(network(piece, weight)).backward()
    return weight.grad


@answers.wrong("two_pass_gradient", "pieces", "average their gradients")
def accumulated_and_averaged(weight, images, at_once):
    return accumulated(weight, images, at_once) / len(images.split(at_once))


@answers.wrong("two_pass_gradient", "pieces", "by their sizes")
def accumulated_by_size(weight, images, at_once):
    weight = leaf(weight)
    for piece in images.split(at_once):
        (batch_loss(network(piece, weight)) * len(piece) / len(images)).backward()
    return weight.grad


@answers.wrong("two_pass_gradient", "pieces", "overwrites")
def overwritten(weight, images, at_once):
    return of_pieces(weight, images, at_once)[-1]


@answers.wrong("two_pass_gradient", "pieces", "Only the first")
def returned_in_the_loop(weight, images, at_once):
    for part in of_pieces(weight, images, at_once):
        return part


@answers.wrong("two_pass_gradient", "pieces", "shorter")
def floor_division(weight, images, at_once):
    total = torch.zeros_like(weight)
    for number in range(len(images) // at_once):
        total += of_pieces(weight, images, at_once)[number]
    return total


@answers.wrong("two_pass_gradient", "normaliser", "a sum over the images")
def averaged(weight, images, at_once):
    return torch.stack(of_pieces(weight, images, at_once)).mean(0)


@answers.wrong("two_pass_gradient", "product", "tanh")
def linear_chain(weight, images, at_once):
    return images.T @ at_embeddings(weight, images)


@answers.wrong("two_pass_gradient", "product", "also stands in the gallery")
def gallery_detached(weight, images, at_once):
    weight = leaf(weight)
    gallery = network(images, weight).detach()
    for piece in images.split(at_once):
        (batch_loss(network(piece, weight), gallery) * len(piece) / len(images)).backward()
    return weight.grad


@answers.wrong("two_pass_gradient", "sign")
def descending(weight, images, at_once):
    return -sum(of_pieces(weight, images, at_once))


@answers.wrong("two_pass_gradient", "exception", "RuntimeError")
def no_grad_to_the_end(weight, images, at_once):
    with torch.no_grad():
        embeddings = network(images, leaf(weight))
    batch_loss(embeddings).backward()


@answers.wrong("two_pass_gradient", "shape", "(F, D)")
def at_the_embeddings(weight, images, at_once):
    return at_embeddings(weight, images)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_gradient_of_one_pass_is_that_of_finite_differences() -> None:
    exercise = EXERCISES["two_pass_gradient"]
    for case in exercise.cases:
        weight, images, at_once = case.args
        expected, h = torch.zeros(weight.shape, dtype=torch.float64), 1e-6
        for i in range(weight.numel()):
            sides = []
            for move in (h, -h):
                moved = weight.double().clone()
                moved.view(-1)[i] += move
                sides.append(float(batch_loss(network(images.double(), moved))))
            expected.view(-1)[i] = (sides[0] - sides[1]) / (2 * h)
        assert torch.allclose(exercise.truth(weight, images, at_once), expected, atol=1e-8)
