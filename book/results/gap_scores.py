"""Write the scores of a real query for the explorers of chapters 8 and 9: `python book/results/gap_scores.py`.

The query is the book's green pepper. Its gallery is the six photographs of that product and 18 of the first 120 wrong
ones, drawn at random, each with the cosine that the pretrained network gives them, untrained for this. The 24 are dealt
out to batches in two ways, the best and the worst of 3,000 drawn at random: one with a clear gap, one with a clearly
negative one, whether there are two, three or six batches.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import torch

from suprank_edu import naive
from suprank_edu.data import load_samples, sample_embeddings, sample_queries
from suprank_edu.explore.decomposability.gap_scenes import BATCHES, NEGATIVES, POSITIVES, batch_of
from suprank_edu.naive import decomposability as loops

WAYS = 3000
TO = Path(__file__).resolve().parents[2] / "suprank_edu" / "explore" / "decomposability" / "gap_scores.json"


def gaps(scores: Sequence[float]) -> list[float]:
    """Return the gap in 2, 3 and 6 batches of equal shares, dealt out in the order given: positives, then negatives."""
    relevant, found = [1] * POSITIVES + [0] * NEGATIVES, []
    for number in BATCHES[1:]:
        batches = [[k for k in range(len(scores)) if batch_of(k, number) == b] for b in range(number)]
        found.append(loops.gap(scores, relevant, batches, naive.average_precision))
    return found


def main() -> None:
    queries, gallery = load_samples("groceries", "test"), load_samples("groceries", "train")
    pepper = sample_queries()[7].index
    similarity = sample_embeddings("groceries", "train") @ sample_embeddings("groceries", "test")[pepper]  # (G,)
    right = torch.from_numpy(gallery.labels[:, 0] == queries.labels[pepper, 0])  # (G,)
    draw = torch.Generator().manual_seed(0)
    best_first = similarity.argsort(descending=True)
    wrong = best_first[~right[best_first]][torch.randperm(120, generator=draw)[:NEGATIVES]]
    ways = []
    for _ in range(WAYS):
        parts = (right.nonzero()[:, 0], wrong)
        items = torch.cat([part[torch.randperm(len(part), generator=draw)] for part in parts]).tolist()
        ways.append((gaps(similarity[items].tolist()), items))
    chosen = {"gap": max(ways, key=lambda way: min(way[0]))[1], "negative": min(ways, key=lambda way: max(way[0]))[1]}
    lines = []
    for name, items in chosen.items():
        content = {
            "query": Path(queries.name_of(pepper)).name,
            "scores": [round(similarity[item].item(), 4) for item in items],
            "products": [gallery.class_names[0][gallery.labels[item, 0]] for item in items],
        }
        lines.append(f'"{name}": {json.dumps(content)}')
    TO.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
