"""The questions of `which_loss`, and how data sets and metrics are called there."""

from collections.abc import Mapping
from dataclasses import dataclass

from suprank_edu.explore.results.which_loss_evidence import BATCHES, Evidence

LEARNS = {
    "groceries": "a linear head on a pretrained network's frozen features; the search is among classes it has learned",
    "groceries-fine-tune": "a whole pretrained network; the search is among classes it has learned",
    "omniglot": "a small network from nothing; the search is among new classes, of groups it has not met",
    "rendered-landmarks": "a small network from nothing; the search is among new classes, of groups it knows",
}
"""What is trained on each set, as a reader would say it of their own data."""

SET_NAMES = {
    "groceries": "Groceries, head",
    "groceries-fine-tune": "Groceries, whole network",
    "omniglot": "Omniglot",
    "rendered-landmarks": "rendered landmarks",
}
REACH = {
    "groceries": "81 products photographed in shops, EfficientNet-Lite0 as ImageNet left it, a head of 256 numbers, "
    "300 steps of 128. New products were not tried, nor another network.",
    "groceries-fine-tune": "the same 81 products and the same network, 200 steps of 64 at 128 pixels, five losses, and "
    "one learning rate for all, which nobody searched. New products were not tried.",
    "omniglot": "136 handwritten characters of five alphabets to learn, 106 of three other alphabets to search, a "
    "small network from nothing, 300 steps of 128. Drawings are no photographs.",
    "rendered-landmarks": "512 landmarks to learn and 256 others to search, drawn by a program at 32 pixels, a small "
    "network from nothing, 600 steps of 128. Pictures that a program draws are no photographs.",
}
METRICS = {
    "R@1": ("R@1/column0", "R@1: the first one must be right"),
    "mAP@R": ("mAP@R/column0", "mAP@R: all that there are must come first"),
    "H-AP": ("H-AP", "H-AP: mistakes must be mild"),
    "NDCG": ("NDCG", "NDCG: the whole list in order of what it shares"),
}


@dataclass(frozen=True)
class Question:
    """A question with its choices: value → label, the first one chosen at first."""

    name: str
    text: str
    choices: Mapping[str, str]


def questions_of(evidence: Evidence) -> list[Question]:
    """Return the questions that the results can answer."""
    return [
        Question("learns", "What learns, and what will be searched?", {name: LEARNS[name] for name in evidence.runs}),
        Question("labels", "Labels", {"levels": "two columns or more: a hierarchy", "one": "one column"}),
        Question("reports", "What is reported?", {name: label for name, (_, label) in METRICS.items()}),
        Question(
            "batch",
            "Photographs that fit in a batch (tried on Groceries, which has 81 products to learn)",
            {str(size): f"{size}: {size // 4} products, four photographs of each" for size in BATCHES},
        ),
        Question("classes", "Classes to learn", {"few": "512 or fewer", "many": "more"}),
    ]
