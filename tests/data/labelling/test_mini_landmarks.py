"""The pipeline on the committed landmarks: the real client, the local wiki, a review, votes, export, and measures."""

from pathlib import Path

import pytest
import torch

from suprank_edu.data import load_samples, samples_folder
from suprank_edu.data.labelling import (
    LocalWiki,
    ReviewLog,
    WikimediaClient,
    candidates,
    count_phrases,
    hierarchical_labels,
    label_from_images,
    measure_stages,
    mine,
    read_categories,
    read_labels,
    replay,
    review_by_truth,
    stage_shares,
    statistics,
    vote_of_parents,
    write_labels,
)
from suprank_edu.training import load_images

ROOT = samples_folder()
AGENT = "suprank-edu-tests/1.0 (tests@example.org)"


@pytest.fixture(scope="module")
def tables():
    titles = read_categories(ROOT / "train_label_to_category.csv") | read_categories(
        ROOT / "index_label_to_category.csv"
    )
    rows = read_labels(ROOT / "train_label_to_hierarchical.csv") + read_labels(ROOT / "index_label_to_hierarchical.csv")
    wiki = LocalWiki(ROOT / "wikimedia_parents.json", answer_size=100)
    with wiki, WikimediaClient(":memory:", AGENT, url=wiki.url) as client:
        parents = client.parents(titles.values())
    return titles, rows, mine(titles, parents)


@pytest.fixture(scope="module")
def images():
    samples = load_samples("mini_landmarks", "all")
    pixels = load_images(samples, 16).float().flatten(1)
    return torch.nn.functional.normalize(pixels - pixels.mean(dim=0)), samples.labels[:, 0].tolist()


def test_the_stages_on_mini_landmarks(tables, images) -> None:
    _, rows, phrases = tables
    truth = {row.landmark_id: row.hierarchical_label for row in rows}
    nature = {row.hierarchical_label: row.natural_or_human_made for row in rows}
    table = measure_stages(phrases, truth, nature, *images, clusters=48, hidden=(0.0, 0.3))
    assert (table.xs("parents")["accuracy"] > 0.9).all()
    assert 0.65 < table.loc[("parents", 0.0), "coverage"] < 0.95
    assert table.loc[("parents", 0.3), "coverage"] < table.loc[("parents", 0.0), "coverage"] - 0.1
    assert (table.xs("images")["accuracy"] > 4 / 16).all()  # four times chance, by raw pixels
    assert (table.xs("both")["coverage"] == 1).all()


def test_from_the_tables_to_the_exported_hierarchy(tables, images, tmp_path: Path) -> None:
    titles, rows, phrases = tables
    truth = {row.landmark_id: row.hierarchical_label for row in rows}
    nature = {row.hierarchical_label: row.natural_or_human_made for row in rows}
    found = candidates(count_phrases(phrases), 48)
    log = ReviewLog(tmp_path / "decisions.csv", found)
    for decision in review_by_truth(found, phrases, truth, nature):
        log.decide(decision)
    labelling = replay(tmp_path / "decisions.csv", found)
    votes = vote_of_parents(phrases, labelling)
    votes |= label_from_images(*images, votes)
    path = tmp_path / "train_label_to_hierarchical.csv"
    base = rows[0].category.partition("Category:")[0]
    write_labels(path, hierarchical_labels(titles, votes, labelling, base=base))
    written = read_labels(path)
    assert [row[:2] for row in written] == [row[:2] for row in rows]
    right = sum(mine.hierarchical_label == true.hierarchical_label for mine, true in zip(written, rows, strict=True))
    assert right > 0.8 * len(rows)
    words = {row.landmark_id: row.supercategory for row in rows}
    mined = [row for row in written if row.supercategory]
    assert sum(words[row.landmark_id].split()[-1] in row.supercategory for row in mined) > 0.7 * len(mined)
    assert statistics(votes, labelling)["landmarks"].sum() == len(titles)
    assert stage_shares(titles, votes)["none"] == 0
