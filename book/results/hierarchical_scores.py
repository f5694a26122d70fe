"""Write the scores of three queries for the explorer of chapter 10: `python book/results/hierarchical_scores.py`.

Two small networks are trained on the training landmarks of Mini-Landmarks, alike but for the loss: Sup-AP, which knows
the landmarks only, and Sup-H-AP, which knows all three levels (some minutes on one CPU core). The scores are those of
three pictures of unseen landmarks (a bridge, a castle and a waterfall) against 23 others: per query 4 of its landmark
and 2 of its supercategory, and 5 more. The means are over all 768 queries, each against the 767 others.
"""

import json
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, normalize

from suprank_edu.data import RetrievalDataset, load_samples
from suprank_edu.losses import SupAPLoss, SupHAPLoss
from suprank_edu.metrics import evaluate
from suprank_edu.training import Recipe, embed, fit, load_images

# 12 pictures of each landmark in a row; a supercategory comes back after 16 landmarks, 192 pictures on.
QUERIES = (126, 192, 252)
OTHERS = (20, 77, 150, 233, 366)
RECIPE = Recipe(steps=200, image_size=48, channels=(32, 64, 96, 128))
KEYS = ("R@1/column0", "mAP/column0", "mAP/column1", "mAP/column2", "H-AP", "NDCG")
TO = Path(__file__).resolve().parents[2] / "suprank_edu" / "explore" / "hierarchy" / "hierarchical_scores.json"


def edges(dataset: RetrievalDataset) -> Tensor:
    """Return how much neighbouring pixels differ in each of 7 × 7 fields, as unit vectors, as chapter 1 does."""
    grey = load_images(dataset, 96).float().mean(dim=1, keepdim=True) / 255  # (N, 1, 96, 96)
    across, down = grey.diff(dim=3).abs()[:, :, 1:], grey.diff(dim=2).abs()[:, :, :, 1:]  # (N, 1, 95, 95)
    fields = avg_pool2d(torch.cat([across, down], dim=1), 12).flatten(1)  # (N, 98)
    return normalize(fields - fields.mean(dim=0), dim=1)


def main() -> None:
    train, test = (load_samples("mini_landmarks", split) for split in ("train", "test"))
    embeddings = {"edges": edges(test)}
    for name, loss in {"Sup-AP network": SupAPLoss(), "Sup-H-AP network": SupHAPLoss()}.items():
        embeddings[name] = embed(fit(RECIPE, train, loss, device="cpu").model, test)
    starts = [query // 12 * 12 for query in QUERIES]
    gallery = [start + step for start in starts for step in (1, 4, 8, 10, 195, 391)] + list(OTHERS)
    scores = {name: (e[list(QUERIES)] @ e[gallery].T).double() for name, e in embeddings.items()}
    means = {name: evaluate(e, test.labels, ks=(1,)).mean for name, e in embeddings.items()}
    written = {
        "queries": [test.name_of(i) for i in QUERIES],
        "gallery": [test.name_of(i) for i in gallery],
        "scores": {name: [[round(s, 4) for s in row] for row in rows.tolist()] for name, rows in scores.items()},
        "means": {name: {key: round(mean[key], 3) for key in KEYS} for name, mean in means.items()},
    }
    lines = ",\n".join(f'"{name}": {json.dumps(content)}' for name, content in written.items())
    TO.write_text(f"{{\n{lines}\n}}\n")


if __name__ == "__main__":
    main()
