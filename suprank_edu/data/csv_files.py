"""CSV files that people write, in an editor or with a spreadsheet."""

import csv
import io
from os import PathLike
from pathlib import Path

Row = tuple[int, list[str]]


def read_csv(path: str | PathLike[str]) -> tuple[list[str], list[Row]]:
    """Read the header and the rows of a CSV file as people save it.

    A byte-order mark, Windows line ends, blank lines (in a spreadsheet's way too: commas alone) and blanks around
    fields do no harm.

    Args:
        path: a file in UTF-8.

    Returns:
        The fields of the first line, none in an empty file, and of each row the line it ends on, counted from 1, and
        its fields, as many as the header has.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: bytes that are no UTF-8, NUL characters, broken quotes, or a row of another width; the message has
            file and line.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "kinds.csv")
        ...     _ = path.write_bytes(b"\\xef\\xbb\\xbfid, kind\\r\\n1, castle \\r\\n\\r\\n")
        ...     read_csv(path)
        (['id', 'kind'], [(2, ['1', 'castle'])])
    """
    content = Path(path).read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path}, line {line}: got a byte that is no UTF-8, expected a file saved as UTF-8") from None
    if "\0" in text:  # as in UTF-16
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValueError(f"{path}, line {line}: got a NUL character, expected text in a file saved as UTF-8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    try:
        for row in reader:
            fields = [field.strip() for field in row]
            if any(fields):
                rows.append((reader.line_num, fields))
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: got an unreadable line ({error}), expected CSV") from None
    if not rows:
        return [], []
    (_, header), *rest = rows
    for line, fields in rest:
        if len(fields) != len(header):
            raise ValueError(f"{path}, line {line}: got {len(fields)} fields, expected {len(header)}, as in the header")
    return header, rest
