"""What a search gives back: photographs, best first, and whether the best is good enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload


@dataclass(frozen=True)
class Hit:
    """One photograph that a search found.

    Attributes:
        rank: its place in the list, 1 the best.
        score: cosine similarity to the query, at most 1.
        position: its row in the index.
        name: its path, or what the data set calls it.
        classes: its class at each level, finest first.
        is_there: whether its file is still where it was; True where the index holds no path of it.
    """

    rank: int
    score: float
    position: int
    name: str
    classes: tuple[str, ...]
    is_there: bool = True


@dataclass(frozen=True)
class Answer(Sequence[Hit]):
    """The photographs that a search found, best first; a sequence of `Hit`.

    Attributes:
        hits: of the list.
        threshold: the score that the first one must reach to count as found; None where none was chosen.
        copies_left_out: how many photographs with the bytes of the query were left out.

    Example:
        >>> answer = Answer((Hit(1, 0.91, 4, "apple/1.jpg", ("apple",)), Hit(2, 0.7, 2, "pear/9.jpg", ("pear",))), 0.8)
        >>> answer.found, answer[0].name, answer.positions
        (True, 'apple/1.jpg', [4, 2])
        >>> print(answer)
           1  0.910  apple  apple/1.jpg
           2  0.700  pear   pear/9.jpg
    """

    hits: tuple[Hit, ...]
    threshold: float | None = None
    copies_left_out: int = 0

    @property
    def found(self) -> bool:
        """Whether the best photograph reaches the threshold; True where there is none."""
        return bool(self.hits) and (self.threshold is None or self.hits[0].score >= self.threshold)

    @property
    def scores(self) -> list[float]:
        """The scores, highest first."""
        return [hit.score for hit in self.hits]

    @property
    def positions(self) -> list[int]:
        """The rows of the index, best first."""
        return [hit.position for hit in self.hits]

    @property
    def missing(self) -> list[str]:
        """The names of those whose files have vanished since they came into the index."""
        return [hit.name for hit in self.hits if not hit.is_there]

    def __len__(self) -> int:
        return len(self.hits)

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Hit, ...]: ...
    def __getitem__(self, index: int | slice) -> Hit | tuple[Hit, ...]:
        return self.hits[index]

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __str__(self) -> str:
        classes = [" < ".join(dict.fromkeys(hit.classes)) for hit in self.hits]  # a short branch repeats its last
        width = max(map(len, classes), default=0)
        rows = [
            f"{hit.rank:4}  {hit.score:.3f}  {text:{width}}  {hit.name}{'' if hit.is_there else '  (the file is gone)'}"
            for hit, text in zip(self.hits, classes, strict=True)
        ]
        if not self.found and self.threshold is not None:
            rows.insert(0, f"nothing found: no photograph reaches {self.threshold:.3f}; the nearest are")
        return "\n".join(rows)
