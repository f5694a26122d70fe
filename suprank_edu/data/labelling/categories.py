"""Step (a): which Wikimedia Commons category each landmark links to, from GLDv2's `train_label_to_category.csv`."""

from os import PathLike
from pathlib import Path
from urllib.parse import quote, unquote

from suprank_edu.data.csv_files import read_csv

COMMONS = "http://commons.wikimedia.org/wiki/"
PREFIX = "Category:"
_ADVICE = "take the file from the metadata of Google Landmarks v2 (github.com/cvdfoundation/google-landmark)"


def read_categories(path: str | PathLike[str]) -> dict[int, str]:
    """Read landmark → title of its Wikimedia category.

    Args:
        path: a CSV file `landmark_id,category`, the category as a URL; more columns, as in the H-GLDv2 file, are
            passed over.

    Returns:
        Landmark id → title such as `"Category:Eltz Castle"`, in the order of the file.

    Raises:
        FileNotFoundError: there is no such file; the message says where to get it.
        ValueError: a malformed line; the message names file and line.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "train_label_to_category.csv")
        ...     _ = path.write_text(f"landmark_id,category\\n7,{COMMONS}Category:Eltz_Castle\\n")
        ...     read_categories(path)
        {7: 'Category:Eltz Castle'}
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file; {_ADVICE}")
    found: dict[int, str] = {}
    header, rows = read_csv(path)
    if header[:2] != ["landmark_id", "category"]:
        raise ValueError(f"{path}, line 1: got {','.join(header)!r}, expected 'landmark_id,category'; {_ADVICE}")
    for line, (number, url, *_) in rows:
        if not number.isdecimal():
            raise ValueError(f"{path}, line {line}: got the landmark id {number!r}, expected a whole number")
        if int(number) in found:
            raise ValueError(f"{path}, line {line}: got landmark {number} twice, expected one row each")
        try:
            found[int(number)] = title_of(url)
        except ValueError as error:
            raise ValueError(f"{path}, line {line}: {error}") from None
    return found


def title_of(url: str) -> str:
    """Return the title of the category that a Wikimedia URL names, as the MediaWiki API writes it.

    Args:
        url: such as `http://commons.wikimedia.org/wiki/Category:Eltz_Castle`, percent-encoded or not.

    Raises:
        ValueError: the URL names no category.

    Example:
        >>> title_of("http://commons.wikimedia.org/wiki/Category:Ch%C3%A2teau_d'If")
        "Category:Château d'If"
    """
    # Not by urllib's parts: a "?" in these addresses belongs to the title.
    host, _, page = url.strip().partition("://")[2].partition("/wiki/")
    title = unquote(page).replace("_", " ").strip()
    name = title.removeprefix(PREFIX).strip()
    if not host or not title.startswith(PREFIX) or not name:
        raise ValueError(f"`url`: got {url!r}, expected an address such as {COMMONS}{PREFIX}Eltz_Castle")
    return PREFIX + name[0].upper() + name[1:]


def url_of(title: str, base: str = COMMONS) -> str:
    """Return the URL of a category, as GLDv2's files write it; the inverse of `title_of`.

    Args:
        title: such as `"Category:Eltz Castle"`.
        base: the wiki that has it, up to `/wiki/`.

    Example:
        >>> url_of("Category:Eltz Castle")
        'http://commons.wikimedia.org/wiki/Category:Eltz_Castle'
    """
    return base + quote(title.replace(" ", "_"), safe=":/,()'!*")
