"""The sunburst: its sectors add up to what was given, at every ring."""

import itertools
from collections import Counter

import numpy as np
import pytest
from colour_vision import PAGES, VISION, lab, linear, pale

from suprank_edu.data.labelling import HierarchicalLabel, url_of
from suprank_edu.explore import sunburst
from suprank_edu.explore.engine.figures import describe
from suprank_edu.explore.engine.live import LiveExplorer
from suprank_edu.explore.hierarchy.sunburst import _HALVES

KINDS = {"castle": "human-made", "bridge": "human-made", "lake": "natural"}


def rows(sizes: dict[str, int]) -> list[HierarchicalLabel]:
    made = []
    for kind, size in sizes.items():
        for _ in range(size):
            number = len(made)
            made.append(HierarchicalLabel(number, url_of(f"Category:{kind.title()} {number}"), kind, kind, KINDS[kind]))
    return made


def trace_of(explorer, **parameters):
    return describe(explorer.figure, explorer.parameters | parameters)["data"][0]


@pytest.mark.parametrize("most", [1, 2, 5, 100])
@pytest.mark.parametrize("by_images", [False, True])
def test_every_ring_adds_up(most: int, by_images: bool) -> None:
    labels = rows({"castle": 7, "bridge": 1, "lake": 4})
    images = {row.landmark_id: 3 * row.landmark_id + 1 for row in labels}
    trace = trace_of(sunburst(labels, images, most=most), by_images=by_images)
    value = dict(zip(trace["ids"], trace["values"], strict=True))
    assert len(value) == len(trace["ids"])
    under: Counter[str] = Counter()
    for place, parent in zip(trace["ids"], trace["parents"], strict=True):
        under[parent] += value[place]
    weight = {row.landmark_id: images[row.landmark_id] if by_images else 1 for row in labels}
    assert under[""] == sum(weight.values())
    for place in value:
        if place.count("/") < 2:
            assert under[place] == value[place]
    for kind, half in KINDS.items():
        assert value[f"{half}/{kind}"] == sum(
            weight[row.landmark_id] for row in labels if row.hierarchical_label == kind
        )
        leaves = [place for place in value if place.startswith(f"{half}/{kind}/")]
        assert len(leaves) <= max(most, 1)


def test_the_landmarks_of_most_images_are_named_and_the_rest_counted() -> None:
    labels = rows({"castle": 5})
    trace = trace_of(sunburst(labels, {0: 1, 1: 9, 2: 3, 3: 9, 4: 2}, most=3))
    assert trace["labels"] == ["human-made", "castle", "Castle 1", "Castle 3", "3 more"]


def test_labels_are_escaped_and_other_addresses_become_numbers() -> None:
    row = HierarchicalLabel(7, url_of("Category:<b>A & B</b>"), "x", "<i>castle", "human-made")
    other = HierarchicalLabel(8, "nowhere", "x", "<i>castle", "human-made")
    explorer = sunburst([row, other])
    assert trace_of(explorer)["labels"] == [
        "human-made", "&lt;i&gt;castle", "&lt;b&gt;A &amp; B&lt;/b&gt;", "landmark 8",
    ]  # fmt: skip
    assert "<i>castle" not in explorer.html()


def test_a_sector_tells_what_was_counted_and_no_more() -> None:
    labels = rows({"castle": 2, "lake": 1})

    def told(explorer) -> dict[str, str]:
        trace = trace_of(explorer)
        assert trace["hovertemplate"] == "%{customdata}<extra></extra>"
        return dict(zip(trace["ids"], trace["customdata"], strict=True))

    unknown = told(sunburst(labels))
    assert unknown["human-made/castle"] == "castle<br>2 landmarks"
    assert unknown["human-made/castle/1"] == "Castle 1"
    assert not any("image" in text for text in unknown.values()), "nobody said how many images there are"
    known = told(sunburst(labels, {0: 12, 1: 1, 2: 3}))
    assert known["human-made"] == known["human-made/castle"].replace("castle", "human-made")
    assert known["human-made/castle"] == "castle<br>2 landmarks<br>13 images"
    assert known["human-made/castle/1"] == "Castle 1<br>1 image"
    more = told(sunburst(rows({"castle": 5}), dict.fromkeys(range(5), 2), most=3))
    assert more["human-made/castle/more"] == "3 more<br>3 landmarks<br>6 images"


def test_names_too_small_to_read_are_left_to_the_tooltip() -> None:
    drawn = describe((explorer := sunburst(rows({"castle": 300}), most=300)).figure, explorer.parameters)
    assert drawn["layout"]["uniformtext"]["mode"] == "hide"
    assert drawn["layout"]["uniformtext"]["minsize"] >= 9


def test_the_alt_text_says_the_counts_and_the_largest() -> None:
    unlabelled = HierarchicalLabel(99, url_of("Category:X"), "", "", "")
    explorer = sunburst([*rows({"castle": 7, "bridge": 1, "lake": 4}), unlabelled])
    counts = "12 landmarks: 4 natural in 1 supercategory, 8 human-made in 2 supercategories"
    assert explorer.readout() == counts
    assert counts in explorer.alt
    assert "castle (7), lake (4), bridge (1)" in explorer.alt
    assert explorer.controls == ()


def test_live_and_static_show_the_same_and_the_switch_changes_values_only() -> None:
    labels = rows({"castle": 3, "lake": 2})
    explorer = sunburst(labels, {row.landmark_id: 10 for row in labels})
    live = LiveExplorer(explorer)
    assert live.figure.data[0].type == "sunburst"
    assert sum(live.figure.data[0].values[:2]) == 5
    live.inputs["by_images"].value = True
    assert sum(live.figure.data[0].values[:2]) == 50
    assert [leaf["p"] for leaf in explorer.payload["leaves"]] == [["data", 0, "values"]]


def test_the_halves_look_different_with_any_colour_vision_also_pale_on_both_pages() -> None:
    for theme, vision in itertools.product(PAGES, VISION):
        halves = [pale(style, theme) for style in _HALVES.values()]
        one, other = (lab(np.array(VISION[vision]) @ linear(colour)) for colour in halves)
        assert np.linalg.norm(one - other) > 8, (theme, vision)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^`labels`: got no landmark with a label"):
        sunburst([HierarchicalLabel(1, "", "", "", "")])
    with pytest.raises(ValueError, match=r"^`most`: got 0"):
        sunburst(rows({"lake": 1}), most=0)
