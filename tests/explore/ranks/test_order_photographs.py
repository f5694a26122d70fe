"""A list of photographs that is dragged into order: its numbers against plain loops, and the page's against those."""

import json
import math
import random
import re

import pytest
import torch
from chromium import page_of

from suprank_edu import naive
from suprank_edu.data import read
from suprank_edu.explore import order_photographs, show_retrieved
from suprank_edu.explore.ranks.list_told import LINES, PRAISE

GLYPHS = read("standin", split="test")
ITEMS = [40, 1, 20, 470, 2, 41, 3]  # levels 1 2 1 0 2 1 2


BACK = {"backwards": [6, 5, 4, 3, 2, 1, 0]}


def shown(lines=LINES, k=3, **more):
    return order_photographs(GLYPHS, 0, GLYPHS, ITEMS, "Drag <them>", lines=lines, k=k, **more)


def told(levels: list[int], k: int, alpha: float = 1.0, weights: list[float] | None = None) -> str:
    """The readout, written down once more in plain loops."""
    places = [place for place, level in enumerate(levels, 1) if level == 2]
    ap = sum((n + 1) / place for n, place in enumerate(places)) / len(places)
    found = [level == 2 for level in levels[:k]].count(True)

    def dcg(ordered):
        return sum((2**level - 1) / math.log2(place + 2) for place, level in enumerate(ordered))

    def three(value):
        return f"{math.floor(value * 1000 + 0.5 + 1e-7) / 1000:.3f}"

    scores = [-float(place) for place in range(len(levels))]
    rel = naive.relevance(levels, alpha, 2) if weights is None else naive.relevance_from_weights(levels, weights)
    one = [three(rel[levels.index(level)]) for level in (2, 1)]
    h_ap = naive.h_ap(scores, levels, rel)

    ideal = dcg(sorted(levels, reverse=True))
    terms = [f"{n + 1}/{place}" for n, place in enumerate(places)]
    lines = [
        f"This list scores {math.floor(ap * 100 + 0.5)} of 100.",
        "Precision at each ●: " + ", ".join(terms),
        f"AP = 1/{len(places)} ({' + '.join(terms)}) = {three(ap)}",
        f"Among the first {k}: hit rate {int(found > 0)}, recall {found}/{len(places)}, precision {found}/{k}",
        f"NDCG = {three(dcg(levels))} / {three(ideal)} = {three(dcg(levels) / ideal)}",
        f"One is worth: ● same character {one[0]}, ■ same alphabet {one[1]}, ✕ nothing shared 0",
        f"H-AP = Σ H-rank/rank ÷ Σ rel = {three(h_ap * sum(rel))} / {three(sum(rel))} = {three(h_ap)}",
        f"ASI = {three(naive.asi(scores, levels))}",
    ]
    return "\n".join(lines + ([PRAISE] if levels == sorted(levels, reverse=True) else []))


def orders(count: int):
    draw = random.Random(0)
    return [draw.sample(range(len(ITEMS)), len(ITEMS)) for _ in range(count)]


def test_the_numbers_are_those_of_the_definitions_in_any_order() -> None:
    levels = [item.level for item in shown().items]
    assert levels == [1, 2, 1, 0, 2, 1, 2]
    best = sorted(range(len(levels)), key=lambda i: -levels[i])
    for order in [*orders(40), best]:
        assert shown(k=4).readout(order) == told([levels[i] for i in order], 4)
        for alpha, weights in ((0.5, None), (3.0, None), (1.0, [5, 3]), (1.0, [0, 1])):
            assert shown(k=4).readout(order, alpha, weights) == told([levels[i] for i in order], 4, alpha, weights)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: order_photographs(GLYPHS, 480, GLYPHS, ITEMS, "t"), r"`query`: got position 480"),
        (lambda: order_photographs(GLYPHS, 0, GLYPHS, [1, 999], "t"), r"`items`: got position 999"),
        (lambda: order_photographs(GLYPHS, 0, GLYPHS, [1], "t"), r"`items`: got 1, expected two or more"),
        (lambda: order_photographs(GLYPHS, 0, GLYPHS, [40, 470], "t"), r"`items`: got \[40, 470\], expected one that"),
        (lambda: shown(lines=["map"]), r"`lines`: got 'map'"),
        (lambda: shown(k=8), r"`k`: got 8, expected 1..7"),
        (lambda: shown(orders={"a": [0, 0, 1, 2, 3, 4, 5]}), r"`orders`: got \[0, 0, 1, 2, 3, 4, 5\] for 'a'"),
    ],
)
def test_bad_arguments_are_refused(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_without_a_script_the_list_and_its_numbers_are_read() -> None:
    html = shown()._repr_html_()
    assert "Drag &lt;them&gt;" in html
    assert shown().readout(range(len(ITEMS))) in html
    assert not re.search(r"""src=["'](?!data:)|https?://""", html)
    assert html == shown()._repr_html_()


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.browser
class TestBrowser:
    def test_keys_bring_any_order_and_the_page_says_what_the_library_says(self, browser) -> None:
        page = page_of(browser, shown())
        cards, block = page.locator("li"), page.locator(".suprank-order")
        for order in orders(6):
            for place, item in enumerate(order):
                card = page.locator(f"li[data-item='{item}']")
                card.focus()
                now = block.get_attribute("data-order").split().index(str(item))
                for _ in range(abs(now - place)):
                    page.keyboard.press("ArrowLeft" if now > place else "ArrowRight")
            assert block.get_attribute("data-order") == " ".join(map(str, order))
            assert page.locator(".so-text").inner_text() == shown().readout(order)
        assert cards.first.get_attribute("aria-label").startswith("place 1 of 7: ")
        assert "place" in page.locator(".so-spoken").inner_text()
        assert page.errors == []

    def test_the_mouse_drags_a_photograph_between_others(self, browser) -> None:
        page = page_of(browser, shown())
        start, target = middle(page.locator("li").nth(4)), middle(page.locator("li").nth(1))
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(start[0] - 10, start[1])
        assert page.locator(".so-ghost").count() == 1
        page.mouse.move(*target, steps=8)
        page.mouse.up()
        order = [0, 4, 1, 2, 3, 5, 6]
        assert page.locator(".suprank-order").get_attribute("data-order") == " ".join(map(str, order))
        assert page.locator(".so-text").inner_text() == shown().readout(order)
        assert page.locator(".so-ghost").count() == 0
        page.get_by_role("button", name="Start again").click()
        assert page.locator(".so-text").inner_text() == shown().readout(range(7))
        heard = page.locator(".so-spoken")
        assert heard.inner_text() == "As at the start. " + shown().readout(range(7)).replace("\n", ". ")
        page.get_by_role("button", name="Show a best order").click()
        assert PRAISE in page.locator(".so-text").inner_text()
        assert heard.inner_text().startswith("A best order. ")
        assert PRAISE in heard.inner_text()

    def test_what_the_levels_are_worth_is_set_and_a_named_order_is_taken(self, browser) -> None:
        page = page_of(browser, shown(weigh=True, orders=BACK))
        text, order = page.locator(".so-text"), list(range(7))
        page.get_by_label("α").fill("3")
        assert text.inner_text() == shown().readout(order, 3.0)
        page.get_by_role("button", name="backwards").click()
        assert text.inner_text() == shown().readout(BACK["backwards"], 3.0)
        assert page.get_by_label("weight of same").count() == 2
        assert not page.get_by_label("weight of same character").is_visible()
        page.get_by_label("Relevance").select_option("1")
        assert not page.get_by_label("α").is_visible()
        assert text.inner_text() == shown().readout(BACK["backwards"], weights=[5, 3])
        for column, (name, weight) in enumerate({"character": 2, "alphabet": 10}.items()):
            page.get_by_label(f"weight of same {name}").fill(str(weight))
            assert text.inner_text() == shown().readout(BACK["backwards"], weights=[[2, 3], [2, 10]][column])
        for name in ("character", "alphabet"):
            page.get_by_label(f"weight of same {name}").fill("0")
        assert page.get_by_label("weight of same alphabet").input_value() == "1"  # not all of them can be 0
        assert text.inner_text() == shown().readout(BACK["backwards"], weights=[0, 1])
        assert page.locator(".so-spoken").inner_text().startswith("weight of same alphabet: 1. ")
        assert page.errors == []

    def test_a_finger_drags_on_a_phone_and_the_page_stays_as_wide(self, browser) -> None:
        page = page_of(browser, shown(), viewport={"width": 375, "height": 800}, has_touch=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        (x, y), (to_x, to_y) = middle(page.locator("li").nth(2)), middle(page.locator("li").nth(0))
        touch = page.context.new_cdp_session(page)
        steps = [
            ("touchStart", x, y),
            ("touchMove", x - 9, y),
            ("touchMove", (x + to_x) / 2, to_y),
            ("touchMove", to_x, to_y),
            ("touchEnd", None, None),
        ]
        for kind, at_x, at_y in steps:
            points = [] if at_x is None else [{"x": at_x, "y": at_y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        assert page.locator(".suprank-order").get_attribute("data-order").startswith("2 0 1")

    def test_a_click_or_enter_shows_a_photograph_large(self, browser) -> None:
        page = page_of(browser, shown(), show_retrieved(GLYPHS, [0], torch.tensor([[1, 40]])))
        for opened in (page.locator("li img").nth(3), page.locator(".suprank-gallery li img").first):
            opened.click()
            dialog = page.get_by_role("dialog")
            assert dialog.locator("img").bounding_box()["width"] >= 256
            assert dialog.locator("p").inner_text() == opened.get_attribute("alt")
            page.keyboard.press("Escape")
            assert dialog.count() == 0
        page.locator("li").first.focus()
        page.keyboard.press("Enter")
        assert page.get_by_role("dialog").count() == 1
        page.get_by_role("button", name="Close").click()
        assert page.get_by_role("dialog").count() == 0
        assert json.loads(page.locator(".so-spec").text_content())["top"] == 2
        assert page.errors == []
