import math
from collections import Counter

import pytest
import torch
from sklearn.metrics.cluster import contingency_matrix

from suprank_edu.data.labelling import (
    Candidate,
    LocalWiki,
    ReviewLog,
    WikimediaClient,
    candidates,
    count_phrases,
    label_from_images,
    labelling_of,
    measure_stages,
    mine,
    purity,
    replay,
    review_by_truth,
    vote_of_parents,
)


def test_purity_agrees_with_the_contingency_matrix() -> None:
    generator = torch.Generator().manual_seed(0)
    groups = torch.randint(7, (200,), generator=generator).tolist()
    truth = torch.randint(4, (200,), generator=generator).tolist()
    assert purity(groups, truth) == pytest.approx(contingency_matrix(truth, groups).max(axis=0).sum() / 200)
    assert purity(truth, truth) == 1
    assert purity([0] * 200, truth) == max(Counter(truth).values()) / 200
    assert math.isnan(purity([], []))
    with pytest.raises(ValueError, match=r"`truth`: got 1 classes, expected 2"):
        purity([1, 2], [1])


def test_the_review_by_truth_names_what_agrees_and_rejects_the_rest() -> None:
    found = [
        Candidate("k1", "castle", ("castle",), 2),
        Candidate("k2", "fort", ("fort",), 3),
        Candidate("k3", "building", ("building",), 4),
        Candidate("k4", "zoo", ("zoo",), 0),
    ]
    truth = {1: "castle", 2: "castle", 3: "bridge", 4: "church"}
    phrases = {1: ["castle", "building"], 2: ["fort", "building"], 3: ["building"], 4: ["building"]}
    natures = dict.fromkeys(truth.values(), "human-made")
    decisions = review_by_truth(found, phrases, truth, natures, least=0.6)
    assert [(d.candidate, d.action, d.value) for d in decisions] == [
        ("k1", "accept", ""),
        ("k2", "rename", "castle"),
        ("k3", "reject", ""),
        ("k4", "reject", ""),
    ]
    assert review_by_truth(found, phrases, truth, natures, least=0.5)[2].action == "rename"
    with pytest.raises(ValueError, match=r"`least`: got nan"):
        review_by_truth(found, phrases, truth, natures, least=float("nan"))


def test_the_table_agrees_with_the_stages_run_one_by_one(world) -> None:
    phrases = mine(world.categories, world.parents)
    table = measure_stages(
        phrases, world.truth, world.nature, world.embeddings, world.image_landmarks, clusters=8, hidden=(0.0, 0.3)
    )
    assert list(table.index) == [
        (s, h) for h in (0.0, 0.3) for s in ("phrases", "clusters", "review", "parents", "images", "both")
    ]
    found = candidates(count_phrases(phrases), 8)
    labelling = labelling_of(found, review_by_truth(found, phrases, world.truth, world.nature))
    by_parents = vote_of_parents(phrases, labelling)
    by_images = label_from_images(world.embeddings, world.image_landmarks, by_parents)
    total = len(world.truth)
    for stage, votes in (("parents", by_parents), ("images", by_images), ("both", by_parents | by_images)):
        row = table.loc[(stage, 0.0)]
        right = sum(vote.supercategory == world.truth[landmark] for landmark, vote in votes.items())
        assert row["labelled"] == len(votes)
        assert row["coverage"] == pytest.approx(len(votes) / total)
        if votes:
            assert row["accuracy"] == pytest.approx(right / len(votes))
    kept = [(landmark, p) for landmark, of in phrases.items() for p in of if p in labelling.supercategory]
    right = sum(labelling.supercategory[p] == world.truth[landmark] for landmark, p in kept)
    assert table.loc[("review", 0.0), "accuracy"] == pytest.approx(right / len(kept))
    assert table.loc[("review", 0.0), "labelled"] == len({landmark for landmark, _ in kept})
    assert table.loc[("phrases", 0.0), "coverage"] == sum(map(bool, phrases.values())) / total


def test_hiding_labels_costs_coverage_and_images_bring_it_back(world) -> None:
    phrases = mine(world.categories, world.parents)
    table = measure_stages(phrases, world.truth, world.nature, world.embeddings, world.image_landmarks, clusters=8)
    parents = table.xs("parents")["coverage"]
    for share in (0.0, 0.1, 0.2, 0.3):
        assert parents[share] <= 1 - share + 1e-9
    assert parents.is_monotonic_decreasing
    assert (table.xs("both")["coverage"] == 1).all()
    assert (table.xs("both")["accuracy"] > 0.95).all()
    assert (table.xs("review")["coverage"] >= parents).all()
    assert (table.xs("review")["purity"] > table.xs("clusters")["purity"]).all()
    assert (table.xs("clusters")["purity"] <= table.xs("phrases")["purity"] + 1e-9).all()


def test_the_same_seed_gives_the_same_table(world) -> None:
    phrases = mine(world.categories, world.parents)
    arguments = (phrases, world.truth, world.nature, world.embeddings, world.image_landmarks)
    one, two = (measure_stages(*arguments, clusters=6, hidden=(0.2,), seed=5) for _ in range(2))
    assert one.equals(two)


def test_what_does_not_fit_is_refused(world) -> None:
    phrases = mine(world.categories, world.parents)
    arguments = (world.nature, world.embeddings, world.image_landmarks)
    with pytest.raises(ValueError, match=r"`truth`: got other landmarks than `phrases` \(such as 100\)"):
        measure_stages(phrases, {k: v for k, v in world.truth.items() if k != 100}, *arguments, clusters=6)
    for share in (-0.1, 1.0):
        with pytest.raises(ValueError, match=rf"`hidden`: got {share}"):
            measure_stages(phrases, world.truth, *arguments, clusters=6, hidden=[share])


def test_the_whole_pipeline_through_the_wiki_and_a_review_on_disk(world, tmp_path) -> None:
    agent = "tests/1.0 (me@example.org)"
    wiki = LocalWiki(world.parents, answer_size=40)
    with wiki, WikimediaClient(tmp_path / "c.sqlite", agent, url=wiki.url) as client:
        parents = client.parents(world.categories.values())
    phrases = mine(world.categories, parents)
    found = candidates(count_phrases(phrases), 8)
    log = ReviewLog(tmp_path / "decisions.csv", found)
    for decision in review_by_truth(found, phrases, world.truth, world.nature):
        log.decide(decision)
    labelling = replay(tmp_path / "decisions.csv", found)
    votes = vote_of_parents(phrases, labelling)
    assert len(votes) > 0.9 * len(world.truth)
    assert all(vote.supercategory == world.truth[landmark] for landmark, vote in votes.items())
