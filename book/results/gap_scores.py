"""Write the scores of two real queries for the explorer of chapter 8: `python book/results/gap_scores.py`.

A small network is trained for 100 steps with Sup-AP on Omniglot's training alphabets (half a minute on one CPU core).
Two drawings of an unseen alphabet are the queries, chosen for a clear gap and a clearly negative one: of every second
drawing as a query, with batches all alike, one in four to one in seven has a negative gap. The gallery of each is 12
other drawings of its character and 48 of other characters of its alphabet, drawn at random.
"""

import json
from pathlib import Path

import torch

from suprank_edu.data import read
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import Recipe, embed, fit

QUERIES = {"gap": 1032, "negative": 1748}
TO = Path(__file__).resolve().parents[2] / "suprank_edu" / "explore" / "decomposability" / "gap_scores.json"


def main() -> None:
    recipe = Recipe(steps=100, channels=(16, 32, 64, 64), orientations=8)
    test = read("omniglot", split="test")
    embeddings = embed(fit(recipe, read("omniglot", split="train"), SupAPLoss(), device="cpu").model, test)
    labels = torch.from_numpy(test.labels)
    written: dict[str, object] = {}
    for name, query in QUERIES.items():
        draw = torch.Generator().manual_seed(query)
        same = labels[:, 0] == labels[query, 0]
        positives = (same & (torch.arange(len(same)) != query)).nonzero()[:, 0]
        negatives = (~same & (labels[:, 1] == labels[query, 1])).nonzero()[:, 0]
        chosen = [x[torch.randperm(len(x), generator=draw)[:n]] for x, n in ((positives, 12), (negatives, 48))]
        scores = [[round(s, 4) for s in (embeddings[items] @ embeddings[query]).tolist()] for items in chosen]
        written[name] = {"query": test.name_of(query), "positives": scores[0], "negatives": scores[1]}
    lines = ",\n".join(f'"{name}": {json.dumps(content)}' for name, content in written.items())
    TO.write_text(f"{{\n{lines}\n}}\n")


if __name__ == "__main__":
    main()
