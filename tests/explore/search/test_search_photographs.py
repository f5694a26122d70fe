"""A search by two networks: its lists against plain loops, and the page and the widget against those."""

import json
import re

import pytest
import torch
from chromium import page_of
from IPython.core.formatters import DisplayFormatter

from suprank_edu import naive
from suprank_edu.data import read
from suprank_edu.explore import PhotographSearch, search_photographs
from suprank_edu.explore.search.moving_list import SHARES, moving_list
from suprank_edu.training import SmallCNN, embed

GLYPHS = read("standin", split="test")
QUERIES, GALLERY = GLYPHS.subset(range(0, 480, 40)), GLYPHS.subset([i for i in range(480) if i % 40 in (1, 2, 3)])
NAMES = ("before", "after")
K = 4
CLASS = int(QUERIES.labels[5, 0])


def unit(rows: int, columns: int, seed: int) -> torch.Tensor:
    drawn = torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(drawn)


def embeddings() -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Two networks of different widths."""
    sizes = {"before": 5, "after": 8}
    return {name: (unit(len(QUERIES), d, d), unit(len(GALLERY), d, d + 1)) for name, d in sizes.items()}


def search(**changes) -> PhotographSearch:
    arguments = {"queries": QUERIES, "positions": [0, 3, 7], "gallery": GALLERY, "embeddings": embeddings(), "k": K}
    return search_photographs(**(arguments | changes))


def lists(query: int) -> tuple[list[int], list[list[int]], list[list[float]]]:
    """The levels of the gallery, and at each stop the whole list and the scores, in plain loops."""
    levels = naive.shared_levels(QUERIES.labels[query].tolist(), GALLERY.labels.tolist())
    orders, mixed = [], []
    for share in SHARES:
        scores = []
        for item in range(len(GALLERY)):
            cosines = [
                sum(a * b for a, b in zip(of[query].tolist(), gallery[item].tolist(), strict=True))
                for of, gallery in embeddings().values()
            ]
            scores.append((1 - share) * cosines[0] + share * cosines[1])
        mixed.append(scores)
        orders.append(sorted(range(len(GALLERY)), key=lambda item, s=scores: -s[item]))
    return levels, orders, mixed


@pytest.mark.parametrize("query", [0, 3, 7])
def test_the_lists_are_those_of_plain_loops(query: int) -> None:
    levels, orders, mixed = lists(query)
    found = search().moving(query)
    assert set(found.items) == {item for order in orders for item in order[:K]}
    assert found.levels == tuple(levels[item] for item in found.items)
    for stop, order in enumerate(orders):
        assert found.places[stop] == tuple(order.index(item) + 1 for item in found.items)
        assert found.scores[stop] == pytest.approx([mixed[stop][item] for item in found.items], abs=1e-5)


@pytest.mark.parametrize("query", [0, 3, 7])
def test_what_is_told_is_what_the_definitions_give(query: int) -> None:
    levels, orders, mixed = lists(query)
    ap = [naive.average_precision(scores, [level == 2 for level in levels]) for scores in mixed]
    h_ap = [naive.h_ap(scores, levels) for scores in mixed]
    for stop, told in enumerate(search().moving(query).texts):
        first = [levels[item] for item in orders[stop][:K]]
        same, near = first.count(2), first.count(2) + first.count(1)
        assert told.split("\n")[0] == f"Among the first {K}: ● {same} same character, ■ {near} same alphabet"
        arrows = [f"{of[0]:.2f} → {of[stop]:.2f}" if stop else f"{of[0]:.2f}" for of in (ap, h_ap)]
        assert told.split("\n")[1] == f"The whole list of {len(GALLERY)}: AP {arrows[0]}, H-AP {arrows[1]}"


def test_equal_scores_stand_with_the_lower_level_first() -> None:
    same = torch.zeros(4)
    found = moving_list(same, same, torch.tensor([2, 0, 1, 0]), ("a", "b"), 4)
    assert found.items == (1, 3, 2, 0)
    assert found.texts[0].endswith("AP 0.25, H-AP " + f"{naive.h_ap([0.0] * 4, [2, 0, 1, 0]):.2f}")


def test_a_query_that_shares_nothing_and_one_without_labels() -> None:
    scores = torch.tensor([0.5, 0.1, 0.3])
    nothing = moving_list(scores, scores, torch.zeros(3, dtype=torch.int64), ("a", "b"), 2)
    assert nothing.texts[0].split("\n")[1] == "Nothing among 3 shares a label with it."
    unknown = moving_list(scores, -scores, None, ("a", "b"), 2)
    assert unknown.levels is None
    assert unknown.items == (0, 2, 1)
    assert unknown.places[-1] == (3, 2, 1)
    assert "judge for yourself" in unknown.texts[0]


WRONG = torch.ones(len(QUERIES), 5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"positions": []}, "`positions`: got none"),
        ({"positions": [12]}, "`positions`: got position 12"),
        ({"k": 0}, "`k`: got 0"),
        ({"k": 37}, "`k`: got 37, expected 1..36"),
        ({"title": " "}, "`title`: got"),
        ({"embeddings": {"before": embeddings()["before"]}}, "`embeddings`: got 1 networks, expected two"),
        ({"embeddings": embeddings() | {"after": (WRONG, WRONG)}}, "`embeddings`: got shapes (12, 5) and (12, 5) for 'after'"),
        ({"embeddings": embeddings() | {"after": (WRONG * float("nan"), WRONG)}}, "`embeddings`: got NaN"),
        ({"networks": {"before": torch.nn.Identity()}}, "`networks`: got ['before'], expected ['before', 'after']"),
    ],
)  # fmt: skip
def test_what_cannot_be_searched_is_refused(changes, message) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        search(**changes)


def test_without_a_script_the_title_and_the_numbers_are_read() -> None:
    html = search(title="<b>Mine").html()
    assert "&lt;b&gt;Mine" in html
    assert search().moving(3).texts[-1] in html
    assert not re.search(r"""src=["'](?!data:)|https?://""", html)
    assert html == search(title="<b>Mine").html()


@pytest.mark.parametrize(("static", "shown"), [("1", "text/html"), ("0", "application/vnd.jupyter.widget-view+json")])
def test_a_notebook_stores_the_block_or_the_widget_and_never_both(
    static: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPRANK_EDU_STATIC", static)
    stored, _ = DisplayFormatter().format(search())
    assert set(stored) == {"text/plain", shown}


# What a page shows: the places and items of both lists, the counts, the words.
SHOWN = """() => ({
    first: [...document.querySelectorAll(".ss-first > li")].map(card => [+card.dataset.place, +card.dataset.item]),
    further: [...document.querySelectorAll(".ss-further > li")].map(card => [+card.dataset.place, +card.dataset.item]),
    counts: [...document.querySelectorAll(".ss-count")].map(count => count.textContent),
    text: document.querySelector(".ss-whole").textContent,
})"""


def expected(query: int, stop: int) -> dict:
    """The same by the library."""
    found = search().moving(query)
    ranked = sorted([place, item] for place, item in zip(found.places[stop], found.items, strict=True))
    shared = [level for level, place in zip(found.levels, found.places[stop], strict=True) if place <= K]
    counts = [shared.count(2), shared.count(2) + shared.count(1), shared.count(0)]
    return {
        "first": ranked[:K],
        "further": ranked[K:],
        "counts": [f"{count} of {K}" for count in counts],
        "text": found.texts[stop].split("\n")[1],
    }


@pytest.mark.browser
class TestPage:
    def test_keys_choose_a_query_and_slide(self, browser) -> None:
        page = page_of(browser, search().html(), reduced_motion="reduce")
        page.locator("input[type=radio]").first.focus()
        for place, query in enumerate([0, 3, 7]):
            if place:
                page.keyboard.press("ArrowRight")
            assert page.evaluate(SHOWN) == expected(query, 0)
        page.locator("input[type=range]").focus()
        for stop in range(1, len(SHARES)):
            page.keyboard.press("ArrowRight")
            assert page.evaluate(SHOWN) == expected(7, stop)
        assert page.locator("input[type=range]").get_attribute("aria-valuetext") == "after"
        assert page.locator(".ss-spoken").inner_text().startswith("after: Among the first 4")
        assert page.get_by_role("button", name="before", exact=True).get_attribute("aria-pressed") == "false"
        assert page.errors == []

    def test_a_click_on_an_end_goes_there_and_every_photograph_flies(self, browser) -> None:
        page = page_of(browser, search().html())
        page.get_by_role("button", name="after", exact=True).click()
        page.wait_for_selector(".ss-card[data-flying]")
        assert page.evaluate("document.getAnimations().some(a => a.effect.getKeyframes()[0].transform)")
        page.wait_for_selector(".suprank-search[data-stop='4']")
        page.wait_for_function("() => !document.querySelector('[data-flying]')")
        assert page.evaluate(SHOWN) == expected(0, 4)
        assert page.errors == []

    def test_who_wants_no_motion_is_there_at_once(self, browser) -> None:
        page = page_of(browser, search().html(), reduced_motion="reduce")
        page.get_by_role("button", name="after", exact=True).click()
        assert page.evaluate(SHOWN) == expected(0, 4)
        assert page.evaluate("document.getAnimations().length") == 0

    def test_a_finger_on_a_phone(self, browser) -> None:
        phone = {"viewport": {"width": 375, "height": 800}, "has_touch": True, "reduced_motion": "reduce"}
        page = page_of(browser, search().html(), **phone)
        page.locator(".ss-choice").nth(1).tap()
        page.get_by_role("button", name="after", exact=True).tap()
        assert page.evaluate(SHOWN) == expected(3, 4)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        card = page.locator(".ss-first .ss-open").first
        card.tap()
        dialog = page.get_by_role("dialog")
        assert dialog.locator("img").bounding_box()["width"] >= 256
        assert dialog.locator("p").inner_text().startswith("place 1: ")
        page.get_by_role("button", name="Close").tap()
        assert page.errors == []

    def test_photographs_are_large_enough_on_a_desktop(self, browser) -> None:
        page = page_of(browser, search().html(), viewport={"width": 760, "height": 800})
        widths = page.evaluate("[...document.querySelectorAll('.ss-card img')].map(image => image.clientWidth)")
        assert min(widths) >= 90  # inside its frame of 4 pixels a side


# The widget's module in a page, with a model that keeps what it is asked and answers with what it is given.
LIVE = """async ([module, spec]) => {
    const main = document.querySelector("main");
    const made = await import("data:text/javascript;base64," + btoa(unescape(encodeURIComponent(module))));
    window.asked = [];
    const model = {
        get: () => spec,
        send: (message, _, files) => window.asked.push([message, files.length && files[0].byteLength]),
        on: (_, answer) => { window.answer = answer; },
        off: () => {},
    };
    made.default.render({ model, el: main });
}"""


@pytest.mark.browser
class TestLive:
    def test_the_widget_shows_what_the_page_shows_and_any_photograph_can_ask(self, browser) -> None:
        torch.manual_seed(0)
        networks = {name: SmallCNN(embedding_size=d) for name, d in zip(NAMES, (5, 8), strict=True)}
        live = search(networks=networks).widget
        page = page_of(browser, reduced_motion="reduce")
        page.evaluate(LIVE, [live._esm, json.loads(json.dumps(live.spec))])
        assert page.evaluate(SHOWN) == expected(0, 0)
        page.get_by_role("button", name="after", exact=True).click()
        assert page.evaluate(SHOWN) == expected(0, 4)

        page.locator("select").select_option(str(CLASS))
        file = {"name": "mine.png", "mimeType": "image/png", "buffer": GLYPHS.items[0]}
        page.locator("input[type=file]").set_input_files(file)
        page.wait_for_function("() => window.asked.length === 2")
        assert page.evaluate("window.asked") == [[{"class": CLASS}, 0], [{"name": "mine.png"}, len(GLYPHS.items[0])]]

        answers = []
        live.send = answers.append
        live._asked(live, {"class": CLASS}, [])
        mine = f"mine_{'0' * 90}.png"
        live._asked(live, {"name": mine}, [GLYPHS.items[0]])
        live._asked(live, {"name": "<mine>.txt"}, [b"no image"])
        of_class, of_file, refused = json.loads(json.dumps(answers))
        (query,) = [i for i, label in enumerate(QUERIES.labels[:, 0]) if label == CLASS]
        page.evaluate("answer => window.answer(answer)", of_class)
        assert page.evaluate(SHOWN) == expected(query, 0)
        page.evaluate("answer => window.answer(answer)", of_file)
        assert page.locator(".ss-asking").inner_text() == mine
        assert page.evaluate("(a => a.scrollWidth - a.clientWidth)(document.querySelector('.ss-asking'))") == 0
        assert page.locator(".ss-meters").is_hidden()
        assert "judge for yourself" in page.locator(".ss-whole").inner_text()
        page.evaluate("answer => window.answer(answer)", refused)
        assert (
            "cannot be searched with: <mine>.txt: cannot be read as an image"
            in page.locator(".ss-message").inner_text()
        )
        assert page.errors == []

    def test_a_file_is_searched_by_the_networks_themselves(self) -> None:
        torch.manual_seed(0)
        networks = {name: SmallCNN(embedding_size=d) for name, d in zip(NAMES, (5, 8), strict=True)}
        own = {name: (embed(network, QUERIES), embed(network, GALLERY)) for name, network in networks.items()}
        found = search(embeddings=own, networks=networks)
        (brought,) = found.widget.of_file(QUERIES.items[3], "mine")
        known = found.asked(3)
        for key in ("items", "places", "scores"):
            assert brought[key] == known[key]  # the same photograph, brought along
