"""Names: supercategories under natural and human-made, and landmarks of places that do not exist."""

import numpy as np

from suprank_edu.data.landmarks.draws import uniforms

HUMAN_MADE, NATURAL = "human-made", "natural"
LEVEL_NAMES = ("landmark", "supercategory", "natural_or_human_made")

# Supercategory → the words that categories use for it: what the labelling pipeline has to bring together.
HUMAN_MADE_WORDS = {
    "castle": ("castle", "fortress", "citadel"),
    "church": ("church", "cathedral", "chapel"),
    "temple": ("temple", "sanctuary"),
    "tower": ("tower", "skyscraper", "observation tower"),
    "stadium": ("stadium", "arena"),
    "bridge": ("bridge", "viaduct"),
    "lighthouse": ("lighthouse", "light station"),
    "windmill": ("windmill", "grain mill"),
}
NATURAL_WORDS = {
    "mountain": ("mountain", "peak", "summit"),
    "volcano": ("volcano", "crater"),
    "waterfall": ("waterfall", "falls", "cascade"),
    "lake": ("lake", "tarn"),
    "island": ("island", "islet"),
    "rock arch": ("natural arch", "rock arch"),
    "desert dune": ("dune", "sand dune", "erg"),
    "sea cliff": ("cliff", "sea cliff", "headland"),
}
WORDS = {**HUMAN_MADE_WORDS, **NATURAL_WORDS}
# Alternating, so that a few landmarks already show both halves.
SUPERCATEGORIES = tuple(name for pair in zip(HUMAN_MADE_WORDS, NATURAL_WORDS, strict=True) for name in pair)

_FIRST = ("Al", "Bran", "Cor", "Dun", "Elm", "Far", "Gil", "Har", "Ist", "Jor", "Kel", "Lor", "Mar", "Nor", "Or", "Pel")
_MIDDLE = ("a", "bi", "de", "en", "fi", "go", "la", "li", "mo", "na", "ri", "ru", "se", "to", "va", "we")
_LAST = ("bury", "dal", "fell", "gard", "holm", "ia", "lund", "mark", "mere", "mond", "rath", "stead", "thal", "vik")


def supercategory_of(landmark: int) -> str:
    """Return the supercategory of a landmark: they take turns.

    Example:
        >>> supercategory_of(0), supercategory_of(1), supercategory_of(16)
        ('castle', 'mountain', 'castle')
    """
    return SUPERCATEGORIES[landmark % len(SUPERCATEGORIES)]


def nature_of(supercategory: str) -> str:
    """Return `"natural"` or `"human-made"`."""
    return NATURAL if supercategory in NATURAL_WORDS else HUMAN_MADE


def word_of(landmark: int) -> str:
    """Return the word that the landmark's category uses for its kind, such as `"fortress"` for a castle."""
    words = WORDS[supercategory_of(landmark)]
    return words[(landmark // len(SUPERCATEGORIES)) % len(words)]


def name_of(landmark: int, seed: int = 0) -> str:
    """Return the name of a landmark of an imaginary place; among thousands, two may share one.

    Example:
        >>> name_of(0), name_of(1), name_of(16)
        ('Marrulund Castle', 'Mountain of Istdedal', 'Lordefell Fortress')
    """
    parts = uniforms(seed, 3, np.zeros(1, np.int64), np.array([landmark]), 12)[0, 8:]
    first, middle, last = (
        table[int(share * len(table))] for table, share in zip((_FIRST, _MIDDLE, _LAST), parts, strict=False)
    )
    kind = word_of(landmark).title()
    place = f"{first}{middle}{last}"
    return (f"{place} {kind}", f"{kind} of {place}", f"{place} {kind}")[int(parts[3] * 3)]
