"""Predictions and exercises by hand: what they refuse, what they say as text, and what a browser makes of them."""

import re
from dataclasses import replace

import pytest
from chromium import page_of

from suprank_edu.exercises import ByHand, Predict, Quiz
from suprank_edu.exercises.engine.ask import drawn_order

CHOICES = ("It rises.", "It falls.", "Nothing happens.")
GUESS = Predict("A positive passes another positive: AP?", CHOICES[2], "All places keep their kind.", CHOICES)
NUMBER = Predict("AP of ✓ ✕ ✓?", 5 / 6, "It is `(1/1 + 2/3) / 2`.", tolerance=0.02)
HINTS = {5 / 9: "Divide by the number of ✓.", 2 / 3: "Each ✓ counts, <b>not</b> the last alone."}
BY_HAND = ByHand("AP of ✓ ✕ ✓?", 5 / 6, "(1/1 + 2/3) / 2", HINTS, hint="Start with the precision at each ✓.")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Predict("", 1, "so"), r"`question`: got ''"),
        (lambda: Predict("?", 1, " "), r"`because`: got ' '"),
        (lambda: Predict("?", "1", "so"), r"`answer`: got '1', expected a finite number"),
        (lambda: Predict("?", float("nan"), "so"), r"`answer`: got nan, expected a finite number"),
        (lambda: Predict("?", "a", "so", ["a"]), r"`choices`: got \['a'\], expected two or more"),
        (lambda: Predict("?", "a", "so", ["a", "b", "a"]), r"`choices`: got .* different ones"),
        (lambda: Predict("?", "c", "so", ["a", "b"]), r"`answer`: got 'c', expected one of the choices"),
        (lambda: Predict("?", 1, "so", tolerance=-1), r"`tolerance`: got -1, expected 0 or more"),
        (lambda: ByHand("?", True, "so"), r"`answer`: got True, expected a finite number"),
        (lambda: ByHand("?", 1, "so", {1.004: "near"}), r"`hints`: got 1.004, expected a number that 1 cannot be"),
        (lambda: ByHand("?", 1, "so", {2: "a", 2.001: "b"}), r"`hints`: got 2.001, expected a number that 2 cannot"),
        (lambda: ByHand("?", 1, "so", {2: ""}), r"`hints`: got ''"),
        (lambda: ByHand("?", 1, "so", hint=""), r"`hint`: got ''"),
    ],
)
def test_bad_arguments_are_refused(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_as_text_they_ask_and_keep_the_answer() -> None:
    assert "0.8333" not in repr(NUMBER)
    assert "0.8333" not in repr(BY_HAND)
    assert sorted(re.findall(r"\( \) (.*)", repr(GUESS))) == sorted(CHOICES)


def test_the_order_of_choices_depends_on_their_text_alone_and_favours_no_place() -> None:
    first = [drawn_order(f"question {i}", ["right", "b", "c"]).index("right") for i in range(300)]
    assert all(70 < first.count(place) < 130 for place in range(3))
    assert Quiz("?", {"a": "x", "b": "y"}, "a").shown == Quiz("?", {"b": "y", "a": "x"}, "a").shown


def test_without_a_script_the_answer_is_folded_and_words_are_escaped() -> None:
    for shown in (GUESS, NUMBER, BY_HAND):
        html = shown._repr_html_()
        visible = re.sub(r"<(details|script|style)[ >].*?</\1>", "", html, flags=re.DOTALL)
        assert shown.question in visible
        assert shown.because.split("`")[0] not in visible
        assert "<b>" not in html.replace("</b>", "")
        assert not re.search(r"https?:|//[a-z]|src=|@import|url\(", html)
    assert GUESS._repr_html_() == Predict(GUESS.question, GUESS.answer, GUESS.because, CHOICES)._repr_html_()


@pytest.mark.browser
class TestBrowser:
    def test_a_guess_counts_once_and_stays_beside_the_answer(self, browser) -> None:
        page = page_of(browser, GUESS)
        commit, feedback = page.get_by_role("button", name="Commit to it"), page.locator(".feedback")
        assert commit.is_disabled()
        page.get_by_label("It falls.").check()
        assert feedback.inner_text() == ""
        commit.click()
        assert "You said It falls." in feedback.inner_text()
        assert "Nothing happens. All places keep their kind." in feedback.inner_text()
        assert feedback.get_attribute("data-right") == "false"
        assert page.locator("input:enabled, button:enabled").count() == 0
        assert page.evaluate("document.activeElement.className") == "feedback"
        assert page.errors == []

    def test_a_number_is_guessed_by_keyboard(self, browser) -> None:
        page = page_of(browser, NUMBER)
        page.keyboard.press("Tab")
        page.keyboard.type("often")
        page.keyboard.press("Enter")
        feedback = page.locator(".feedback")
        assert feedback.inner_text() == "Write a number, such as 0.75 or 3/4."
        page.get_by_label("AP of ✓ ✕ ✓?").fill("0,85")
        page.keyboard.press("Enter")
        assert feedback.get_attribute("data-right") == "true"
        assert "✓ Right You said 0,85." in feedback.inner_text()
        assert "0.8333. It is (1/1 + 2/3) / 2." in feedback.inner_text()

    def test_a_number_is_read_as_people_write_it(self, browser) -> None:
        written = {"5/6": 5 / 6, " .8333 ": 5 / 6, "0,8333": 5 / 6, "83.33 %": 5 / 6}
        written |= {"−2": -2, "-.5e1": -5, "+3 / 4": 0.75}
        page = page_of(
            browser, *(ByHand(f"As {reply}?", value, "so", tolerance=1e-4) for reply, value in written.items())
        )
        for place, reply in enumerate(written):
            page.locator("input").nth(place).fill(reply)
            page.get_by_role("button", name="Check").nth(place).click()
            assert page.locator(".feedback").nth(place).get_attribute("data-right") == "true", reply

    def test_what_is_no_number_is_no_try(self, browser) -> None:
        replies = ["", "ap", "1/0", "1 2 x", "--1", "1e999", "0x10", "1/2/3", "Infinity"]
        page = page_of(browser, *(replace(BY_HAND, question=f"As {reply}?") for reply in replies))
        for place, reply in enumerate(replies):
            page.locator("input").nth(place).fill(reply)
            for _ in range(3):
                page.get_by_role("button", name="Check").nth(place).click()
            feedback = page.locator(".feedback").nth(place)
            assert feedback.inner_text() == "Write a number, such as 0.75 or 3/4.", reply
            assert not page.locator("details").nth(place).is_visible(), reply

    def test_a_mistake_gets_its_hint_and_the_way_waits_for_the_second(self, browser) -> None:
        page = page_of(browser, BY_HAND)
        answer, feedback = page.get_by_label("AP of ✓ ✕ ✓?"), page.locator(".feedback")
        answer.fill("0.556")
        answer.press("Enter")
        assert feedback.inner_text() == "→ Not yet Divide by the number of ✓."
        assert not page.locator("details").is_visible()
        answer.fill("2/3")
        answer.press("Enter")
        assert feedback.inner_text() == "→ Not yet Each ✓ counts, <b>not</b> the last alone."
        page.get_by_text("Show the way").click()
        assert page.get_by_text("(1/1 + 2/3) / 2").is_visible()
        answer.fill("0.1")
        answer.press("Enter")
        assert feedback.inner_text() == "→ Not yet Start with the precision at each ✓."
        answer.fill("0.83")
        answer.press("Enter")
        assert feedback.inner_text() == "✓ Right 0.8333. (1/1 + 2/3) / 2"
        assert page.errors == []

    def test_all_three_kinds_stand_on_one_narrow_page(self, browser) -> None:
        wide = ByHand("rank⁺(k)/" * 30, 1, "so")
        page = page_of(
            browser, GUESS, NUMBER, wide, Quiz("?", {"a": "x", "b": "y"}, "a"), viewport={"width": 375, "height": 700}
        )
        assert page.locator("[data-live]").count() == 4
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        marks = page.locator("input, button, summary").evaluate_all(
            "all => all.every(e => e.getAttribute('data-lm-suppress-shortcuts') === 'true')"
        )
        assert marks

    def test_without_scripts_the_answer_unfolds(self, browser) -> None:
        page = page_of(browser, BY_HAND, java_script_enabled=False)
        assert not page.get_by_text("(1/1 + 2/3) / 2").is_visible()
        page.get_by_text("Show the way").click()
        assert page.get_by_text("(1/1 + 2/3) / 2").is_visible()
