"""Parent categories for the places of Mini-Landmarks, which do not exist, with the disorder of a real wiki.

    python -m suprank_edu.data.labelling.practice.invented_wiki data_samples/mini_landmarks

writes `wikimedia_parents.json`, which `LocalWiki` serves. Each landmark gets its kind in a region or century,
and much that says nothing of its kind; some get a parent of another kind, some only noise, some have no page at all.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from suprank_edu.data.labelling.categories import read_categories

_COUNTRIES = {
    "Valdoria": ("Upper Valdoria", "Lower Valdoria", "the Valdorian Coast"),
    "Estmark": ("Northern Estmark", "Estmark County", "the Lake Province"),
    "Kaltland": ("Kaltland Uplands", "West Kaltland", "the Free City of Kalt"),
}
_STYLES = {
    "human-made": ("Medieval", "Ruined", "Restored", "Listed", "Stone"),
    "natural": ("Protected", "Remote", "Coastal", "Inland", "Named"),
}
# Broader kinds that several supercategories share: a reviewer has to see that they decide nothing.
_BROADER = {
    "castle": "Fortifications", "church": "Places of worship", "temple": "Places of worship", "tower": "Towers",
    "stadium": "Sports venues", "bridge": "Transport infrastructure", "lighthouse": "Towers", "windmill": "Towers",
    "mountain": "Landforms", "volcano": "Landforms", "waterfall": "Bodies of water", "lake": "Bodies of water",
    "island": "Landforms", "rock arch": "Rock formations", "desert dune": "Landforms", "sea cliff": "Rock formations",
}  # fmt: skip
_HIDDEN = ("Uses of Wikidata Infobox", "Pages with coordinates", "Commons category link is defined as the pagename")


def plural(word: str) -> str:
    """Return the plural of a kind, with a capital letter.

    Example:
        >>> plural("church"), plural("sanctuary"), plural("light station"), plural("falls")
        ('Churches', 'Sanctuaries', 'Light stations', 'Falls')
    """
    if word.endswith("y"):
        word = word[:-1] + "ies"
    elif word.endswith(("ch", "sh", "ss", "x")):
        word += "es"
    elif not word.endswith("s"):
        word += "s"
    return word[0].upper() + word[1:]


def invent_pages(
    titles: Mapping[int, str],
    words: Mapping[int, str],
    kinds: Mapping[int, str],
    natures: Mapping[str, str],
    seed: int = 0,
) -> dict[str, list[dict[str, Any]]]:
    """Return the pages of a wiki in the shape of the API, as `read_pages` reads them.

    Args:
        titles: landmark id → title of its category.
        words: landmark id → the word for its kind, such as `fortress`.
        kinds: landmark id → its supercategory, such as `castle`.
        natures: supercategory → `natural` or `human-made`.
        seed: of everything that is drawn; a landmark's parents do not depend on the other landmarks, but for the
            kinds that stray.

    Example:
        >>> made = invent_pages({3: "Category:Elm Castle"}, {3: "castle"}, {3: "castle"}, {"castle": "human-made"})
        >>> sorted(made)
        ['pages', 'redirects']
    """
    pages: list[dict[str, Any]] = []
    redirects: list[dict[str, Any]] = []
    every_word = sorted(set(words.values()))
    for landmark, title in titles.items():
        random = np.random.default_rng([seed, landmark])
        if random.random() < 0.05:
            continue  # no such page: it was renamed or deleted since the landmarks were collected
        kind = kinds[landmark]
        parents = _parents(random, words[landmark], kind, natures[kind], every_word)
        if random.random() < 0.06:
            moved = f"{title} (monument)"
            redirects.append({"from": title, "to": moved})
            title = moved
        shown = [{"ns": 14, "title": f"Category:{parent}"} for parent in parents]
        hidden = [{"ns": 14, "title": f"Category:{name}", "hidden": True} for name in _HIDDEN if random.random() < 0.5]
        pages.append({"ns": 14, "title": title, "categories": sorted(shown + hidden, key=lambda c: str(c["title"]))})
    return {"pages": pages, "redirects": redirects}


def _parents(random: np.random.Generator, word: str, kind: str, nature: str, every_word: list[str]) -> list[str]:
    country = str(random.choice(list(_COUNTRIES)))
    region = str(random.choice(_COUNTRIES[country]))
    century = f"{random.integers(13, 20)}th-century"
    parents: list[str] = []
    if random.random() < 0.92:  # the rest have nothing but noise
        parents.append(f"{plural(word)} in {region}")
        if random.random() < 0.5:
            parents.append(f"{random.choice(_STYLES[nature])} {plural(word).lower()} in {country}")
        if nature == "human-made" and random.random() < 0.5:
            parents.append(f"{century} {plural(word).lower()} in {country}")
        if random.random() < 0.2:
            parents.append(f"{plural(word)} of {country} by name")
    if random.random() < 0.4:
        parents.append(f"{_BROADER[kind]} in {country}")
    if random.random() < 0.07:  # a chapel inside a castle, a lake on an island
        parents.append(f"{plural(str(random.choice(every_word)))} in {region}")
    year = random.integers(1200, 1980)
    built = (f"Buildings completed in {year}", f"{year} establishments in {country}", f"Cultural heritage in {region}")
    grown = (f"Protected areas of {country}", f"Geography of {region}", f"Hiking in {region}")
    noise = built if nature == "human-made" else grown
    parents += [text for text in noise if random.random() < 0.4]
    parents += [text for text in (f"Tourist attractions in {region}", f"Views of {region}") if random.random() < 0.4]
    return list(dict.fromkeys(parents or [f"Tourist attractions in {region}"]))


def main(folder: Path) -> None:
    """Write the parents of the categories that the tables in `folder` list, train and index."""
    from suprank_edu.data.labelling.export import read_labels

    titles: dict[int, str] = {}
    rows = []
    for part in ("train", "index"):
        titles |= read_categories(folder / f"{part}_label_to_category.csv")
        rows += read_labels(folder / f"{part}_label_to_hierarchical.csv")
    words = {row.landmark_id: row.supercategory for row in rows}
    kinds = {row.landmark_id: row.hierarchical_label for row in rows}
    natures = {row.hierarchical_label: row.natural_or_human_made for row in rows}
    made = invent_pages(titles, words, kinds, natures)
    lists = (f'"{key}": [\n' + ",\n".join(json.dumps(entry) for entry in made[key]) + "\n]" for key in made)
    (folder / "wikimedia_parents.json").write_text("{" + ",\n".join(lists) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
