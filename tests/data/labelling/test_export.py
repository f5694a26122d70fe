import os
from pathlib import Path

import pandas as pd
import pytest

from suprank_edu.data.labelling import (
    HierarchicalLabel,
    Labelling,
    Vote,
    hierarchical_labels,
    read_categories,
    read_labels,
    stage_shares,
    statistics,
    url_of,
    write_labels,
)

CATEGORIES = {3: "Category:Eltz, the castle", 1: "Category:Königssee", 2: "Category:Unknown", 4: "Category:Burg"}
LABELLING = Labelling({"hill castle": "castle", "lake": "lake"}, {"castle": "human-made", "lake": "natural"}, ())
VOTES = {
    3: Vote("castle", 1.0, "parents", "hill castle"),
    1: Vote("lake", 0.75, "parents", "lake"),
    4: Vote("castle", 0.5, "images"),
}


def test_the_file_has_the_layout_of_h_gldv2(tmp_path: Path) -> None:
    path = tmp_path / "train_label_to_hierarchical.csv"
    rows = hierarchical_labels(CATEGORIES, VOTES, LABELLING)
    write_labels(path, rows)
    assert path.read_text(encoding="utf-8").splitlines() == [
        "landmark_id,category,supercategory,hierarchical_label,natural_or_human_made",
        '3,"http://commons.wikimedia.org/wiki/Category:Eltz,_the_castle",hill castle,castle,human-made',
        "1,http://commons.wikimedia.org/wiki/Category:K%C3%B6nigssee,lake,lake,natural",
        "2,http://commons.wikimedia.org/wiki/Category:Unknown,,,",
        "4,http://commons.wikimedia.org/wiki/Category:Burg,,castle,human-made",
    ]
    assert read_labels(path) == rows
    assert read_categories(path) == CATEGORIES
    assert pd.read_csv(path)["hierarchical_label"].isna().tolist() == [False, False, True, False]


def test_the_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "labels.csv"
    write_labels(path, hierarchical_labels(CATEGORIES, VOTES, LABELLING))
    before = path.read_bytes()

    def broken(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        write_labels(path, [])
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["labels.csv"]


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        ({9: Vote("castle", 1.0, "images")}, r"`votes`: got landmark 9, expected one of `categories`"),
        ({3: Vote("zoo", 1.0, "images")}, r"`votes`: got 'zoo' for landmark 3, expected a reviewed name"),
    ],
)
def test_votes_that_do_not_fit_are_refused(votes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        hierarchical_labels(CATEGORIES, votes, LABELLING)


HEADER = "landmark_id,category,supercategory,hierarchical_label,natural_or_human_made\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("landmark_id,category\n", r"line 1: got 'landmark_id,category', expected 'landmark_id,category,supercategory"),
        (
            HEADER + "1,u,a,b,natural\nx,u,a,b,natural\n",
            r"line 3: got the landmark id 'x', expected a whole number",
        ),
        (HEADER + "1,u,a\n", r"line 2: got 3 fields, expected 5, as in the header"),
        (HEADER + "1,u,a,b,stone\n", r"line 2: got 'stone' with the label 'b', expected natural or human-made"),
    ],
)
def test_a_malformed_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "l.csv").write_text(text)
    with pytest.raises(ValueError, match=rf"l\.csv, {message}"):
        read_labels(tmp_path / "l.csv")


def test_statistics_agree_with_counting(world) -> None:
    votes = {
        landmark: Vote(kind, (landmark % 7 + 1) / 7, "images" if landmark % 3 == 0 else "parents")
        for landmark, kind in world.truth.items()
        if landmark % 5
    }
    images = {landmark: landmark % 4 for landmark in votes}
    table = statistics(votes, Labelling({}, world.nature, ()), images)
    assert set(table.index) == set(world.nature)
    assert table["landmarks"].is_monotonic_decreasing
    for kind, row in table.iterrows():
        mine = [landmark for landmark, vote in votes.items() if vote.supercategory == kind]
        by_images = [landmark for landmark in mine if votes[landmark].stage == "images"]
        assert row["natural_or_human_made"] == world.nature[kind]
        assert row["landmarks"] == len(mine)
        assert row["images"] == sum(images[landmark] for landmark in mine)
        assert row["by_images"] == pytest.approx(len(by_images) / len(mine))
        assert row["by_parents"] == pytest.approx(1 - len(by_images) / len(mine))
        assert row["confidence"] == pytest.approx(sum(votes[i].confidence for i in mine) / len(mine))
    without = statistics(votes, Labelling({}, world.nature, ()))
    assert "images" not in without, "nobody said how many images there are"
    assert without.equals(table.drop(columns="images"))


def test_shares_of_the_stages_add_up() -> None:
    assert stage_shares(CATEGORIES, VOTES) == {"parents": 0.5, "images": 0.25, "none": 0.25}
    with pytest.raises(ValueError, match=r"`categories`: got no landmark"):
        stage_shares({}, {})


def test_a_row_names_its_fields_as_the_file_does() -> None:
    assert HEADER.strip() == ",".join(HierarchicalLabel._fields)
    assert url_of("Category:A b") == "http://commons.wikimedia.org/wiki/Category:A_b"


def test_another_wiki_keeps_its_addresses() -> None:
    rows = hierarchical_labels({4: "Category:A b"}, {}, LABELLING, base="https://wiki.example/wiki/")
    assert rows[0].category == "https://wiki.example/wiki/Category:A_b"
