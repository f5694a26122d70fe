"""Step (d): what a reviewer decides about each candidate, kept in a CSV file from which the labelling is replayed.

The file only grows. Who thinks again adds an `undo` row and decides anew, so that the file tells the whole story
and gives the same labelling whenever it is replayed.
"""

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from suprank_edu._checks import check_one_of
from suprank_edu.data.csv_files import read_csv
from suprank_edu.data.labelling.clusters import Candidate

NATURAL, HUMAN_MADE = "natural", "human-made"
NATURES = (NATURAL, HUMAN_MADE)
ACTIONS = ("accept", "rename", "merge", "reject", "undo")
COLUMNS = ("candidate", "suggested", "action", "value", "natural_or_human_made")


class Decision(NamedTuple):
    """One row of the file.

    Args:
        candidate: key of the candidate.
        action: `accept` (under the suggested name), `rename`, `merge` (into another candidate), `reject`, or
            `undo`, which takes the candidate's last decision back.
        value: the new name with `rename`, the key of the other candidate with `merge`, else empty.
        natural_or_human_made: `natural` or `human-made` with `accept` and `rename`, else empty.
    """

    candidate: str
    action: str
    value: str = ""
    natural_or_human_made: str = ""


@dataclass(frozen=True)
class Labelling:
    """What a review comes to.

    Args:
        supercategory: phrase → name of its supercategory; phrases of rejected or undecided candidates are not there.
        nature: supercategory → `natural` or `human-made`.
        undecided: keys of the candidates without a decision.
    """

    supercategory: dict[str, str]
    nature: dict[str, str]
    undecided: tuple[str, ...]


class Review:
    """The decisions about a list of candidates, checked one by one.

    Args:
        candidates: what there is to decide about, from `candidates`.

    Example:
        >>> castle = Candidate("k1", "castle", ("castle", "moated castle"), 12)
        >>> ruin = Candidate("k2", "ruin", ("castle ruin",), 3)
        >>> review = Review([castle, ruin])
        >>> review.apply(Decision("k1", "accept", natural_or_human_made="human-made"))
        >>> review.apply(Decision("k2", "merge", "k1"))
        >>> review.labelling().supercategory
        {'castle': 'castle', 'moated castle': 'castle', 'castle ruin': 'castle'}
    """

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self.candidates = {candidate.key: candidate for candidate in candidates}
        self.decided: dict[str, Decision] = {}

    def apply(self, decision: Decision) -> None:
        """Take one decision.

        Raises:
            ValueError: an unknown candidate or action, a second decision about one candidate, a supercategory that
                is natural in one row and human-made in another, or a merge into what was not accepted.
        """
        if decision.candidate not in self.candidates:
            raise ValueError(
                f"`candidate`: got {decision.candidate!r}, expected a key of the {len(self.candidates)} candidates; "
                "decisions belong to one clustering: the same phrases, number of clusters and seed"
            )
        check_one_of("action", decision.action, ACTIONS)
        if decision.action == "undo":
            self._undo(decision)
            return
        if decision.candidate in self.decided:
            before = self.decided[decision.candidate].action
            raise ValueError(
                f"`action`: got {decision.action!r} for {self._name(decision)} after {before!r}, expected 'undo' first"
            )
        self._check(decision)
        self.decided[decision.candidate] = decision

    def name_of(self, key: str) -> str:
        """Return the supercategory that a candidate became; empty where it was rejected or is not decided."""
        decision = self.decided.get(key)
        if decision is None or decision.action == "reject":
            return ""
        if decision.action == "merge":
            return self.name_of(decision.value)
        return decision.value if decision.action == "rename" else self.candidates[key].name

    def labelling(self) -> Labelling:
        """Return what the decisions so far come to."""
        names = {key: self.name_of(key) for key in self.candidates}
        nature = {names[d.candidate]: d.natural_or_human_made for d in self.decided.values() if d.natural_or_human_made}
        supercategory = {p: names[key] for key, c in self.candidates.items() if names[key] for p in c.phrases}
        return Labelling(supercategory, nature, tuple(key for key in self.candidates if key not in self.decided))

    def _undo(self, decision: Decision) -> None:
        if decision.candidate not in self.decided:
            raise ValueError(f"`action`: got 'undo' for {self._name(decision)}, expected one that was decided before")
        for other in self.decided.values():
            if other.action == "merge" and other.value == decision.candidate:
                raise ValueError(
                    f"`action`: got 'undo' for {self._name(decision)}, into which {self._name(other)} was merged; "
                    "undo that first"
                )
        del self.decided[decision.candidate]

    def _check(self, decision: Decision) -> None:
        action, value, nature = decision.action, decision.value, decision.natural_or_human_made
        if (action in ("rename", "merge")) != bool(value.strip()):
            expected = {"rename": "the new name", "merge": "the key of another candidate"}.get(action, "nothing")
            raise ValueError(f"`value`: got {value!r} with {action!r}, expected {expected}")
        if action in ("accept", "rename"):
            self._check_nature(decision)
        elif nature:
            raise ValueError(f"`natural_or_human_made`: got {nature!r} with {action!r}, expected nothing")
        target = self.decided.get(value)
        if action == "merge" and (target is None or target.action not in ("accept", "rename")):
            raise ValueError(
                f"`value`: got {value!r} with 'merge', expected the key of a candidate accepted or renamed before"
            )

    def _check_nature(self, decision: Decision) -> None:
        nature = decision.natural_or_human_made
        check_one_of("natural_or_human_made", nature, NATURES)
        name = decision.value if decision.action == "rename" else self.candidates[decision.candidate].name
        for other in self.decided.values():
            if self.name_of(other.candidate) == name and other.natural_or_human_made not in ("", nature):
                raise ValueError(
                    f"`natural_or_human_made`: got {nature!r} for {name!r}, which is "
                    f"{other.natural_or_human_made!r} already"
                )

    def _name(self, decision: Decision) -> str:
        return f"{self.candidates[decision.candidate].name!r} ({decision.candidate})"


class ReviewLog:
    """A review that writes each decision to its file, on the disk before it counts.

    Args:
        path: the CSV file; decisions that are in it already are replayed, a missing file is begun.
        candidates: what there is to decide about.

    Raises:
        ValueError: the file holds rows that do not fit; the message names file and line.

    Attributes:
        review: the decisions so far.
    """

    def __init__(self, path: str | PathLike[str], candidates: Sequence[Candidate]) -> None:
        self.path = Path(path)
        self.review = _replay(self.path, candidates) if self.path.exists() else Review(candidates)

    def decide(self, decision: Decision) -> None:
        """Check a decision, write it to the file, flushed, and take it.

        Raises:
            ValueError: as `Review.apply`; nothing is written then.
        """
        trial = Review(list(self.review.candidates.values()))
        trial.decided = dict(self.review.decided)
        trial.apply(decision)
        suggested = trial.candidates[decision.candidate].name
        is_new = not self.path.exists() or not self.path.read_text(encoding="utf-8-sig").strip()
        row = [decision.candidate, suggested, *decision[1:]]
        with self.path.open("a", encoding="utf-8", newline="") as file:
            # One write for the whole row: a break leaves it out, or whole.
            file.write(("" if not is_new else _line(COLUMNS)) + _line(row))
            file.flush()
            os.fsync(file.fileno())
        self.review = trial


def replay(path: str | PathLike[str], candidates: Sequence[Candidate]) -> Labelling:
    """Return the labelling that the decisions of a file give for the candidates they were made about.

    Args:
        path: a CSV file with the columns `candidate,suggested,action,value,natural_or_human_made`.
        candidates: the same candidates as at the time of the review.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a row that is malformed, unknown or in conflict with one before; the message names file and line.
    """
    return _replay(Path(path), candidates).labelling()


def _replay(path: Path, candidates: Sequence[Candidate]) -> Review:
    review = Review(candidates)
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        last = content.count(b"\n") + 1
        raise ValueError(f"{path}, line {last}: the row is cut off; complete it or delete it")
    header, rows = read_csv(path)
    if header and tuple(header) != COLUMNS:
        raise ValueError(f"{path}, line 1: got {','.join(header)!r}, expected {','.join(COLUMNS)!r}")
    for line, (candidate, _, action, value, nature) in rows:
        try:
            review.apply(Decision(candidate, action, value, nature))
        except ValueError as error:
            raise ValueError(f"{path}, line {line}: {error}") from None
    return review


def _line(fields: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(fields)
    return buffer.getvalue()
