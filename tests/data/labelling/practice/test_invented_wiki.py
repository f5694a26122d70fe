"""The invented parents of Mini-Landmarks: made again exactly, with the disorder that the pipeline has to stand."""

from pathlib import Path

import pytest

from suprank_edu.data import samples_folder
from suprank_edu.data.labelling import (
    LocalWiki,
    WikimediaClient,
    mine,
    phrase_of,
    read_categories,
    read_labels,
    read_pages,
    write_labels,
)
from suprank_edu.data.labelling.export import HierarchicalLabel
from suprank_edu.data.labelling.practice.invented_wiki import invent_pages, main, plural

ROOT = samples_folder()
WORDS = ("castle", "fortress", "church", "sanctuary", "natural arch", "lake", "falls", "light station", "chapel")


@pytest.mark.parametrize("word", [word for word in WORDS if word != "falls"])
def test_the_plural_of_a_word_is_mined_back_to_it(word: str) -> None:
    assert phrase_of(f"Category:{plural(word)} in Valdoria") == word


def made(count: int = 400) -> dict:
    titles = {i: f"Category:Place {i}" for i in range(count)}
    kinds = {i: "castle" if i % 2 else "lake" for i in range(count)}
    return invent_pages(
        titles,
        {i: "fortress" if i % 2 else "tarn" for i in range(count)},
        kinds,
        {"castle": "human-made", "lake": "natural"},
    )


def test_the_disorder_is_there() -> None:
    pages = made()["pages"]
    assert made() == made()
    assert 350 < len(pages) < 395  # some are missing
    assert 10 < len(made()["redirects"]) < 45
    shown = [[c["title"] for c in page["categories"] if not c.get("hidden")] for page in pages]
    hidden = [c for page in pages for c in page["categories"] if c.get("hidden")]
    assert all(shown)
    assert len(hidden) > 100
    kind = [sum(phrase_of(t).endswith(("fortress", "tarn")) for t in titles) for titles in shown]
    assert 5 < kind.count(0) < 70  # nothing but noise
    assert max(kind) > 2
    assert any("th-century" in title for titles in shown for title in titles)
    assert sum(len(titles) for titles in shown) / len(shown) > 3


def test_a_landmark_keeps_its_parents_when_others_come() -> None:
    few, many = (made(count)["pages"] for count in (50, 100))
    assert many[: len(few)] == few


def test_the_command_writes_what_the_wiki_serves(tmp_path: Path) -> None:
    for part, start in (("train", 0), ("index", 40)):
        rows = [
            HierarchicalLabel(i, f"http://x.example/wiki/Category:Castle_{i}", "fortress", "castle", "human-made")
            for i in range(start, start + 40)
        ]
        write_labels(tmp_path / f"{part}_label_to_hierarchical.csv", rows)
        lines = ["landmark_id,category", *(f"{row.landmark_id},{row.category}" for row in rows)]
        (tmp_path / f"{part}_label_to_category.csv").write_text("\n".join(lines) + "\n")
    main(tmp_path)
    titles = [f"Category:Castle {i}" for i in range(80)]
    wiki = LocalWiki(tmp_path / "wikimedia_parents.json")
    with wiki, WikimediaClient(":memory:", "tests/1.0 (me@example.org)", url=wiki.url) as client:
        parents = client.parents(titles)
    found = {title for title, of_title in parents.items() if of_title is not None}
    assert 60 < len(found) < 80
    assert found == {t for t in titles if t in wiki.pages.categories or t in wiki.pages.redirects}


def test_the_committed_parents_are_those_that_the_command_writes(tmp_path: Path) -> None:
    for part in ("train", "index"):
        for table in ("category", "hierarchical"):
            name = f"{part}_label_to_{table}.csv"
            (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    main(tmp_path)
    written = (tmp_path / "wikimedia_parents.json").read_text(encoding="utf-8")
    assert written == (ROOT / "wikimedia_parents.json").read_text(encoding="utf-8"), "run the command of invented_wiki"


def test_most_landmarks_of_the_set_have_a_parent_of_their_kind() -> None:
    titles = read_categories(ROOT / "train_label_to_category.csv") | read_categories(
        ROOT / "index_label_to_category.csv"
    )
    rows = read_labels(ROOT / "train_label_to_hierarchical.csv") + read_labels(ROOT / "index_label_to_hierarchical.csv")
    content = read_pages(ROOT / "wikimedia_parents.json")
    parents = {
        title: [c["title"] for c in content.categories.get(content.redirects.get(title, title), [])]
        for title in titles.values()
    }
    phrases = mine(titles, parents, 1)
    words = {row.landmark_id: row.supercategory for row in rows}
    right = sum(any(p.split()[-1] == words[i].split()[-1] for p in phrases[i]) for i in titles)
    assert 0.75 < right / len(titles) < 0.95
