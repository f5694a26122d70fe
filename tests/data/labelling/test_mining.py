from collections import Counter

import pytest

from suprank_edu.data.labelling import count_phrases, mine, phrase_of


@pytest.mark.parametrize(
    ("title", "phrase"),
    [
        ("Category:Castles in Bavaria", "castle"),
        ("Category:Castles by country", "castle"),
        ("Category:Roman Catholic churches in Lower Saxony", "roman catholic church"),
        ("Category:Bridges over the Rhine", "bridge"),
        ("Category:Abbeys of Belgium", "abbey"),
        ("Category:Observatories on mountains", "observatory"),
        ("Category:Fortresses (Poland)", "fortress"),
        ("Category:19th-century lighthouses in Norway", "lighthouse"),
        ("Category:1886 in Bavaria", ""),
        ("Category:Buildings completed in 1886", "buildings completed"),
        ("Category:Glass", "glass"),
        ("Category:Bodies of water in Kaltland", "body of water"),
        ("Category:Places of worship by country", "place of worship"),
        ("Category:Lakes of the Alps", "lake"),
        ("Category:Establishments of 1886", "establishment"),
        ("Category:Of mice", "of mice"),
        ("Category:Campus", "campus"),
        ("Castles, moated", "castle"),
        ("Category:", ""),
    ],
)
def test_the_phrase_is_the_kind_in_the_singular(title: str, phrase: str) -> None:
    assert phrase_of(title) == phrase


def test_mining_agrees_with_the_definition(world) -> None:
    by_hand = {
        landmark: list(dict.fromkeys(p for p in map(phrase_of, world.parents[title]) if p))
        for landmark, title in world.categories.items()
    }
    counts = Counter(p for phrases in by_hand.values() for p in phrases)
    for least in (1, 2, 7, 13):
        mined = mine(world.categories, world.parents, min_landmarks=least)
        assert mined == {k: tuple(p for p in phrases if counts[p] >= least) for k, phrases in by_hand.items()}
    assert count_phrases(mine(world.categories, world.parents)) == {p: n for p, n in counts.items() if n > 1}


def test_pages_that_are_missing_or_were_not_asked_for_have_no_phrase() -> None:
    parents = {"Category:A": None, "Category:B": ["Category:Castles", "Category:Castles in C"]}
    assert mine({1: "Category:A", 2: "Category:B", 3: "Category:D"}, parents, 1) == {1: (), 2: ("castle",), 3: ()}


def test_counts_come_with_the_most_frequent_first() -> None:
    assert list(count_phrases({1: ["b", "c"], 2: ["c", "a"], 3: []}).items()) == [("c", 2), ("a", 1), ("b", 1)]


def test_min_landmarks_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^`min_landmarks`: got 0"):
        mine({}, {}, min_landmarks=0)
