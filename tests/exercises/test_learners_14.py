"""Typical wrong answers to the exercises of chapter 14, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import EXERCISES, check
from suprank_edu.exercises.chapter14 import batch_loss, network
from suprank_edu.training import MemoryBank

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


@answers.wrong("gather_backward", "product", "factor is missing")
def rows_alone(gradient, rank, world_size):
    return gradient.chunk(world_size)[rank]


@answers.wrong("gather_backward", "normaliser", "divide by W")
def divided(gradient, rank, world_size):
    return gradient.chunk(world_size)[rank] / world_size


@answers.wrong("gather_backward", "normaliser", "two of them")
def factor_twice(gradient, rank, world_size):
    return (world_size * gradient).chunk(world_size)[rank] * world_size


@answers.wrong("gather_backward", "pieces", "every W-th row")
def strided(gradient, rank, world_size):
    return world_size * gradient[rank::world_size]


@answers.wrong("gather_backward", "pieces", "without the factor W")
def always_the_first(gradient, rank, world_size):
    return gradient[: len(gradient) // world_size]


@answers.wrong("gather_backward", "pieces", "from 0")
def counted_from_one(gradient, rank, world_size):
    return world_size * gradient.chunk(world_size)[rank - 1]


@answers.wrong("gather_backward", "shape", "these alone")
def all_rows(gradient, rank, world_size):
    return world_size * gradient


@answers.wrong("memory_ring", "ring", "past the end of the memory")
def no_ring(added, size, batch):
    return added + torch.arange(batch)


@answers.wrong("memory_ring", "ring", "brought round")
def only_the_start(added, size, batch):
    return added % size + torch.arange(batch)


@answers.wrong("memory_ring", "ring", "one over the other")
def clamped(added, size, batch):
    return (added + torch.arange(batch)).clamp(max=size - 1)


@answers.wrong("memory_ring", "ring", "place 0 each time")
def from_zero(added, size, batch):
    return torch.arange(batch)


@answers.wrong("memory_ring", "ring", "One place too far")
def one_too_far(added, size, batch):
    return (added + torch.arange(1, batch + 1)) % size


@answers.wrong("memory_ring", "ring", "starts over")
def no_room(added, size, batch):
    start = added % size
    return torch.arange(batch) + (0 if start + batch > size else start)


@answers.wrong("memory_ring", "shape", "One place for each")
def the_pointer(added, size, batch):
    return torch.tensor([(added + batch) % size])


@answers.wrong("memory_ring", "type")
def a_list(added, size, batch):
    return [(added + i) % size for i in range(batch)]


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


def test_the_library_writes_into_the_places_of_the_ring() -> None:
    def ex_memory_ring(added, size, batch):
        bank = MemoryBank(size, 1)
        bank.add(torch.zeros(added, 1) if added else torch.zeros(1, 1), torch.zeros(max(added, 1), 1))
        bank.added.fill_(added)
        bank.add(torch.arange(1.0, batch + 1)[:, None], torch.zeros(batch, 1))
        return torch.stack([(bank.stored_embeddings[:, 0] == i).nonzero()[0, 0] for i in range(1, batch + 1)])

    result = check("memory_ring", ex_memory_ring)
    assert result.passed, repr(result)
