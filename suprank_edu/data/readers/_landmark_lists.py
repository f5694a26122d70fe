"""The lists of images of Google Landmarks v2: millions of lines, read into arrays piece by piece."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from suprank_edu.data.readers._files import ListFile

_PIECE = 200_000


class Images(NamedTuple):
    """N images: their ids, landmarks, and the line each stands on."""

    ids: npt.NDArray[np.bytes_]
    landmarks: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int32]

    def take(self, rows: npt.NDArray[np.intp]) -> Images:
        """Return the images at `rows`."""
        return Images(self.ids[rows], self.landmarks[rows], self.lines[rows])


class _Collector:
    """Gathers images; ids go to numpy in pieces, since four million `bytes` objects would take 200 MB."""

    def __init__(self) -> None:
        self.ids: list[bytes] = []
        self.landmarks, self.lines = array("q"), array("i")
        self._pieces: list[npt.NDArray[np.bytes_]] = []

    def flush(self, least: int = _PIECE) -> None:
        if len(self.ids) >= least:
            self._pieces.append(np.array(self.ids, dtype=np.bytes_))
            self.ids.clear()

    def images(self, file: ListFile) -> Images:
        self.flush(least=1)
        ids = np.concatenate(self._pieces) if self._pieces else np.empty(0, dtype="S3")
        lines = np.array(self.lines, dtype=np.int32)
        # An id names its folders by its first three letters; shorter ones are padded with zeros.
        letters = ids.view(np.uint8).reshape(len(ids), ids.itemsize)  # (N, longest id)
        bad = np.flatnonzero((letters[:, :3] == 0).any(axis=1)) if ids.itemsize >= 3 else np.arange(len(ids))
        if len(bad):
            raise file.error(int(lines[bad[0]]), f"the image id {ids[bad[0]].decode()!r}", "three letters or more")
        return Images(ids, np.array(self.landmarks, dtype=np.int64), lines)


def read_pairs(file: ListFile, header: Sequence[str]) -> Images:
    """Read a CSV whose first column is an image id and whose last is its landmark.

    What stands between them, an address with commas perhaps, is passed over.
    """
    found = _Collector()
    add_id, add_landmark, add_line = found.ids.append, found.landmarks.append, found.lines.append
    with open(file.path, "rb") as lines:
        for number, line in _after_header(file, lines, header):
            image, _, rest = line.partition(b",")
            try:
                add_landmark(int(rest[rest.rfind(b",") + 1 :]))
            except (ValueError, OverflowError):
                raise _malformed(file, number, line, header) from None
            if rest.count(b",") + 2 < len(header):
                raise _malformed(file, number, line, header)
            add_id(image)
            add_line(number)
            if len(found.ids) >= _PIECE:
                found.flush()
    return found.images(file)


def read_cleaned(file: ListFile) -> Images:
    """Read a CSV with one landmark a line: its id, and its images between blanks."""
    found, header = _Collector(), ("landmark_id", "images")
    with open(file.path, "rb") as lines:
        for number, line in _after_header(file, lines, header):
            landmark, _, names = line.partition(b",")
            images = names.split()
            try:
                found.landmarks.extend(array("q", [int(landmark)]) * len(images))
            except (ValueError, OverflowError):
                raise _malformed(file, number, line, header) from None
            if not images or b"," in names:
                raise _malformed(file, number, line, header)
            found.ids.extend(images)
            found.lines.extend(array("i", [number]) * len(images))
            found.flush()
    return found.images(file)


def read_solution(file: ListFile, index: Images) -> Images:
    """Read the queries that count, each with the landmark of the first index image of its answer."""
    found = _Collector()
    answers = []
    header = ("id", "images", "Usage")
    with open(file.path, "rb") as lines:  # some answers are longer than the fields that `csv` reads
        for number, line in _after_header(file, lines, header):
            query, _, rest = line.partition(b",")
            images, comma, _ = rest.rpartition(b",")
            if not comma:
                raise _malformed(file, number, line, header)
            if images.strip() not in (b"None", b""):
                found.ids.append(query)
                found.lines.append(number)
                answers.append(images.split()[0])
    place = {image: row for row, image in enumerate(index.ids.tolist())} if answers else {}
    for number, answer in zip(found.lines, answers, strict=True):
        if answer not in place:
            raise file.error(number, f"the index image {answer.decode()!r}", "one of index_image_to_landmark.csv")
        found.landmarks.append(int(index.landmarks[place[answer]]))
    return found.images(file)


def _after_header(file: ListFile, lines: BinaryIO, header: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """Yield the number and content of each line that is not blank, after checking the first."""
    first = lines.readline().decode("utf-8-sig", errors="replace").strip()
    if first != ",".join(header):
        raise file.error(1, f"the header {first!r}", repr(",".join(header)))
    return ((number, line) for number, line in enumerate(lines, 2) if line not in (b"\n", b"\r\n"))


def _malformed(file: ListFile, number: int, line: bytes, header: Sequence[str]) -> ValueError:
    shown = line.decode(errors="replace").strip()
    return file.error(number, repr(shown if len(shown) <= 80 else f"{shown[:80]}…"), ",".join(header))
