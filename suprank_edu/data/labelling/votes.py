"""Step (e): a label for every landmark, by the vote of its parent categories or else of its images."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from suprank_edu._checks import check_count, check_positive
from suprank_edu.data.labelling.decisions import Labelling
from suprank_edu.retrieval import search

PARENTS, IMAGES = "parents", "images"


class Vote(NamedTuple):
    """The label of one landmark.

    Args:
        supercategory: what it was found to be.
        confidence: share of the votes for it, in (0, 1].
        stage: `parents` or `images`, who voted.
        mined: the phrase that gave the label; empty where the images did.
    """

    supercategory: str
    confidence: float
    stage: str
    mined: str = ""


def vote_of_parents(phrases: Mapping[int, Sequence[str]], labelling: Labelling) -> dict[int, Vote]:
    """Label landmarks by their mined phrases: each that the review kept has one vote.

    Args:
        phrases: landmark id → its phrases, from `mine`.
        labelling: what the review came to, from `replay`.

    Returns:
        Landmark id → its label. A landmark whose phrases were all rejected is left out, and so is one on which two
        supercategories tie: its images shall decide.

    Example:
        >>> reviewed = Labelling({"castle": "castle", "hill castle": "castle", "museum": "museum"}, {}, ())
        >>> vote_of_parents({7: ("castle", "museum", "hill castle"), 8: ("castle", "museum"), 9: ()}, reviewed)
        {7: Vote(supercategory='castle', confidence=0.6666666666666666, stage='parents', mined='castle')}
    """
    votes: dict[int, Vote] = {}
    for landmark, of_landmark in phrases.items():
        kept = [phrase for phrase in of_landmark if phrase in labelling.supercategory]
        counts = Counter(labelling.supercategory[phrase] for phrase in kept).most_common(2)
        if not counts or (len(counts) == 2 and counts[0][1] == counts[1][1]):
            continue
        winner, count = counts[0]
        mined = next(phrase for phrase in kept if labelling.supercategory[phrase] == winner)
        votes[landmark] = Vote(winner, count / len(kept), PARENTS, mined)
    return votes


def classify(
    images: Tensor,
    references: Tensor,
    labels: Sequence[str],
    k: int = 5,
    *,
    temperature: float = 0.01,
    find: Callable[[Tensor, Tensor, int], tuple[Tensor, Tensor]] = search,
) -> tuple[list[str], Tensor]:
    """Classify images by the weighted vote of their k nearest references.

    The references are labelled images, or, for zero-shot classification, the embeddings of text prompts: with CLIP the
    paper takes the arg-max (k = 1) or the vote of the 5 nearest prompts, weighted by exp(score / temperature).

    Args:
        images: `(N, D)` unit vectors.
        references: `(R, D)` unit vectors; fewer than k vote all.
        labels: R supercategories.
        k: references that vote on an image.
        temperature: of the weights; a large one gives every neighbour the same vote.
        find: the search, called as `search`; an approximate one serves millions.

    Returns:
        N supercategories, and `(N,)` shares of the votes for them. Of equal shares the first name wins.

    Raises:
        ValueError: lengths that disagree, or k or the temperature out of range.

    Example:
        >>> prompts = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
        >>> classify(torch.tensor([[0.6, 0.8]]), prompts, ["castle", "bridge"], k=1)
        (['bridge'], tensor([1.]))
    """
    check_count("k", k)
    check_positive("temperature", temperature)
    if len(labels) != len(references):
        raise ValueError(f"`labels`: got {len(labels)}, expected {len(references)}, one per reference")
    if len(images) == 0:
        return [], torch.zeros(0)
    names = sorted(set(labels))
    of_reference = torch.tensor([names.index(label) for label in labels], device=images.device)  # (R,)
    scores, nearest = find(images, references, min(k, len(references)))  # (N, k)
    weights = ((scores - scores[:, :1]) / temperature).exp()  # (N, k), the nearest 1
    votes = torch.zeros(len(images), len(names), device=images.device)
    votes.scatter_add_(1, of_reference[nearest], weights)  # (N, names)
    best = votes.argmax(dim=1)  # (N,), the first of equal ones
    shares = votes.gather(1, best[:, None])[:, 0] / weights.sum(dim=1)
    return [names[i] for i in best.tolist()], shares.cpu()


def vote_of_images(landmarks: Sequence[int], classes: Sequence[str], shares: Tensor) -> dict[int, Vote]:
    """Label landmarks by the majority of their images.

    Query and index images of one landmark, given together, vote together: so their labels agree.

    Args:
        landmarks: N landmark ids, one per image.
        classes: N supercategories, from `classify`.
        shares: `(N,)` confidences of the images; they decide where two supercategories have equally many images.

    Returns:
        Landmark id → its label, with the share of its images as confidence.

    Raises:
        ValueError: lengths that disagree.

    Example:
        >>> vote_of_images([7, 7, 7], ["castle", "ruin", "castle"], torch.tensor([0.9, 0.8, 0.7]))
        {7: Vote(supercategory='castle', confidence=0.6666666666666666, stage='images', mined='')}
    """
    if not len(landmarks) == len(classes) == len(shares):
        raise ValueError(
            f"`classes`, `shares`: got {len(classes)} and {len(shares)}, expected {len(landmarks)}, one per landmark id"
        )
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    trust: dict[int, Counter[str]] = defaultdict(Counter)
    for landmark, name, share in zip(landmarks, classes, shares.tolist(), strict=True):
        counts[landmark][name] += 1
        trust[landmark][name] += share
    votes: dict[int, Vote] = {}
    for landmark, count in counts.items():
        winner = min(count, key=lambda name: (-count[name], -trust[landmark][name], name))
        votes[landmark] = Vote(winner, count[winner] / count.total(), IMAGES)
    return votes


def label_from_images(
    embeddings: Tensor, landmarks: Sequence[int], known: Mapping[int, Vote], k: int = 5, *, temperature: float = 0.01
) -> dict[int, Vote]:
    """Label the landmarks that have no label yet by the nearest images of those that have one.

    Args:
        embeddings: `(N, D)` unit vectors of all images.
        landmarks: N landmark ids, one per image.
        known: landmark id → its label, from `vote_of_parents`.
        k: neighbours that vote on an image.
        temperature: as in `classify`.

    Returns:
        Landmark id → its label, for the landmarks that are not in `known`.

    Raises:
        ValueError: lengths that disagree, or no image of a known landmark.

    Example:
        >>> images = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.9, 0.1]]), dim=1)
        >>> known = {1: Vote("castle", 1.0, "parents"), 2: Vote("bridge", 1.0, "parents")}
        >>> label_from_images(images, [1, 2, 3], known)[3].supercategory
        'castle'
    """
    if len(landmarks) != len(embeddings):
        raise ValueError(f"`landmarks`: got {len(landmarks)}, expected {len(embeddings)}, one per embedding")
    is_known = torch.tensor([landmark in known for landmark in landmarks])
    if not bool(is_known.any()):
        raise ValueError("`known`: got no label for any image, expected at least one to learn from")
    labels = [known[landmark].supercategory for landmark in landmarks if landmark in known]
    unknown = [landmark for landmark in landmarks if landmark not in known]
    here = is_known.to(embeddings.device)
    classes, shares = classify(embeddings[~here], embeddings[here], labels, k, temperature=temperature)
    return vote_of_images(unknown, classes, shares)
