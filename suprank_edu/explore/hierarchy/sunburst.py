"""Explorer: a hierarchy of landmarks as rings, natural or human-made, then supercategories, then landmarks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from suprank_edu._checks import alternatives, check_count, check_index
from suprank_edu.data.labelling import HierarchicalLabel, title_of
from suprank_edu.explore.drawing.palette import AXIS, RELATED, SMOOTH, TEXT, Style, layout
from suprank_edu.explore.drawing.words import pluralise, untagged
from suprank_edu.explore.engine.controls import Toggle
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction

_HALVES: dict[str, Style] = {"natural": RELATED, "human-made": SMOOTH}


class _Sector(NamedTuple):
    """One sector: its id and that of the sector it lies on, its text, and what it counts."""

    id: str
    parent: str
    label: str
    half: str
    landmarks: int
    images: int
    is_landmark: bool = False

    def told(self, with_images: bool) -> str:
        """Return the tooltip: what was counted, and of a landmark not that it is one."""
        counts = [] if self.is_landmark else [pluralise(self.landmarks, "landmark")]
        counts += [pluralise(self.images, "image")] if with_images else []
        return "<br>".join([untagged(self.label), *counts])


def sunburst(
    labels: Sequence[HierarchicalLabel], images: Mapping[int, int] | None = None, *, most: int = 12
) -> Explorer:
    """Show labels in the H-GLDv2 format as rings around a centre.

    Args:
        labels: one row a landmark, from `hierarchical_labels` or `read_labels`; rows without a label are left out.
        images: landmark id → number of its images; with it a switch counts images instead of landmarks.
        most: landmarks drawn of each supercategory, those of most images; the others share one sector.

    Raises:
        ValueError: no landmark has a label, one has two rows or another half than these two, a number of images is
            below 0, or `most` is below 1.

    Example:
        >>> row = HierarchicalLabel(7, "http://commons.wikimedia.org/wiki/Category:Eltz_Castle", "castle", "castle",
        ...                         "human-made")
        >>> print(sunburst([row]).readout())
        1 landmark: 0 natural in 0 supercategories, 1 human-made in 1 supercategory
    """
    check_count("most", most)
    rows = [row for row in labels if row.hierarchical_label]
    _check(rows, images or {})
    sectors = _sectors(rows, images, most)
    counts = _counts(sectors)
    alt = (
        f"Three rings. The inner ring has two halves, natural and human-made; the middle ring their supercategories, "
        f"each as wide as it has members; the outer ring landmarks. {counts}. The largest: {_largest(sectors)}."
    )
    tooltips = [sector.told(with_images=images is not None) for sector in sectors]
    figure = FigureFunction(lambda by_images=False: _describe(sectors, tooltips, by_images))
    controls = [] if images is None else [Toggle("by_images", "Count images, not landmarks", False)]
    return Explorer(
        figure, controls, "The hierarchy of the labels", alt, readout=lambda by_images=False: counts, square=True
    )


def _check(rows: Sequence[HierarchicalLabel], images: Mapping[int, int]) -> None:
    if not rows:
        raise ValueError("`labels`: got no landmark with a label, expected at least one")
    seen: set[int] = set()
    for row in rows:
        if row.natural_or_human_made not in _HALVES:
            raise ValueError(
                f"`labels`: got {row.natural_or_human_made!r} for landmark {row.landmark_id}, expected "
                f"{alternatives(_HALVES)}"
            )
        if row.landmark_id in seen:
            raise ValueError(f"`labels`: got landmark {row.landmark_id} twice, expected one row each")
        seen.add(row.landmark_id)
    for count in images.values():
        check_index("images", count)


def _sectors(rows: Sequence[HierarchicalLabel], images: Mapping[int, int] | None, most: int) -> list[_Sector]:
    groups: dict[tuple[str, str], list[HierarchicalLabel]] = defaultdict(list)
    for row in rows:
        groups[row.natural_or_human_made, row.hierarchical_label].append(row)
    count = {row.landmark_id: 1 if images is None else images.get(row.landmark_id, 0) for row in rows}
    halves: dict[str, list[int]] = {}
    inner, outer = [], []
    for (half, name), members in sorted(groups.items()):
        members = sorted(members, key=lambda row: (-count[row.landmark_id], row.landmark_id))
        total = sum(count[row.landmark_id] for row in members)
        so_far = halves.setdefault(half, [0, 0])
        halves[half] = [so_far[0] + len(members), so_far[1] + total]
        place = f"{half}/{name}"
        inner.append(_Sector(place, half, name, half, len(members), total))
        shown = members if len(members) <= most else members[: most - 1]
        outer += [
            _Sector(f"{place}/{row.landmark_id}", place, _name(row), half, 1, count[row.landmark_id], is_landmark=True)
            for row in shown
        ]
        rest = members[len(shown) :]
        if rest:
            left = sum(count[row.landmark_id] for row in rest)
            outer.append(_Sector(f"{place}/more", place, f"{len(rest):,} more", half, len(rest), left))
    roots = [_Sector(half, "", half, half, landmarks, total) for half, (landmarks, total) in halves.items()]
    return [*roots, *inner, *outer]


def _name(row: HierarchicalLabel) -> str:
    try:
        return title_of(row.category).removeprefix("Category:")
    except ValueError:
        return f"landmark {row.landmark_id}"


def _describe(sectors: Sequence[_Sector], tooltips: Sequence[str], by_images: bool) -> Description:
    trace: dict[str, Any] = {
        "type": "sunburst",
        "ids": [sector.id for sector in sectors],
        "parents": [sector.parent for sector in sectors],
        "labels": [untagged(sector.label) for sector in sectors],
        "values": [sector.images if by_images else sector.landmarks for sector in sectors],
        "customdata": list(tooltips),
        "branchvalues": "total",
        "marker": {
            "colors": [_HALVES[sector.half].soft for sector in sectors],
            "line": {"color": AXIS.colour, "width": 1},
        },
        "leaf": {"opacity": 1},
        "insidetextfont": {"color": TEXT.colour},
        "outsidetextfont": {"color": TEXT.colour},
        "insidetextorientation": "auto",
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    # A name that would be drawn smaller, as those of the outer ring on a phone, waits until one steps in.
    text = {"mode": "hide", "minsize": 10}
    return {"data": [trace], "layout": layout(560, margin={"l": 4, "r": 4, "t": 4, "b": 4}, uniformtext=text)}


def _counts(sectors: Sequence[_Sector]) -> str:
    total = sum(sector.landmarks for sector in sectors if not sector.parent)
    parts = []
    for half in _HALVES:
        under = [sector.landmarks for sector in sectors if sector.parent == half]
        parts.append(f"{sum(under):,} {half} in {pluralise(len(under), 'supercategory', 'supercategories')}")
    return f"{pluralise(total, 'landmark')}: {', '.join(parts)}"


def _largest(sectors: Sequence[_Sector]) -> str:
    kinds = [sector for sector in sectors if sector.parent in _HALVES]
    return ", ".join(f"{s.label} ({s.landmarks:,})" for s in sorted(kinds, key=lambda s: (-s.landmarks, s.label))[:3])
