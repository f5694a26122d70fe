"""Quizzes: what they refuse, what they say as text, and what a browser makes of them."""

import re
from html.parser import HTMLParser

import pytest
from chromium import page_of

from suprank_edu.exercises import Quiz, check

CHOICES = {"0": "Then a tie would be free.", "½": "That is σ(0).", "1": "A tie counts in full."}
QUIZ = Quiz("What is H(0)?", CHOICES, answer="1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", CHOICES, "1"), r"`question`: got '', expected a text that is not empty"),
        ((3, CHOICES, "1"), r"`question`: got 3, expected a text"),
        (("?", ["0", "1"], "1"), r"`choices`: got list, expected a dict"),
        (("?", {"1": "yes"}, "1"), r"`choices`: got 1, expected at least 2"),
        (("?", {"0": "", "1": "yes"}, "1"), r"`choices`: got '0': '', expected texts that are not empty"),
        (("?", {0: "no", "1": "yes"}, "1"), r"`choices`: got 0: 'no', expected texts"),
        (("?", CHOICES, "2"), r"`answer`: got '2', expected one of the choices '0', '½', '1'"),
        (("?", CHOICES, ["1"]), r"`answer`: got \['1'\], expected one of the choices"),
    ],
)
def test_bad_arguments_are_refused(arguments, message) -> None:
    with pytest.raises(ValueError, match=message):
        Quiz(*arguments)


def test_text_lists_the_question_and_keeps_the_answer() -> None:
    assert repr(QUIZ) == "What is H(0)?\n" + "\n".join(f"  ( ) {choice}" for choice in QUIZ.shown)
    assert QUIZ._repr_mimebundle_()["text/plain"] == repr(QUIZ)


def test_the_page_is_the_same_each_time_and_the_id_the_quizs_own() -> None:
    again = Quiz("What is H(0)?", dict(CHOICES), answer="1")
    assert again._repr_html_() == QUIZ._repr_html_()
    assert again.id == QUIZ.id
    assert Quiz("What is H(0)?", CHOICES, answer="0").id != QUIZ.id
    assert re.fullmatch(r"quiz-[0-9a-f]{10}", QUIZ.id)


def test_text_is_escaped_and_backticks_are_code() -> None:
    html = Quiz("a < b & `x<y`", {"<img src=x onerror=f()>": "no </script>", "b": "yes"}, "b")._repr_html_()
    assert "a &lt; b &amp; <code>x&lt;y</code>" in html
    assert "<img" not in html
    assert html.count("</script>") == 1


def test_nothing_is_asked_of_another_host() -> None:
    assert not re.search(r"https?:|//[a-z]|src=|@import|url\(", QUIZ._repr_html_())


def test_without_a_script_it_is_a_list_with_the_answers_folded() -> None:
    tags: list[str] = []

    class Collect(HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append(tag)

        def handle_endtag(self, tag):
            tags.append(f"/{tag}")

    html = QUIZ._repr_html_()
    Collect().feed(html)
    assert "input" not in tags
    folded = html[html.index("<details>") : html.index("</details>")]
    for choice, feedback in CHOICES.items():
        assert f"<li>{choice}</li>" in html
        assert feedback in folded
    assert html.replace(folded, "").count("A tie counts in full.") == 0
    opened = [tag for tag in tags if not tag.startswith("/")]
    assert sorted(opened) == sorted(tag[1:] for tag in tags if tag.startswith("/"))


@pytest.mark.browser
class TestBrowser:
    def test_mouse_and_keyboard_get_feedback_at_once(self, browser) -> None:
        page = page_of(browser, QUIZ)
        feedback = page.locator(".feedback")
        assert feedback.get_attribute("aria-live") == "polite"
        assert feedback.inner_text() == ""
        page.get_by_label("½").check()
        assert feedback.inner_text() == "→ Not yet That is σ(0)."
        page.keyboard.press("ArrowDown")
        assert feedback.inner_text() == "✓ Right A tie counts in full."
        assert feedback.get_attribute("data-right") == "true"
        assert page.get_by_role("group", name="What is H(0)?").count() == 1
        assert not page.locator("details").is_visible()
        assert page.errors == []

    def test_tab_reaches_it(self, browser) -> None:
        page = page_of(browser, QUIZ)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert page.locator(".feedback").inner_text().startswith("→ Not yet")
        # JupyterLab looks for this mark on the element that has the focus alone; without it arrows move between cells.
        marks = page.locator("input, summary").evaluate_all(
            "all => all.map(e => e.getAttribute('data-lm-suppress-shortcuts'))"
        )
        assert marks == ["true"] * 4

    def test_two_quizzes_on_a_page_do_not_meet(self, browser) -> None:
        other = Quiz("And σ(0)?", {"½": "Half way up.", "1": "That is H(0)."}, "½")
        page = page_of(browser, QUIZ, other)
        assert page.locator("fieldset").count() == 2
        page.locator(f"#{other.id}").get_by_label("½").check()
        assert page.locator(f"#{QUIZ.id} .feedback").inner_text() == ""
        assert page.locator(f"#{other.id} .feedback").inner_text() == "✓ Right Half way up."
        page.locator(f"#{QUIZ.id}").get_by_label("1").check()
        assert page.locator(f"#{other.id}").get_by_label("½").is_checked()

    def test_without_scripts_the_answers_unfold(self, browser) -> None:
        page = page_of(browser, QUIZ, java_script_enabled=False)
        assert page.get_by_text("What is H(0)?").is_visible()
        assert not page.get_by_text("A tie counts in full.").is_visible()
        page.get_by_text("Show the answer").click()
        assert page.get_by_text("A tie counts in full.").is_visible()

    def test_it_fits_a_phone(self, browser) -> None:
        wide = Quiz("Which?", {"rank⁺(k)/" * 30: "Long.", "b": "Short."}, "b")
        page = page_of(browser, wide, viewport={"width": 375, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 375

    def test_code_and_ground_follow_a_dark_page(self, browser) -> None:
        """The book's theme lays a pale ground under every output of a dark page, and colours code for a dark one."""
        theme = (
            "body{background:#121212;color:#ced6dd} code{color:#e9c9e9}"
            "html[data-theme=dark] .bd-content div.cell_output .text_html:not(:has(table.dataframe))"
            "{background-color:#ced6dd;color:#222832;padding:.5rem}"
        )
        shown = Quiz("What is `H(0)`?", CHOICES, "1")._repr_html_() + check("rank", None)._repr_html_()
        page = browser.new_context().new_page()
        page.set_content(
            f'<!doctype html><html data-theme="dark"><style>{theme}</style><body><div class="bd-content">'
            f'<div class="cell_output"><div class="text_html">{shown}</div></div></div>'
        )
        ground = page.locator(".text_html").evaluate("e => getComputedStyle(e).backgroundColor")
        assert ground == "rgba(0, 0, 0, 0)"
        codes = page.locator("code").evaluate_all("all => all.map(e => getComputedStyle(e).color)")
        assert len(codes) == 3
        assert set(codes) == {"rgb(206, 214, 221)"}
