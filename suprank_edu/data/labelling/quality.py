"""Step (g): how good the labels are, stage by stage, where the truth is known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from suprank_edu._checks import check_number
from suprank_edu._extras import needs
from suprank_edu.data.labelling.clusters import Candidate, candidates
from suprank_edu.data.labelling.decisions import Decision, Labelling, Review
from suprank_edu.data.labelling.mining import count_phrases
from suprank_edu.data.labelling.votes import Vote, label_from_images, vote_of_parents

if TYPE_CHECKING:
    import pandas as pd


def purity(groups: Iterable[Hashable], truth: Iterable[Hashable]) -> float:
    """Return the share of items that belong to the most frequent true class of their group.

    It says how well a reviewer who gives each group one name could do. Many small groups have a high purity for free:
    read it together with their number.

    Args:
        groups: N groups.
        truth: N true classes.

    Returns:
        A share in (0, 1]; NaN for no item.

    Raises:
        ValueError: lengths that disagree.

    Example:
        >>> purity(["a", "a", "a", "b"], ["castle", "castle", "bridge", "bridge"])
        0.75
    """
    groups, truth = list(groups), list(truth)
    if len(groups) != len(truth):
        raise ValueError(f"`truth`: got {len(truth)} classes, expected {len(groups)}, one per item of `groups`")
    counts: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for group, of_item in zip(groups, truth, strict=True):
        counts[group][of_item] += 1
    most = sum(max(of_group.values()) for of_group in counts.values())
    return most / len(groups) if groups else float("nan")


def review_by_truth(
    found: Sequence[Candidate],
    phrases: Mapping[int, Sequence[str]],
    truth: Mapping[int, str],
    nature: Mapping[str, str],
    least: float = 0.5,
) -> list[Decision]:
    """Decide as a reviewer would who sees the truth: it stands for the human in measurements.

    A candidate gets the name of the true supercategory that most of its landmarks have; one of which less than
    `least` agree (*building*, *1886 establishment*) is rejected.

    Args:
        found: the candidates.
        phrases: landmark id → its phrases.
        truth: landmark id → its true supercategory.
        nature: supercategory → `natural` or `human-made`.
        least: share of a candidate's landmarks that must agree.

    Raises:
        ValueError: `least` is not a number.

    Example:
        >>> castle = Candidate("k1", "hill castle", ("hill castle",), 2)
        >>> review_by_truth([castle], {7: ["hill castle"], 8: ["hill castle"]}, {7: "castle", 8: "castle"},
        ...                 {"castle": "human-made"})
        [Decision(candidate='k1', action='rename', value='castle', natural_or_human_made='human-made')]
    """
    check_number("least", least, 0)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for landmark, of_landmark in phrases.items():
        for phrase in of_landmark:
            counts[phrase][truth[landmark]] += 1
    decisions = []
    for candidate in found:
        classes = sum((counts[phrase] for phrase in candidate.phrases), Counter[str]())
        name, agreeing = classes.most_common(1)[0] if classes else ("", 0)
        if not classes or agreeing < least * classes.total():
            decisions.append(Decision(candidate.key, "reject"))
        elif name == candidate.name:
            decisions.append(Decision(candidate.key, "accept", "", nature[name]))
        else:
            decisions.append(Decision(candidate.key, "rename", name, nature[name]))
    return decisions


def measure_stages(
    phrases: Mapping[int, Sequence[str]],
    truth: Mapping[int, str],
    nature: Mapping[str, str],
    embeddings: torch.Tensor,
    image_landmarks: Sequence[int],
    *,
    clusters: int,
    hidden: Sequence[float] = (0.0, 0.1, 0.2, 0.3),
    k: int = 5,
    embed: Callable[[Sequence[str]], np.ndarray[Any, np.dtype[np.float32]]] | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Run the pipeline with a share of the landmarks' parents hidden, and compare each stage with the truth.

    Args:
        phrases: landmark id → its phrases, from `mine`.
        truth: landmark id → its true supercategory, for the same landmarks.
        nature: supercategory → `natural` or `human-made`.
        embeddings: `(N, D)` unit vectors of the images.
        image_landmarks: N landmark ids, one per image.
        clusters: candidates to make.
        hidden: shares of the landmarks whose parents are taken away, each in [0, 1).
        k: neighbours that vote on an image.
        embed: names → vectors, None for character TF-IDF.
        seed: of the choice of hidden landmarks, and of the clusters.

    Returns:
        Rows by `(stage, hidden)`, with `labelled` (landmarks), `purity`, `coverage` (share of all landmarks)
        and `accuracy` (share of those labelled; NaN where no name was given). Stages: `phrases`, `clusters`
        and `review` (purity and accuracy over pairs of landmark and phrase: of each phrase, of each candidate, and
        of each supercategory after a review by the truth), `parents` (their vote), `images` (what the parents
        left), and `both`.

    Raises:
        ValueError: landmarks without truth, or a share outside [0, 1).
    """
    with needs("data"):
        import pandas as pd

    _check(phrases, truth, hidden)
    rows = []
    for share in hidden:
        known = _hide(phrases, share, seed)
        found = candidates(count_phrases(known), clusters, embed=embed, seed=seed)
        group = {phrase: candidate.key for candidate in found for phrase in candidate.phrases}
        labelling = labelling_of(found, review_by_truth(found, known, truth, nature))
        by_parents = vote_of_parents(known, labelling)
        by_images = label_from_images(embeddings, image_landmarks, by_parents, k)
        pairs = [(landmark, phrase) for landmark, of_landmark in known.items() for phrase in of_landmark]
        classes = [truth[landmark] for landmark, _ in pairs]
        named = labelling.supercategory
        kept = [(landmark, named[phrase]) for landmark, phrase in pairs if phrase in named]
        mined = len({landmark for landmark, _ in pairs})
        rows += [
            _row("phrases", share, mined, len(truth), purity((phrase for _, phrase in pairs), classes)),
            _row("clusters", share, mined, len(truth), purity((group[phrase] for _, phrase in pairs), classes)),
            _named_row("review", share, kept, truth),
            _named_row("parents", share, _pairs(by_parents), truth),
            _named_row("images", share, _pairs(by_images), truth),
            _named_row("both", share, _pairs(by_parents | by_images), truth),
        ]
    return pd.DataFrame(rows).set_index(["stage", "hidden"])


def labelling_of(found: Sequence[Candidate], decisions: Iterable[Decision]) -> Labelling:
    """Return what decisions come to that lie in no file.

    Raises:
        ValueError: as `Review.apply`.
    """
    review = Review(found)
    for decision in decisions:
        review.apply(decision)
    return review.labelling()


def _hide(phrases: Mapping[int, Sequence[str]], share: float, seed: int) -> dict[int, Sequence[str]]:
    """Empty the phrases of a share of the landmarks; a larger share hides those of a smaller one too."""
    order = np.random.default_rng(seed).permutation(sorted(phrases))
    gone = set(order[: round(share * len(order))].tolist())
    return {landmark: () if landmark in gone else of_landmark for landmark, of_landmark in phrases.items()}


def _row(stage: str, hidden: float, labelled: int, total: int, pure: float) -> dict[str, object]:
    return {
        "stage": stage,
        "hidden": hidden,
        "labelled": labelled,
        "purity": pure,
        "coverage": labelled / total,
        "accuracy": float("nan"),
    }


def _named_row(
    stage: str, hidden: float, named: Sequence[tuple[int, str]], truth: Mapping[int, str]
) -> dict[str, object]:
    """Return the row of a stage that gives names: pairs of landmark and supercategory."""
    classes = [truth[landmark] for landmark, _ in named]
    right = sum(name == of_landmark for (_, name), of_landmark in zip(named, classes, strict=True))
    row = _row(stage, hidden, len({i for i, _ in named}), len(truth), purity((name for _, name in named), classes))
    return row | {"accuracy": right / len(named) if named else float("nan")}


def _pairs(votes: Mapping[int, Vote]) -> list[tuple[int, str]]:
    return [(landmark, vote.supercategory) for landmark, vote in votes.items()]


def _check(phrases: Mapping[int, Sequence[str]], truth: Mapping[int, str], hidden: Sequence[float]) -> None:
    if set(phrases) != set(truth):
        odd = sorted(set(phrases) ^ set(truth))
        raise ValueError(f"`truth`: got other landmarks than `phrases` (such as {odd[0]}), expected the same")
    for share in hidden:
        if not 0 <= share < 1:
            raise ValueError(f"`hidden`: got {share!r}, expected shares of at least 0 and below 1")
