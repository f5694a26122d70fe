"""The review in the page: its numbers against plain counting, and the page's against those."""

import random
from itertools import combinations

import pytest
from chromium import page_of

from suprank_edu.explore import page_review

GROUPS = {
    "juice": ["A Juice", "B Juice"],
    "sour milk": ["Sour Milk", "Sour Cream"],
    "lady": ["Pink Lady"],
    "B": ["B <Oat>"],
}
TRUTH = {"A Juice": "juice", "B Juice": "juice", "Sour Milk": "milk", "Sour Cream": "cream", "Pink Lady": "apple", "B <Oat>": "juice"}  # fmt: skip
REVIEW = page_review(GROUPS, TRUTH, "Decide")


def counted(decisions: dict[str, str]) -> str:
    """The readout once more, name by name and pair by pair."""
    label = {}
    for group, names in GROUPS.items():
        target = group if decisions[group] == "accept" else decisions[group]
        if decisions.get(target) == "accept":
            label |= dict.fromkeys(names, target)
    if not label:
        return "No name has a label yet: coverage 0/6."
    agreeing = 0
    for target in set(label.values()):
        kinds = [TRUTH[name] for name, own in label.items() if own == target]
        agreeing += max(kinds.count(kind) for kind in kinds)
    together = [(a, b) for a, b in combinations(label, 2) if label[a] == label[b]]
    right = sum(TRUTH[a] == TRUTH[b] for a, b in together)
    alike = sum(TRUTH[a] == TRUTH[b] for a, b in combinations(TRUTH, 2))
    return (
        f"Coverage: {len(label)}/6 of the names have a label.\n"
        f"Purity: {agreeing}/{len(label)} of these are of the most frequent kind of their group.\n"
        f"Pairs: precision {right}/{len(together)}, recall {right}/{alike}."
    )


def some(number: int) -> list[dict[str, str]]:
    draw = random.Random(0)
    ways = {group: ["open", "accept", "accept", "refuse", *(g for g in GROUPS if g != group)] for group in GROUPS}
    return [{group: draw.choice(way) for group, way in ways.items()} for _ in range(number)]


def test_the_numbers_are_those_of_counting() -> None:
    for decisions in some(200):
        assert REVIEW.readout(decisions) == counted(decisions)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"juice": ["A Juice"]}, "`groups`: got 1, expected two or more"),
        ({"juice": ["A Juice"], "x": []}, "`groups`: got 'x' with 0 names"),
        ({"juice": ["A Juice"], "accept": ["B Juice"]}, "`groups`: got 'accept'"),
        ({"juice": ["A Juice"], "x": ["A Juice"]}, "`groups`: got 'A Juice' twice"),
        ({"juice": ["A Juice"], "x": ["nobody"]}, "`truth`: got no class of 'nobody'"),
    ],
)
def test_bad_groups_are_refused(groups, message) -> None:
    with pytest.raises(ValueError, match=message):
        page_review(groups, TRUTH, "t")


@pytest.mark.browser
def test_the_page_says_what_the_library_says(browser) -> None:
    page = page_of(browser, REVIEW, viewport={"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for decisions in some(12):
        for group, decision in decisions.items():
            page.get_by_label(f"Decision about {group}", exact=True).select_option(decision)
        assert page.locator(".pr-text").inner_text() == REVIEW.readout(decisions)
    assert page.errors == []


@pytest.mark.browser
def test_on_a_phone_no_word_is_broken_and_no_choice_cut_off(browser) -> None:
    groups = {"grapefruit": ["Passion Fruit", "Tropicana Golden Grapefruit"], "tropicana morning": ["Mandarin Morning"]}
    truth = {name: name for names in groups.values() for name in names}
    page = page_of(browser, page_review(groups, truth, "Decide"), viewport={"width": 360, "height": 800})
    cut_off = page.locator(".pr-scroll").evaluate("box => box.scrollWidth - box.clientWidth")
    assert cut_off == 0
    lines = """cell => {
        const text = document.createRange();
        text.selectNodeContents(cell);
        return text.getClientRects().length;
    }"""
    assert page.get_by_role("rowheader", name="grapefruit").evaluate(lines) == 1
    assert page.get_by_role("columnheader", name="Proposed name").evaluate(lines) == 2
