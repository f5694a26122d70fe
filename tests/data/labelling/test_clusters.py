"""Names as vectors, and clusters of them."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from suprank_edu.data.labelling import Candidate, candidates, cluster_vectors, embed_names, purity
from suprank_edu.data.labelling.clusters import suggested_name

NAMES = [
    "hill castle",
    "moated castle",
    "stone bridge",
    "covered bridge",
    "gothic church",
    "parish church",
    "lake",
    "zoo",
]


def test_with_all_dimensions_the_cosines_are_those_of_character_tf_idf() -> None:
    plain = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(NAMES)
    made = embed_names(NAMES, dim=64)
    assert made.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(made @ made.T, (plain @ plain.T).toarray(), atol=1e-4)


def test_few_dimensions_keep_kinds_together_and_the_seed_makes_them_again() -> None:
    made = embed_names(NAMES, dim=4, seed=1)
    assert made.shape == (8, 4)
    np.testing.assert_array_equal(made, embed_names(NAMES, dim=4, seed=1))
    assert made[0] @ made[1] > made[0] @ made[2]


@pytest.mark.parametrize(
    ("names", "message"),
    [([], r"`names`: got \[\]"), ("castle", "`names`: got 'castle'"), (["a", " "], r"`names`: got ' ' at position 1")],
)
def test_names_that_are_none_are_refused(names, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        embed_names(names)


def test_one_name_and_equal_names_are_vectors_too() -> None:
    np.testing.assert_allclose(embed_names(["castle"]) ** 2, [[1]], atol=1e-6)
    same = embed_names(["castle", "castle", "castle"])
    np.testing.assert_allclose(same @ same.T, np.ones((3, 3)), atol=1e-5)


@pytest.mark.parametrize(("option", "value"), [("dim", 0), ("seed", -1)])
def test_numbers_of_embed_names_are_checked(option: str, value: int) -> None:
    with pytest.raises(ValueError, match=rf"^`{option}`: got {value}"):
        embed_names(NAMES, **{option: value})


@pytest.mark.parametrize("size", [600, 2400])
def test_clusters_of_separate_blobs_are_the_blobs(size: int) -> None:
    random = np.random.default_rng(0)
    truth = np.repeat(np.arange(6), size // 6)
    blobs = np.eye(6, dtype=np.float32)[truth] + 0.05 * random.standard_normal((size, 6)).astype(np.float32)
    made = cluster_vectors(blobs, 6, seed=2)
    assert made.shape == (size,)
    assert sorted(set(made.tolist())) == list(range(6))
    assert purity(made.tolist(), truth.tolist()) == 1.0
    np.testing.assert_array_equal(made, cluster_vectors(blobs, 6, seed=2))


def test_a_name_that_is_like_no_other_stays_alone() -> None:
    vectors = np.eye(12, dtype=np.float32)
    vectors[1] = vectors[0] * 0.8 + vectors[1] * 0.6
    made = cluster_vectors(vectors, 11)
    assert made[0] == made[1]
    assert len(set(made.tolist())) == 11


def test_few_vectors_are_joined_as_average_linkage_joins_them() -> None:
    random = np.random.default_rng(1)
    vectors = random.standard_normal((14, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    clusters = [[i] for i in range(14)]
    while len(clusters) > 4:  # the definition: join the two clusters whose members are nearest on average
        pairs = [(a, b) for a in range(len(clusters)) for b in range(a)]
        a, b = min(pairs, key=lambda ab: 1 - np.mean(vectors[clusters[ab[0]]] @ vectors[clusters[ab[1]]].T))
        clusters[b] += clusters.pop(a)
    made = cluster_vectors(vectors, 4).tolist()
    groups = {frozenset(i for i in range(14) if made[i] == number) for number in set(made)}
    assert groups == {frozenset(cluster) for cluster in clusters}


def test_more_clusters_than_vectors_are_as_many_as_vectors() -> None:
    assert sorted(cluster_vectors(np.eye(3, dtype=np.float32), 9).tolist()) == [0, 1, 2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clusters": 0}, "`clusters`: got 0"),
        ({"clusters": 2, "seed": -1}, "`seed`: got -1"),
        ({"clusters": 2, "weights": [1.0]}, "`weights`: got 1, expected 3, one per vector"),
    ],
)
def test_cluster_arguments_are_checked(options, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cluster_vectors(np.eye(3, dtype=np.float32), **options)
    with pytest.raises(ValueError, match=r"^`vectors`: got none"):
        cluster_vectors(np.zeros((0, 3), dtype=np.float32), 2)


COUNTS = {
    "castle": 30, "moated castle": 9, "hill castle": 8, "ruined castle": 7,
    "bridge": 25, "stone bridge": 9, "covered bridge": 5, "railway bridge": 4,
    "lake": 20, "glacial lake": 3, "crater lake": 2,
}  # fmt: skip


def test_candidates_hold_every_phrase_once_the_largest_first() -> None:
    found = candidates(COUNTS, clusters=3)
    assert sorted(p for c in found for p in c.phrases) == sorted(COUNTS)
    assert [(c.name, c.size) for c in found] == [("castle", 54), ("bridge", 43), ("lake", 25)]
    for candidate in found:
        assert candidate.size == sum(COUNTS[p] for p in candidate.phrases)
        assert [COUNTS[p] for p in candidate.phrases] == sorted((COUNTS[p] for p in candidate.phrases), reverse=True)
        assert candidate.examples == candidate.phrases[:3]


def test_candidates_are_the_same_for_the_same_seed_and_have_keys_of_their_own() -> None:
    found = candidates(COUNTS, clusters=5, seed=4)
    assert found == candidates(COUNTS, clusters=5, seed=4)
    assert len({c.key for c in found}) == len(found)


def test_a_key_stands_for_the_phrases_and_nothing_else() -> None:
    one = {c.phrases: c.key for c in candidates(COUNTS, clusters=3)}
    doubled = {phrase: 2 * count for phrase, count in COUNTS.items()}
    assert {c.phrases: c.key for c in candidates(doubled, clusters=3)} == one
    fewer = {phrase: count for phrase, count in COUNTS.items() if phrase != "crater lake"}
    other = {c.name: c.key for c in candidates(fewer, clusters=3)}
    castle, bridge, lake = (c.key for c in candidates(COUNTS, clusters=3))
    assert (other["castle"], other["bridge"]) == (castle, bridge)
    assert other["lake"] != lake


def test_another_embedding_can_be_given() -> None:
    def by_length(names):
        return np.float32([[len(name) < 20, len(name) >= 20] for name in names])

    texts = []
    found = candidates(COUNTS, clusters=2, embed=lambda names: texts.extend(names) or by_length(names))
    assert texts[:2] == ["castle castle", "moated castle castle"]
    assert {frozenset(c.phrases) for c in found} == {
        frozenset(p for p in COUNTS if len(f"{p} {p.split()[-1]}") < 20),
        frozenset(p for p in COUNTS if len(f"{p} {p.split()[-1]}") >= 20),
    }


@pytest.mark.parametrize(
    ("counts", "name"),
    [
        ({"railway station": 5, "disused railway station": 2, "metro station": 1}, "railway station"),
        ({"castle": 5, "moated castle": 5}, "castle"),
        ({"abbey": 3, "priory": 2, "friary": 2}, "abbey"),
        ({"b": 1, "a": 1}, "a"),
    ],
)
def test_the_suggested_name_is_what_most_landmarks_share(counts: dict[str, int], name: str) -> None:
    assert suggested_name(list(counts), counts) == name


def test_no_phrase_is_no_candidate() -> None:
    with pytest.raises(ValueError, match=r"^`counts`: got no phrase.*were the parent categories fetched"):
        candidates({}, 3)


def test_a_candidate_is_plain_data() -> None:
    assert Candidate("k", "castle", ("castle",), 1) == Candidate("k", "castle", ("castle",), 1)


def test_as_many_clusters_as_vectors_leaves_each_alone() -> None:
    """Orthogonal vectors lie at one distance of all others: scipy before 1.15 put them all into cluster 0."""
    for size in (2, 3, 7):
        assert sorted(cluster_vectors(np.eye(size, dtype=np.float32), 9).tolist()) == list(range(size))
