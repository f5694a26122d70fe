"""Chapter 14: the places of a memory bank into which the next embeddings are written."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Hint, Mistake, case, forms


def _places(rule: Function) -> Function:
    def places(added: int, size: int, batch: int) -> Tensor:
        return torch.tensor([rule(added, i, size, batch) for i in range(batch)], dtype=torch.float64)

    return places


def _no_indices(call: Function, added: int, size: int, batch: int) -> Hint | None:
    """Tell places that are no whole numbers, which nothing can be written to."""
    places, _ = call()
    if not places.is_floating_point():
        return None
    return Hint("dtype", f"The places are right, but of dtype `{places.dtype}`. A place is an index, a whole number.")


_right = _places(lambda added, i, size, batch: (added + i) % size)

MEMORY_RING = Exercise(
    name="memory_ring",
    arguments=("added", "size", "batch"),
    returns="(batch,), one place per new embedding, in their order",
    truth=_right,
    cases=(
        case("eight places, six added so far, four more", 6, 8, 4),
        case("the third round", 23, 10, 5),
        case("the third round, over the end", 17, 6, 4),
        case("an empty memory", 0, 4, 3),
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
        *forms(
            "ring",
            "All that would run past the end is written into the last place, one over the other.",
            _places(lambda added, i, size, batch: min(added + i, size - 1)),
            _places(lambda added, i, size, batch: min(added % size + i, size - 1)),
        ),
        Mistake(
            "ring",
            "Right in the second round, and no longer in the third: `size` is taken off once. How often must it be?",
            _places(lambda added, i, size, batch: added + i - size * (added + i >= size)),
        ),
        Mistake(
            "ring",
            "Once the memory is full, you write the newest into the last places, as if all had moved up. Nothing moves "
            "in a ring: the newest replace the oldest where these lie.",
            _places(lambda added, i, size, batch: min(added, size - batch) + i),
        ),
        Mistake(
            "ring",
            "The places go round after `batch` of them. The memory has `size`.",
            _places(lambda added, i, size, batch: (added + i) % batch),
        ),
        Mistake(
            "order",
            "The places are the right ones, from the lowest to the highest. The first of the batch goes to the oldest "
            "place, which need not be the lowest.",
            lambda added, size, batch: _right(added, size, batch).sort().values,
        ),
        Mistake(
            "ring",
            "One place too early: that is where the newest embedding lies. The next goes one further.",
            _places(lambda added, i, size, batch: (added + i - 1) % size),
        ),
        Mistake(
            "off-by-one",
            "Your places run from 1 to `size`. They are counted from 0, so the last is `size` − 1.",
            _places(lambda added, i, size, batch: (added + i) % size + 1),
        ),
        *forms(
            "ring",
            "Backwards: the first of the batch goes to the first free place, the next to the one after it.",
            _places(lambda added, i, size, batch: (added - i) % size),
            _places(lambda added, i, size, batch: (added + batch - 1 - i) % size),
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
            "A batch that does not fit before the end starts over at 0, and the places at the end keep what is oldest.",
            _places(lambda added, i, size, batch: i if added % size + batch > size else added % size + i),
        ),
    ),
    praise="`MemoryBank` writes just there, and its counter is saved with the rest: a run that goes on overwrites what "
    "it would have overwritten.",
    advice={"dtype": "A place is a whole number."},
    further={"shape": "One place for each of the `batch` new embeddings."},
    floating=False,
    forbidden=_no_indices,
)
