from pathlib import Path

import pytest

from suprank_edu.data.labelling import read_categories, title_of, url_of

COMMONS = "http://commons.wikimedia.org/wiki/"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_reads_the_published_layout_in_order(tmp_path: Path) -> None:
    path = write(
        tmp_path / "train_label_to_category.csv",
        "landmark_id,category",
        f"1,{COMMONS}Category:Happy_Valley_Racecourse,_Hong_Kong".replace(",_", "%2C_"),
        f'0,"{COMMONS}Category:Eltz,_the_castle"',
        f"203093,{COMMONS}Category:Ch%C3%A2teau_d'If",
    )
    assert list(read_categories(path).items()) == [
        (1, "Category:Happy Valley Racecourse, Hong Kong"),
        (0, "Category:Eltz, the castle"),
        (203093, "Category:Château d'If"),
    ]


def test_reads_the_hierarchical_file_too(tmp_path: Path) -> None:
    header = "landmark_id,category,supercategory,hierarchical_label,natural_or_human_made"
    path = write(tmp_path / "h.csv", header, f"5,{COMMONS}Category:A,castle,castle,human-made")
    assert read_categories(path) == {5: "Category:A"}


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://commons.wikimedia.org/wiki/Category:Old_bridge", "Category:Old bridge"),
        ("http://commons.m.wikimedia.org/wiki/Category:old_bridge", "Category:Old bridge"),
        ("http://commons.wikimedia.org/wiki/Category:Who?", "Category:Who?"),
        ("http://commons.wikimedia.org/wiki/Category:A_%26_B", "Category:A & B"),
        ("http://commons.wikimedia.org/wiki/Category:Stra%C3%9Fe/wiki/1", "Category:Straße/wiki/1"),
    ],
)
def test_the_title_is_the_one_that_the_api_knows(url: str, title: str) -> None:
    assert title_of(url) == title
    assert title_of(url_of(title)) == title


@pytest.mark.parametrize(
    "url",
    [
        "",
        "Category:A",
        "http://commons.wikimedia.org/wiki/File:A.jpg",
        "http://x.org/Category:A",
        "http://c/wiki/Category:_",
    ],
)
def test_what_names_no_category_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"^`url`: got .* expected an address such as http://commons"):
        title_of(url)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("7", r"line 3: got 1 fields, expected 2"),
        (f"x7,{COMMONS}Category:A", r"line 3: got the landmark id 'x7', expected a whole number"),
        (f"-7,{COMMONS}Category:A", r"line 3: got the landmark id '-7'"),
        ("7,nowhere", r"line 3: `url`: got 'nowhere'"),
        (f"1,{COMMONS}Category:B", r"line 3: got landmark 1 twice"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = write(tmp_path / "c.csv", "landmark_id,category", f"1,{COMMONS}Category:A", line)
    with pytest.raises(ValueError, match=rf"c\.csv, {message}"):
        read_categories(path)


def test_a_wrong_header_and_a_missing_file_say_where_to_get_the_data(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"line 1: got 'id,url', expected 'landmark_id,category'.*google-landmark"):
        read_categories(write(tmp_path / "c.csv", "id,url"))
    with pytest.raises(FileNotFoundError, match=r"none\.csv: there is no such file.*google-landmark"):
        read_categories(tmp_path / "none.csv")
