"""Built pages for those who hear them, work them by keys, or see them in the dark: what axe finds, and what it cannot."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import PATIENCE
from colour_vision import contrast

pytestmark = pytest.mark.browser

SAMPLE = ["05_surrogates_and_their_bounds", "api/losses", "bibliography"]
RULES = {"rules": {"label-content-name-mismatch": {"enabled": True}}}  # an experiment of axe's, and a rule of WCAG's
COLOURS = {"runOnly": ["color-contrast"]}  # what the theme changes
DRAWN = """theme => document.documentElement.dataset.theme === theme
    && [...document.querySelectorAll('.sre')].every(block => block.dataset.state === 'ready')
    && [...document.querySelectorAll('.sre-plot')].every(plot => plot.dataset.theme === theme)"""


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A page on a desktop, where nothing moves by itself."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()


def show(tab: Any, where: str, theme: str = "light") -> None:
    """Open a page in a theme, and wait for its figures and formulas."""
    tab.emulate_media(color_scheme=theme)
    if where != tab.url:
        tab.goto(where)
    tab.wait_for_function(DRAWN, arg=theme)
    tab.evaluate("() => window.MathJax?.startup.promise.then(() => null)")


STOPS = """() => [...document.querySelectorAll("pre")].every(
    each => each.scrollWidth <= each.clientWidth || !each.checkVisibility() || each.tabIndex === 0)"""


def show_on_a_phone(tab: Any) -> None:
    """Make the window narrow, and wait until the theme has given what now scrolls a stop for the Tab key."""
    tab.set_viewport_size({"width": 375, "height": 812})
    tab.wait_for_function(STOPS)


def barriers(tab: Any, options: dict[str, Any]) -> list[str]:
    """Return what axe finds serious or critical."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab, options={"resultTypes": ["violations"]} | options).response["violations"]
    loud = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [f"{rule['id']}: {node['html']}" for rule in loud for node in rule["nodes"]]


@pytest.mark.parametrize("name", SAMPLE)
def test_axe_finds_no_barrier_on_a_sample_of_pages(name: str, built: Path, tab: Any, address: str) -> None:
    show(tab, f"{address}{name}.html")
    assert barriers(tab, RULES) == []
    show(tab, tab.url, "dark")
    assert barriers(tab, COLOURS) == []


@pytest.mark.nightly
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_barrier(theme: str, page: Path, built: Path, tab: Any, address: str) -> None:
    show(tab, address + page.relative_to(built).as_posix(), theme)
    assert barriers(tab, RULES) == []
    show_on_a_phone(tab)  # other parts of the page show, and others scroll
    assert barriers(tab, RULES) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 375


# Of each control: what it is, its colours, the grounds below it from its own outwards, and its ring once it has the focus.
CONTROLS = """() => {
    const grounds = element => element ? [getComputedStyle(element).backgroundColor, ...grounds(element.parentElement)] : [];
    const own = "button, select, input, summary, [role=button], [role=slider], .suprank-order li";
    const parts = ".sre, .suprank-ask, .suprank-order, .suprank-gallery, .suprank-search";
    const found = [...document.querySelectorAll(parts)].flatMap(part => [...part.querySelectorAll(own)]);
    return found.filter(each => each.checkVisibility({ visibilityProperty: true }) && !each.disabled).map(each => {
        each.focus();
        const around = each.closest(".choice, .ss-choice, .sg-query, li");
        const rings = [each, around].filter(Boolean).map(element => getComputedStyle(element));
        const ring = rings.find(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
        const look = getComputedStyle(each);
        const framed = look.borderTopStyle === "none" ? getComputedStyle(each.querySelector("img") ?? each) : look;
        return {
            what: each.outerHTML.slice(0, 120), tag: each.localName, type: each.type, role: each.role,
            edge: framed.borderTopStyle === "none" ? null : framed.borderTopColor, accent: look.accentColor,
            scheme: look.colorScheme, grounds: grounds(each), ring: ring ? ring.outlineColor : null,
        };
    });
}"""


def parts(colour: str) -> tuple[float, float, float, float]:
    """Return red, green, blue, and how opaque, of a colour as a browser writes it."""
    red, green, blue, *alpha = map(float, re.findall(r"[\d.]+", colour))
    return red, green, blue, alpha[0] if alpha else 1.0


def seen(colour: str, ground: str) -> str:
    """Return as #rrggbb what a colour looks like on an opaque ground."""
    *over, alpha = parts(colour)
    below = [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(alpha * a + (1 - alpha) * b):02x}" for a, b in zip(over, below, strict=True))


def ground_of(grounds: list[str]) -> str:
    """Return what a reader sees of grounds that lie on one another, the uppermost first."""
    ground = "#ffffff"
    for colour in reversed(grounds):
        ground = seen(colour, ground)
    return ground


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "name", ["01_retrieval_is_ranking", "05_surrogates_and_their_bounds", "17_your_own_photographs"]
)
def test_controls_stand_out_from_their_ground(name: str, theme: str, built: Path, tab: Any, address: str) -> None:
    show(tab, f"{address}{name}.html", theme)
    tab.keyboard.press("Tab")  # rings are for those who use keys
    controls = tab.evaluate(CONTROLS)
    assert {"button", "input"} <= {control["tag"] for control in controls}
    for control in controls:
        around = ground_of(control["grounds"][1:])
        assert control["ring"] is not None, control["what"]
        assert contrast(seen(control["ring"], around), around) >= 3, control["what"]
        if control["type"] in ("range", "radio", "checkbox"):
            if control["accent"] == "auto":  # the browser's own, for that theme
                assert theme in control["scheme"], control["what"]
            else:
                assert contrast(seen(control["accent"], around), around) >= 3, control["what"]
        elif control["tag"] in ("button", "select", "input", "img"):
            assert control["edge"] is not None, control["what"]
            assert contrast(seen(control["edge"], around), around) >= 3, control["what"]


FORMULAS = """() => [...document.querySelectorAll("mjx-container")].map(formula => ({
    spoken: formula.getAttribute("aria-label") ?? formula.querySelector("mjx-assistive-mml math")?.textContent ?? "",
    hidden: formula.closest("[aria-hidden=true]") !== null,
    scrolls: getComputedStyle(formula).overflowX === "auto" && formula.scrollWidth > formula.clientWidth,
    stop: formula.tabIndex, shaded: getComputedStyle(formula).backgroundImage.includes("gradient"),
}))"""


def test_formulas_are_spoken_and_scroll_on_a_phone_with_a_shade_at_the_edge(
    built: Path, tab: Any, address: str
) -> None:
    tab.set_viewport_size({"width": 375, "height": 812})
    show(tab, f"{address}equations.html")
    tab.wait_for_function("() => document.querySelector('mjx-container.wide')")
    formulas = tab.evaluate(FORMULAS)
    assert len(formulas) > 50
    for formula in formulas:
        assert formula["spoken"].strip()
        assert not formula["hidden"]
        assert formula["shaded"] == formula["scrolls"]
        assert (formula["stop"] == 0) == formula["scrolls"]
    assert any(formula["scrolls"] for formula in formulas)
    assert not all(formula["scrolls"] for formula in formulas)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 375
