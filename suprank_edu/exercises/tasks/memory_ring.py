"""Chapter 14: the places of a memory bank into which the next embeddings are written."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Case, Exercise, Function, Mistake


def _places(rule: Function) -> Function:
    def places(added: int, size: int, batch: int) -> Tensor:
        return torch.tensor([rule(added, i, size, batch) for i in range(batch)], dtype=torch.float64)

    return places


MEMORY_RING = Exercise(
    name="memory_ring",
    arguments=("added", "size", "batch"),
    returns="(batch,), one place per new embedding, in their order",
    truth=_places(lambda added, i, size, batch: (added + i) % size),
    cases=(
        Case("eight places, six added so far, four more", (6, 8, 4)),
        Case("the third round", (23, 10, 5)),
        Case("an empty memory", (0, 4, 3)),
    ),
    mistakes=(
        Mistake(
            "ring",
            "You run past the end of the memory. After the last place comes place 0, where the oldest embedding lies.",
            _places(lambda added, i, size, batch: added + i),
            "`% size` brings it round.",
        ),
        Mistake(
            "ring",
            "The start is brought round, the places after it are not: the last ones lie past the end.",
            _places(lambda added, i, size, batch: added % size + i),
            "Add first, then `% size`.",
        ),
        Mistake(
            "ring",
            "All that would run past the end is written into the last place, one over the other.",
            _places(lambda added, i, size, batch: min(added + i, size - 1)),
        ),
        Mistake(
            "ring",
            "You begin at place 0 each time, so the oldest stay in the memory for ever.",
            _places(lambda added, i, size, batch: i),
        ),
        Mistake(
            "ring",
            "One place too far. With nothing added yet, the first place to be written is 0.",
            _places(lambda added, i, size, batch: (added + i + 1) % size),
        ),
        Mistake(
            "ring",
            "You count in batches. `added` is the number of embeddings.",
            _places(lambda added, i, size, batch: (added * batch + i) % size),
        ),
        Mistake(
            "ring",
            "Backwards: the first of the batch goes to the first free place, the next to the one after it.",
            _places(lambda added, i, size, batch: (added + batch - 1 - i) % size),
        ),
        Mistake(
            "ring",
            "A batch that does not fit before the end starts over at 0, and the places at the end keep what is oldest.",
            _places(lambda added, i, size, batch: i if added % size + batch > size else added % size + i),
        ),
    ),
    praise="`MemoryBank` writes just there, and its counter is saved with the rest: a run that goes on overwrites what "
    "it would have overwritten.",
    advice={
        "dtype": "A place is a whole number.",
    },
    further={
        "shape": "One place for each of the `batch` new embeddings.",
    },
    floating=False,
)
