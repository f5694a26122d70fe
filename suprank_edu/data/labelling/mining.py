"""Step (b), second half: from parent categories to the kinds of landmark that they name.

`Castles in Bavaria` and `Castles in Saxony by district` both say *castle*: English puts the kind before the first
preposition, but for an *of* that no name follows (*bodies of water*). What is left after that cut is called a phrase
here; the frequent ones are what the paper mined.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from suprank_edu._checks import check_count
from suprank_edu.data.labelling.categories import PREFIX

_PREPOSITIONS = (
    "in|of(?= the| [A-Z0-9])|by|at|on|near|from|to|with|for|along|under|over|across|above|below|between|around"
)
_CUT = re.compile(rf"\s+(?:{_PREPOSITIONS})\b|[,:(]")
_SIBILANT = ("ches", "shes", "xes", "sses", "zes")


def phrase_of(title: str) -> str:
    """Return the kind that a category names, in the singular and without place, time or purpose; may be empty.

    Args:
        title: title of a category, with or without `Category:`.

    Example:
        >>> phrase_of("Category:Neo-Gothic churches in Lower Saxony"), phrase_of("Category:1886 in Bavaria")
        ('neo-gothic church', '')
    """
    name = title.removeprefix(PREFIX).strip()
    words = _CUT.split(name, maxsplit=1)[0].lower().split()
    words = [word for word in words if not any(letter.isdigit() for letter in word)]
    if not words:
        return ""
    noun = words.index("of") - 1 if "of" in words[1:] else len(words) - 1
    return " ".join([*words[:noun], _singular(words[noun]), *words[noun + 1 :]])


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(_SIBILANT):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def mine(
    categories: Mapping[int, str], parents: Mapping[str, Sequence[str] | None], min_landmarks: int = 2
) -> dict[int, tuple[str, ...]]:
    """Return for each landmark the frequent phrases among its parent categories.

    Args:
        categories: landmark id → title of its category, from `read_categories`.
        parents: title → titles of its parents, from `WikimediaClient`; None or absent where there is no page.
        min_landmarks: a phrase that fewer landmarks have is dropped: it names a place or a person, not a kind.

    Returns:
        Landmark id → its phrases in the order of the parents, each once; empty where nothing was mined.

    Raises:
        ValueError: `min_landmarks` is below 1.

    Example:
        >>> parents = {"Category:Eltz Castle": ["Category:Castles in Wierschem", "Category:Wierschem"],
        ...            "Category:Burg Satzvey": ["Category:Moated castles", "Category:Castles in Mechernich"]}
        >>> mine({7: "Category:Eltz Castle", 8: "Category:Burg Satzvey", 9: "Category:Gone"}, parents)
        {7: ('castle',), 8: ('castle',), 9: ()}
    """
    check_count("min_landmarks", min_landmarks)
    phrase = {parent: phrase_of(parent) for of_title in parents.values() for parent in of_title or ()}
    of_landmark = {
        landmark: tuple(dict.fromkeys(phrase[parent] for parent in parents.get(title) or () if phrase[parent]))
        for landmark, title in categories.items()
    }
    counts = count_phrases(of_landmark)
    return {
        landmark: tuple(each for each in phrases if counts[each] >= min_landmarks)
        for landmark, phrases in of_landmark.items()
    }


def count_phrases(phrases: Mapping[int, Sequence[str]]) -> dict[str, int]:
    """Return phrase → number of landmarks that have it, the most frequent first, equal ones by name.

    Example:
        >>> count_phrases({7: ("moated castle", "castle"), 8: ("castle",)})
        {'castle': 2, 'moated castle': 1}
    """
    counts = Counter(phrase for of_landmark in phrases.values() for phrase in of_landmark)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
