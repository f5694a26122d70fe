"""Typical wrong answers to the exercise `memory_ring`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check
from suprank_edu.training import MemoryBank

answers = Answers()


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


@answers.wrong("memory_ring", "dtype", "index")
def places_of_floats(added, size, batch):
    return (added + torch.arange(batch).float()) % size


@answers.wrong("memory_ring", "type")
def a_list(added, size, batch):
    return [(added + i) % size for i in range(batch)]


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_writes_into_the_places_of_the_ring() -> None:
    def ex_memory_ring(added, size, batch):
        bank = MemoryBank(size, 1)
        bank.add(torch.zeros(added, 1) if added else torch.zeros(1, 1), torch.zeros(max(added, 1), 1, dtype=torch.long))
        bank.added.fill_(added)
        bank.load_state_dict(bank.state_dict())  # as a run that goes on reads it
        bank.add(torch.arange(1.0, batch + 1)[:, None], torch.zeros(batch, 1, dtype=torch.long))
        return torch.stack([(bank.stored_embeddings[:, 0] == i).nonzero()[0, 0] for i in range(1, batch + 1)])

    result = check("memory_ring", ex_memory_ring)
    assert result.passed, repr(result)
