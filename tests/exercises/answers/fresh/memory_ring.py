"""Answers to the exercise `memory_ring` by readers of the chapter."""

import itertools

import numpy as np
import torch


def right_modulo(added, size, batch):
    return (added + torch.arange(batch)) % size


def right_loop(added, size, batch):
    places, place = [], added % size
    for _ in range(batch):
        places.append(place)
        place += 1
        if place == size:
            place = 0
    return torch.tensor(places, dtype=torch.long)


def right_roll(added, size, batch):
    return torch.arange(size).roll(-(added % size))[:batch]


def right_two_pieces(added, size, batch):
    start = added % size
    until_the_end = torch.arange(start, min(start + batch, size))
    return torch.cat([until_the_end, torch.arange(batch - len(until_the_end))])


def right_numpy(added, size, batch):
    return torch.from_numpy(np.mod(np.arange(added, added + batch), size))


def right_cycle(added, size, batch):
    ring = itertools.cycle(range(size))
    start = added % size
    return torch.tensor(list(itertools.islice(ring, start, start + batch)), dtype=torch.long)


# Forgets that the memory is a ring: the places run past its end.
def wrong_past_the_end(added, size, batch):
    return torch.arange(added, added + batch)


# Wraps the first place only; the others run past the end.
def wrong_only_the_start_wraps(added, size, batch):
    return added % size + torch.arange(batch)


# Begins at place 0 again when the batch does not fit into the rest.
def wrong_no_split_over_the_end(added, size, batch):
    start = added % size
    if start + batch > size:
        start = 0
    return torch.arange(start, start + batch)


# Begins one place too late, as if places were counted from 1.
def wrong_one_too_late(added, size, batch):
    return (added + 1 + torch.arange(batch)) % size


# Begins one place too early, at the place that was written last.
def wrong_one_too_early(added, size, batch):
    return (added - 1 + torch.arange(batch)) % size


# Counts places from 1 to size.
def wrong_places_from_one(added, size, batch):
    return (added + torch.arange(batch)) % size + 1


# Writes only up to the end of the memory and drops the rest of the batch.
def wrong_rest_dropped(added, size, batch):
    start = added % size
    return torch.arange(start, min(start + batch, size))


# Writes everything that does not fit into the last place.
def wrong_stays_at_the_end(added, size, batch):
    return (added % size + torch.arange(batch)).clamp(max=size - 1)


# Always begins at place 0.
def wrong_from_zero(added, size, batch):
    return torch.arange(batch) % size


# Counts `added` in batches rather than in embeddings.
def wrong_added_in_batches(added, size, batch):
    return (added * batch + torch.arange(batch)) % size


# Takes the remainder by the batch size instead of the size of the memory.
def wrong_modulo_batch(added, size, batch):
    return (added + torch.arange(batch)) % batch


# Moves everything up: once full, the newest always lie in the last places, as in a queue.
def wrong_queue(added, size, batch):
    start = min(added, size - batch)
    return torch.arange(start, start + batch)


# Returns the places in ascending order, so they no longer belong to their embeddings.
def wrong_sorted(added, size, batch):
    return ((added + torch.arange(batch)) % size).sort().values


# Takes off `size` once: enough for the first round only.
def wrong_one_round_only(added, size, batch):
    places = added + torch.arange(batch)
    return torch.where(places >= size, places - size, places)


# Writes `> size` for `>= size`, so that place `size` occurs, which does not exist.
def wrong_place_size(added, size, batch):
    places, place = [], added
    while place > size:
        place -= size
    for _ in range(batch):
        places.append(place)
        place += 1
        if place > size:
            place = 1
    return torch.tensor(places, dtype=torch.long)


# Goes backwards from the place of the newest.
def wrong_backwards(added, size, batch):
    return (added - torch.arange(batch)) % size


# Marks the places in a table of the whole memory instead of listing them.
def wrong_mask(added, size, batch):
    mask = torch.zeros(size, dtype=torch.bool)
    mask[(added + torch.arange(batch)) % size] = True
    return mask


# hangs: subtracts the size without keeping the result, so the loop never ends once the memory is full.
def wrong_endless(added, size, batch):
    place = added
    while place >= size:
        place - size
    return (place + torch.arange(batch)) % size


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "time": "endless",
    "shape": "rest_dropped mask",
    "off-by-one": "places_from_one",
    "order": "sorted",
    "ring": (
        "past_the_end only_the_start_wraps no_split_over_the_end one_too_late one_too_early stays_at_the_end "
        "from_zero added_in_batches modulo_batch queue one_round_only backwards"
    ),
    "wrong": "place_size",
}
