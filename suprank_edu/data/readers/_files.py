"""What every reader of a published set needs: where it comes from, its folder, its list files and their errors."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TypeVar

from suprank_edu.data.folders import ENVIRONMENT_VARIABLE, data_folder

Root = str | PathLike[str] | None
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Origin:
    """Where a set comes from.

    Args:
        name: its folder below `$SUPRANK_EDU_DATA`.
        title: what its authors call it.
        url: its official page.
        licence: the terms of the images, in one line.
    """

    name: str
    title: str
    url: str
    licence: str

    @property
    def advice(self) -> str:
        """Where to get it, as the end of an error message."""
        return f"get {self.title} from {self.url}"


def find_root(origin: Origin, root: Root) -> Path:
    """Return the folder of a set.

    Raises:
        FileNotFoundError: if there is none; the message says where to get the set.
    """
    folder = data_folder(origin.name) if root is None else Path(root).expanduser()
    if folder is None:
        raise FileNotFoundError(
            f"`root`: got None, and ${ENVIRONMENT_VARIABLE} is not set, expected the folder of the set (or "
            f"${ENVIRONMENT_VARIABLE}, the folder above `{origin.name}`); {origin.advice}"
        )
    if not folder.is_dir():
        raise FileNotFoundError(f"`root`: got {folder}, which is no folder, expected that of the set; {origin.advice}")
    return folder


class ListFile:
    """A file that lists images or classes, and the errors that name it.

    Args:
        origin: the set it belongs to.
        root: the folder of the set.
        names: its path below `root`; of several the first that exists.

    Raises:
        FileNotFoundError: if there is none; the message says where to get the set.
    """

    def __init__(self, origin: Origin, root: Path, *names: str) -> None:
        self.origin = origin
        self.root = root
        found = [root / name for name in names if (root / name).is_file()]
        if not found:
            raise FileNotFoundError(f"{root / names[0]}: no such file; {origin.advice}")
        self.path = found[0]

    def place(self, line: int | None) -> str:
        """Name a line of the file, counted from 1 (an entry, where it is no text), or the whole file."""
        unit = "line" if self.path.suffix in (".txt", ".csv") else "entry"
        return f"{self.path}, {unit} {line}" if line is not None else f"{self.path}"

    def error(self, line: int | None, got: object, expected: str) -> ValueError:
        """Return the error of a malformed line, or of the whole file."""
        return ValueError(f"{self.place(line)}: got {got}, expected {expected}; {self.origin.advice}")

    def rows(
        self, width: int, *, separator: str | None = None, header: Sequence[str] = (), skip: int = 0
    ) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the fields of each line that is not blank.

        Args:
            width: how many fields a line has.
            separator: what stands between them; None means blanks, `","` reads CSV with its quotes.
            header: what the fields of the first line begin with: headers of published files are damaged behind that.
            skip: how many lines are left out, where there is no header.

        Raises:
            ValueError: if a line has another number of fields, or the header differs.
        """
        for number, fields in self._split_lines(separator):
            if any("\0" in field for field in fields):  # no file has a name like it
                raise self.error(number, "a NUL character", "text")
            if header and number == 1:
                self._check_header(fields, header)
            elif number > skip and fields:
                if len(fields) != width:
                    raise self.error(number, f"{len(fields)} fields", f"{width}")
                yield number, fields

    def _split_lines(self, separator: str | None) -> Iterator[tuple[int, list[str]]]:
        # Bytes that are no UTF-8 pass through: the names of files may hold them.
        with open(self.path, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            if separator != ",":
                for number, line in enumerate(file, 1):
                    yield number, line.split(separator)
                return
            reader = csv.reader(file)
            try:
                for row in reader:
                    fields = [field.strip() for field in row]
                    yield reader.line_num, fields if any(fields) else []
            except csv.Error as error:
                raise self.error(reader.line_num, f"an unreadable line ({error})", "CSV") from error

    def _check_header(self, fields: Sequence[str], header: Sequence[str]) -> None:
        pairs = zip(fields, header, strict=False)
        if len(fields) != len(header) or not all(field.strip().startswith(name) for field, name in pairs):
            raise self.error(1, f"the header {', '.join(fields)!r}", f"{', '.join(header)!r}")

    def put(self, found: dict[K, V], line: int, key: K, value: V) -> None:
        """Add what a line says of a key, or raise its error where a line before says something else."""
        if found.setdefault(key, value) != value:
            raise self.error(line, f"{key} as {value!r}, which was {found[key]!r} before", "each once")

    def integer(self, line: int, name: str, text: str) -> int:
        """Return a field as an integer, or raise the error of its line."""
        try:
            number = int(text)
            if abs(number) < 1 << 63:  # numpy keeps it
                return number
        except ValueError:
            pass
        raise self.error(line, f"the {name} {text!r}", "an integer")
