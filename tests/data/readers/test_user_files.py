"""Files that users write: what an editor or a spreadsheet adds is read right, what is wrong is named with its line."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from miniature import SETS, write

from suprank_edu.data import read
from suprank_edu.data.csv_files import read_csv
from suprank_edu.data.labelling import Candidate, read_categories, read_labels, replay
from suprank_edu.data.labelling.practice import read_pages

WIKI = "http://commons.wikimedia.org/wiki/Category:"


class Reader(NamedTuple):
    """One reader of a user's file: the file, what it holds when all is well, and what it is read into."""

    file: str
    lines: list[str]
    read: Callable[[Path], object]


def labels_of(name: str) -> Callable[[Path], object]:
    def labels(root: Path) -> object:
        dataset = read(name, root, SETS[name].split)
        return dataset.labels.tolist(), dataset.class_names

    return labels


CANDIDATES = [Candidate("k1", "castle", ("castle",), 12), Candidate("k2", "ruin", ("castle ruin",), 3)]
LABELS = "landmark_id,category,supercategory,hierarchical_label,natural_or_human_made"
READERS = {
    "hierarchy of CUB": Reader(
        "hierarchy.csv",
        ["class_id,family,home", *(f"{i},family {i % 3},home" for i in range(1, 201))],
        labels_of("cub"),
    ),
    "hierarchy of Cars196": Reader(
        "hierarchy.csv",
        ["class_id,size", *(f"{i},{'small' if i > 98 else 'large'}" for i in range(1, 197))],
        labels_of("cars196"),
    ),
    "categories": Reader(
        "a.csv", ["landmark_id,category", f"7,{WIKI}A", f"8,{WIKI}B"], lambda root: read_categories(root / "a.csv")
    ),
    "labels": Reader(
        "a.csv",
        [LABELS, f"7,{WIKI}A,hill castle,castle,human-made", f"8,{WIKI}B,,,"],
        lambda root: read_labels(root / "a.csv"),
    ),
    "decisions": Reader(
        "a.csv",
        [
            "candidate,suggested,action,value,natural_or_human_made",
            "k1,castle,accept,,human-made",
            "k2,ruin,merge,k1,",
        ],
        lambda root: replay(root / "a.csv", CANDIDATES),
    ),
}
EACH = pytest.mark.parametrize("name", READERS)


def make(name: str, root: Path) -> Reader:
    reader = READERS[name]
    for of_set in ("cub", "cars196"):
        if of_set in name.lower():
            SETS[of_set].make(root)
    write(root / reader.file, *reader.lines)
    return reader


@EACH
@pytest.mark.parametrize("habit", ["mark", "windows", "blank lines", "commas alone", "blanks around", "all of them"])
def test_what_editors_and_spreadsheets_add_does_no_harm(name: str, habit: str, tmp_path: Path) -> None:
    reader = make(name, tmp_path)
    expected = reader.read(tmp_path)
    lines, encoding, end = list(reader.lines), "utf-8", "\n"
    if habit in ("blanks around", "all of them"):
        lines = [" , ".join(f" {field}\t" for field in line.split(",")) for line in lines]
    if habit in ("blank lines", "all of them"):
        lines = [lines[0], "", lines[1], "  ", *lines[2:], "", ""]
    if habit in ("commas alone", "all of them"):
        lines += ["," * lines[0].count(",")]
    if habit in ("mark", "all of them"):
        encoding = "utf-8-sig"
    if habit in ("windows", "all of them"):
        end = "\r\n"
    (tmp_path / reader.file).write_bytes((end.join(lines) + end).encode(encoding))
    assert reader.read(tmp_path) == expected


@EACH
def test_a_short_row_is_named_by_the_line_that_an_editor_shows(name: str, tmp_path: Path) -> None:
    reader = make(name, tmp_path)
    content = "\n".join([reader.lines[0], "", *reader.lines[1:], "9", ""])
    (tmp_path / reader.file).write_text(content)
    with pytest.raises(ValueError, match=rf"{reader.file}, line {len(reader.lines) + 2}: got 1 fields, expected"):
        reader.read(tmp_path)


@EACH
def test_bytes_of_another_encoding_are_named(name: str, tmp_path: Path) -> None:
    reader = make(name, tmp_path)
    (tmp_path / reader.file).write_bytes("\n".join([*reader.lines, "9,Château,é", ""]).encode("latin-1"))
    line = len(reader.lines) + 1
    with pytest.raises(ValueError, match=rf"{reader.file}, line {line}: got a byte that is no UTF-8, expected a file"):
        reader.read(tmp_path)


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        (
            "hierarchy of CUB",
            "7,another,home",
            r"got another, home as the parents of class 7, which had family 1, home",
        ),
        ("hierarchy of Cars196", "7,small", r"got small as the parents of class 7, which had large before"),
        ("hierarchy of CUB", "7,,home", r"got no family of class 7, expected a name"),
        ("hierarchy of CUB", "7,family 1, ", r"got no home of class 7, expected a name"),
        ("hierarchy of CUB", "-7,a,b", r"got the class_id '-7', expected an integer"),
        ("categories", f"7,{WIKI}C", r"got landmark 7 twice, expected one row each"),
        ("labels", f"7,{WIKI}A,hill castle,castle,human-made", r"got landmark 7 twice, expected one row each"),
        ("labels", f"9,{WIKI}A,hill castle,castle,", r"got '' with the label 'castle', expected natural or human-made"),
        ("labels", f"9,{WIKI}A,hill castle,,natural", r"got 'natural' with the label '', expected natural or"),
        ("decisions", "k2,ruin,reject,,", r"`action`: got 'reject' for 'ruin' \(k2\) after 'merge', expected 'undo'"),
    ],
)
def test_what_contradicts_itself_is_refused(name: str, line: str, message: str, tmp_path: Path) -> None:
    reader = make(name, tmp_path)
    write(tmp_path / reader.file, *reader.lines, line)
    with pytest.raises(ValueError, match=rf"{reader.file}, line {len(reader.lines) + 1}: {message}"):
        reader.read(tmp_path)


def test_a_class_that_is_listed_twice_alike_does_no_harm(tmp_path: Path) -> None:
    reader = make("hierarchy of CUB", tmp_path)
    expected = reader.read(tmp_path)
    write(tmp_path / reader.file, *reader.lines, reader.lines[7])
    assert reader.read(tmp_path) == expected


@pytest.mark.parametrize("header", ["class_id", "class_id,family,", "class_id,family,family", "class_id;family"])
def test_headers_of_a_hierarchy_name_each_column_once(header: str, tmp_path: Path) -> None:
    make("hierarchy of CUB", tmp_path)
    write(tmp_path / "hierarchy.csv", header, "1" + ",a" * header.count(","))
    with pytest.raises(ValueError, match=r"hierarchy\.csv, line 1: got the header .*expected 'class_id, level1"):
        read("cub", tmp_path)


def test_published_lists_that_were_saved_again_are_read_right_too(tmp_path: Path) -> None:
    for name, mini in SETS.items():
        root = tmp_path / name
        mini.make(root)
        expected = labels_of(name)(root)
        for path in [*root.rglob("*.csv"), *root.rglob("*.txt")]:
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        assert labels_of(name)(root) == expected, name


@pytest.mark.parametrize(
    ("name", "file", "line", "number"),
    [
        ("cub", "classes.txt", "1 001.Another_Bird", 1),
        ("cub", "image_class_labels.txt", "1 2", 1),
        ("gldv2", "train_label_to_hierarchical.csv", f"{{0}},{WIKI}A,kind,another,natural", None),
    ],
)
def test_published_tables_that_contradict_themselves_are_refused(
    name: str, file: str, line: str, number: int | None, tmp_path: Path
) -> None:
    SETS[name].make(tmp_path)
    lines = (tmp_path / file).read_text().splitlines()
    write(tmp_path / file, *lines, line.format(lines[1].partition(",")[0]))
    with pytest.raises(ValueError, match=rf"{file}, line {len(lines) + 1}: got .* before, expected each once"):
        read(name, tmp_path, SETS[name].split)


def test_an_empty_file_and_broken_quotes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbf\r\n")
    assert read_csv(tmp_path / "a.csv") == ([], [])
    (tmp_path / "a.csv").write_text('a,b\n1,"2\n')
    with pytest.raises(ValueError, match=r"a\.csv, line \d: got an unreadable line \(unexpected end of data\)"):
        read_csv(tmp_path / "a.csv")


def test_pages_of_a_wiki_may_begin_with_a_mark(tmp_path: Path) -> None:
    (tmp_path / "pages.json").write_text('{"pages": [{"title": "Category:A"}]}', encoding="utf-8-sig")
    assert read_pages(tmp_path / "pages.json").categories == {"Category:A": []}
