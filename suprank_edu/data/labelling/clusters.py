"""Step (c), second half: phrases clustered into candidate supercategories, each with a name to begin with."""

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suprank_edu._checks import check_count, check_index
from suprank_edu._extras import needs
from suprank_edu.data.labelling.names import Embed, Vectors, embed_names

_TYPICAL = 0.6  # a word in so much of a cluster belongs into its name
_GROUPS, _BATCH = 2_000, 4_096


@dataclass(frozen=True)
class Candidate:
    """A cluster of phrases that a reviewer may make a supercategory.

    Args:
        key: a digest of the phrases: decisions name it, so that they never apply to another cluster.
        name: the suggested name, its most typical words.
        phrases: the phrases, those of most landmarks first.
        size: landmarks of the phrases; one that has several of them counts for each.

    Example:
        >>> Candidate("3f2a", "castle", ("castle", "moated castle", "hill castle", "castle ruin"), 12).examples
        ('castle', 'moated castle', 'hill castle')
    """

    key: str
    name: str
    phrases: tuple[str, ...]
    size: int

    @property
    def examples(self) -> tuple[str, ...]:
        """The first three phrases."""
        return self.phrases[:3]


def cluster_vectors(
    vectors: Vectors, clusters: int, *, weights: Sequence[float] | None = None, seed: int = 0
) -> NDArray[np.int64]:
    """Cluster unit vectors in two steps: k-means into at most 2,000 small groups, then average linkage of these.

    Average linkage joins what is most alike first and leaves odd ones alone; k-means would heap all that is like
    nothing else into one cluster, but its time and memory grow with N only. Linkage of 200,000 names would need
    160 GB for their pairs, that of 2,000 groups 16 MB.

    Args:
        vectors: `(N, D)` unit vectors.
        clusters: number of clusters k; fewer come out of fewer vectors.
        weights: `(N,)` how much each vector draws its group; None counts all alike.
        seed: the same seed gives the same clusters.

    Returns:
        `(N,)` cluster numbers in 0..k-1.

    Raises:
        ValueError: `clusters` below 1, `seed` below 0, no vector, or weights that do not fit.

    Example:
        >>> same, too, other = cluster_vectors(np.float32([[1, 0], [0.99, 0.1], [0, 1]]), 2)
        >>> bool(same == too), bool(same == other)
        (True, False)
    """
    check_count("clusters", clusters)
    check_index("seed", seed)
    if len(vectors) == 0:
        raise ValueError("`vectors`: got none, expected at least one")
    if weights is not None and len(weights) != len(vectors):
        raise ValueError(f"`weights`: got {len(weights)}, expected {len(vectors)}, one per vector")
    group, centres = _groups(vectors, weights, seed)  # (N,), (M, D)
    if len(centres) == 1:
        return group
    with needs("data"):
        from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(centres.astype(np.float64), method="average", metric="cosine")
    of_group: NDArray[np.int64] = fcluster(tree, clusters, criterion="maxclust").astype(np.int64) - 1  # (M,)
    return of_group[group]  # (N,)


def _groups(vectors: Vectors, weights: Sequence[float] | None, seed: int) -> tuple[NDArray[np.int64], Vectors]:
    """Return the group of each vector, and the centres of the groups; few vectors are groups of their own."""
    if len(vectors) <= _GROUPS:
        return np.arange(len(vectors)), vectors
    with needs("data"):
        from sklearn.cluster import MiniBatchKMeans

    kmeans = MiniBatchKMeans(
        _GROUPS, batch_size=_BATCH, n_init=1, max_iter=10, reassignment_ratio=0.0, random_state=seed
    )
    used, group = np.unique(kmeans.fit_predict(vectors, sample_weight=weights), return_inverse=True)
    return group.astype(np.int64), kmeans.cluster_centers_[used]


def candidates(
    counts: Mapping[str, int], clusters: int, *, embed: Embed | None = None, seed: int = 0
) -> list[Candidate]:
    """Cluster phrases into candidate supercategories.

    Args:
        counts: phrase → number of landmarks that have it, from `count_phrases`.
        clusters: how many candidates to make at most: several times the supercategories wanted, for it is easier to
            merge two candidates than to split one.
        embed: names → `(N, D)` unit vectors; None takes `embed_names`.
        seed: of the vectors and of the clusters.

    Returns:
        The candidates, the largest first.

    Raises:
        ValueError: there is no phrase, or what `cluster_vectors` refuses.

    Example:
        >>> counts = {"castle": 9, "hill castle": 4, "bridge": 5, "stone bridge": 3}
        >>> for candidate in candidates(counts, clusters=2):
        ...     print(candidate.name, candidate.size, candidate.phrases)
        castle 13 ('castle', 'hill castle')
        bridge 8 ('bridge', 'stone bridge')
    """
    if not counts:
        raise ValueError("`counts`: got no phrase, expected at least one; were the parent categories fetched?")
    phrases = list(counts)
    # The last word says the kind ("neo-gothic church"): said twice, it weighs more than what stands before it.
    texts = [f"{phrase} {phrase.split()[-1]}" for phrase in phrases]
    vectors = embed(texts) if embed is not None else embed_names(texts, seed=seed)
    # Square roots, so that one phrase of a thousand landmarks draws a centre, but does not own it.
    of_phrase = cluster_vectors(vectors, clusters, weights=[math.sqrt(count) for count in counts.values()], seed=seed)
    members: dict[int, list[str]] = {}
    for phrase, cluster in zip(phrases, of_phrase.tolist(), strict=True):
        members.setdefault(cluster, []).append(phrase)
    made = [_candidate(each, counts) for each in members.values()]
    return sorted(made, key=lambda candidate: (-candidate.size, candidate.key))


def _candidate(phrases: Sequence[str], counts: Mapping[str, int]) -> Candidate:
    ordered = tuple(sorted(phrases, key=lambda phrase: (-counts[phrase], phrase)))
    key = hashlib.sha256("\n".join(sorted(phrases)).encode()).hexdigest()[:10]
    return Candidate(key, suggested_name(ordered, counts), ordered, sum(counts[phrase] for phrase in phrases))


def suggested_name(phrases: Sequence[str], counts: Mapping[str, int]) -> str:
    """Return the words that most of a cluster shares, in their usual order, or else its most frequent word.

    Example:
        >>> suggested_name(["railway station", "disused railway station", "station"], {}.fromkeys(
        ...     ["railway station", "disused railway station", "station"], 1))
        'railway station'
    """
    weight: Counter[str] = Counter()
    for phrase in phrases:
        for word in set(phrase.split()):
            weight[word] += counts[phrase]
    total = sum(counts[phrase] for phrase in phrases)
    typical = {word for word, count in weight.items() if count >= _TYPICAL * total}
    if not typical:
        return min(weight, key=lambda word: (-weight[word], word))
    richest = max(phrases, key=lambda phrase: len(typical & set(phrase.split())))
    shared = [word for word in dict.fromkeys(richest.split()) if word in typical]
    return " ".join(shared)
