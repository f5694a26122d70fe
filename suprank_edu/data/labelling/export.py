"""Step (f): the labels as a CSV file in the format of H-GLDv2, and statistics of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from suprank_edu._extras import needs
from suprank_edu._files import replacing
from suprank_edu.data.csv_files import read_csv
from suprank_edu.data.labelling.categories import COMMONS, url_of
from suprank_edu.data.labelling.decisions import NATURES, Labelling
from suprank_edu.data.labelling.votes import IMAGES, PARENTS, Vote

if TYPE_CHECKING:
    import pandas as pd


class HierarchicalLabel(NamedTuple):
    """One row of `train_label_to_hierarchical.csv`.

    Args:
        landmark_id: the landmark.
        category: URL of its Wikimedia category.
        supercategory: the phrase mined from its parent categories; empty where its images gave the label.
        hierarchical_label: the supercategory it belongs to; empty where it has no label.
        natural_or_human_made: `natural` or `human-made`; empty where it has no label.
    """

    landmark_id: int
    category: str
    supercategory: str
    hierarchical_label: str
    natural_or_human_made: str


def hierarchical_labels(
    categories: Mapping[int, str], votes: Mapping[int, Vote], labelling: Labelling, *, base: str = COMMONS
) -> list[HierarchicalLabel]:
    """Return a row for each landmark; those without a label keep empty fields, as in the published file.

    Args:
        categories: landmark id → title of its category, from `read_categories`.
        votes: landmark id → its label, those of the parents and of the images together.
        labelling: what the review came to.
        base: the wiki of the categories, up to `/wiki/`.

    Raises:
        ValueError: a vote for a landmark without a category, or for a supercategory that the review does not know.

    Example:
        >>> labelling = Labelling({"hill castle": "castle"}, {"castle": "human-made"}, ())
        >>> votes = {7: Vote("castle", 1.0, "parents", "hill castle")}
        >>> hierarchical_labels({7: "Category:Eltz Castle"}, votes, labelling)[0][2:]
        ('hill castle', 'castle', 'human-made')
    """
    for landmark, vote in votes.items():
        if landmark not in categories:
            raise ValueError(f"`votes`: got landmark {landmark}, expected one of `categories`")
        if vote.supercategory not in labelling.nature:
            raise ValueError(f"`votes`: got {vote.supercategory!r} for landmark {landmark}, expected a reviewed name")
    rows = []
    for landmark, title in categories.items():
        vote = votes.get(landmark, Vote("", 0.0, ""))
        nature = labelling.nature.get(vote.supercategory, "")
        rows.append(HierarchicalLabel(landmark, url_of(title, base), vote.mined, vote.supercategory, nature))
    return rows


def write_labels(path: str | PathLike[str], rows: Sequence[HierarchicalLabel]) -> None:
    """Write labels in the H-GLDv2 format: the whole file or none of it.

    Args:
        path: the CSV file; an older one is replaced.
        rows: from `hierarchical_labels`.
    """
    with replacing(Path(path), text=True) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HierarchicalLabel._fields)
        writer.writerows(rows)


def read_labels(path: str | PathLike[str]) -> list[HierarchicalLabel]:
    """Read a file in the H-GLDv2 format.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a malformed line; the message names file and line.
    """
    header, rows = read_csv(path)
    if tuple(header) != HierarchicalLabel._fields:
        expected = ",".join(HierarchicalLabel._fields)
        raise ValueError(f"{path}, line 1: got {','.join(header)!r}, expected {expected!r}")
    found: dict[int, HierarchicalLabel] = {}
    for line, fields in rows:
        where, (number, *_, label, nature) = f"{path}, line {line}", fields
        if not number.isdecimal():
            raise ValueError(f"{where}: got the landmark id {number!r}, expected a whole number")
        if int(number) in found:
            raise ValueError(f"{where}: got landmark {number} twice, expected one row each")
        if nature not in ("", *NATURES) or bool(label) != bool(nature):
            expected = f"{' or '.join(NATURES)} with a label, and both empty without"
            raise ValueError(f"{where}: got {nature!r} with the label {label!r}, expected {expected}")
        found[int(number)] = HierarchicalLabel(int(number), *fields[1:])
    return list(found.values())


def statistics(
    votes: Mapping[int, Vote], labelling: Labelling, images: Mapping[int, int] | None = None
) -> pd.DataFrame:
    """Return a table of supercategories: how many landmarks and images, and which stage labelled them.

    Args:
        votes: landmark id → its label.
        labelling: what the review came to.
        images: landmark id → number of its images; None counts landmarks only.

    Returns:
        One row a supercategory, the largest first: `natural_or_human_made`, `landmarks`, `images` where they are
        given, `by_parents` and `by_images` (shares of its landmarks that each stage labelled), and the mean
        `confidence`.

    Example:
        >>> votes = {1: Vote("castle", 1.0, "parents", "castle"), 2: Vote("castle", 0.5, "images")}
        >>> table = statistics(votes, Labelling({}, {"castle": "human-made"}, ()), {1: 30, 2: 10})
        >>> print(table[["landmarks", "images", "by_parents", "by_images", "confidence"]].to_string())
                       landmarks  images  by_parents  by_images  confidence
        supercategory
        castle                 2      40         0.5        0.5        0.75
    """
    with needs("data"):
        import pandas as pd

    table = pd.DataFrame(
        {
            "supercategory": [vote.supercategory for vote in votes.values()],
            "images": [(images or {}).get(landmark, 0) for landmark in votes],
            "stage": [vote.stage for vote in votes.values()],
            "confidence": [vote.confidence for vote in votes.values()],
        }
    )
    groups = table.groupby("supercategory")
    counts = pd.DataFrame(
        {
            "natural_or_human_made": pd.Series({name: labelling.nature.get(str(name), "") for name in groups.groups}),
            "landmarks": groups.size(),
            "images": groups["images"].sum(),
            "by_parents": groups["stage"].agg(lambda stage: float((stage == PARENTS).mean())),
            "by_images": groups["stage"].agg(lambda stage: float((stage == IMAGES).mean())),
            "confidence": groups["confidence"].mean(),
        }
    )
    counts.index.name = "supercategory"
    if images is None:
        counts = counts.drop(columns="images")
    return counts.sort_values(["landmarks", "supercategory"], ascending=[False, True])


def stage_shares(categories: Mapping[int, str], votes: Mapping[int, Vote]) -> dict[str, float]:
    """Return what share of all landmarks each stage labelled, and what share is left without a label.

    Raises:
        ValueError: there is no landmark.

    Example:
        >>> stage_shares({1: "Category:A", 2: "Category:B"}, {1: Vote("castle", 1.0, "parents", "castle")})
        {'parents': 0.5, 'images': 0.0, 'none': 0.5}
    """
    if not categories:
        raise ValueError("`categories`: got no landmark, expected at least one")
    stages = [votes[landmark].stage if landmark in votes else "none" for landmark in categories]
    return {stage: stages.count(stage) / len(stages) for stage in (PARENTS, IMAGES, "none")}
