"""The gap explorer: rows, curves, bounds and words, each against the loops of the definitions."""

import json
import re
from importlib import resources
from itertools import permutations

import pytest

from suprank_edu import naive
from suprank_edu.explore import Explorer
from suprank_edu.explore.decomposability.gap_scenes import (
    BATCHES,
    BUNCHED,
    EQUAL,
    MAKE_UPS,
    MISRANKED,
    NEGATIVES,
    POSITIVES,
    REAL,
    REAL_NEGATIVE,
    ROW,
    SCENES,
    best_threshold,
    scene,
    split,
    squeezed,
    worst_order,
)
from suprank_edu.naive import decomposability as loops

START = {"scores": REAL, "make_up": EQUAL, "batches": 3, "pos_margin": 0.0, "neg_margin": 1.0}
RELEVANT = [1] * POSITIVES + [0] * NEGATIVES


@pytest.fixture(scope="module")
def explorer(explorers: dict[str, Explorer]) -> Explorer:
    return explorers["decomposability_gap"]


@pytest.fixture(scope="module")
def some(explorer: Explorer) -> list[dict]:
    """Every 17th frame: all scenes, make-ups, numbers and margins."""
    return list(explorer.grid())[::17]


def batches_of(p: dict) -> list[list[int]]:
    """Items 0..11 are the positives, 12..59 the negatives, dealt out in order."""
    pos, neg = split(p["make_up"], p["batches"])
    found, start_pos, start_neg = [], 0, POSITIVES
    for n_pos, n_neg in zip(pos, neg, strict=True):
        found.append([*range(start_pos, start_pos + n_pos), *range(start_neg, start_neg + n_neg)])
        start_pos, start_neg = start_pos + n_pos, start_neg + n_neg
    return found


def at(p: dict):
    return scene(p["scores"], p["make_up"], p["batches"], p["pos_margin"], p["neg_margin"])


def test_every_split_deals_out_every_item() -> None:
    for make_up in MAKE_UPS:
        for number in BATCHES:
            pos, neg = split(make_up, number)
            assert (len(pos), len(neg), sum(pos), sum(neg)) == (number, number, POSITIVES, NEGATIVES)
            assert min(pos) >= 1


def test_the_gap_is_the_definition(some: list[dict]) -> None:
    for p in some:
        now = at(p)
        expected = loops.gap(now.scores, RELEVANT, batches_of(p), naive.average_precision)
        assert now.gap == pytest.approx(expected, abs=1e-12)
        assert now.whole == pytest.approx(naive.average_precision(now.scores, RELEVANT), abs=1e-12)


def test_the_bounds_are_the_largest_over_all_orders(some: list[dict]) -> None:
    for p in [p for p in some if p["batches"] <= 4]:
        now, batches = at(p), batches_of(p)
        counts = [*split(p["make_up"], p["batches"])]
        counts += [
            [sum(now.scores[k] > now.threshold for k in b if bool(RELEVANT[k]) == wanted) for b in batches]
            for wanted in (True, False)
        ]
        orders = list(permutations(zip(*counts, strict=True)))
        worst = max(loops.bound_of_order(*list(zip(*order, strict=True))[:2]) for order in orders)
        assert now.worst == pytest.approx(worst, abs=1e-12)
        calibrated = max(loops.calibrated_bound_of_order(*zip(*order, strict=True)) for order in orders)
        assert now.calibrated == pytest.approx(min(calibrated, worst), abs=1e-12)
        assert now.above == (sum(counts[2]), sum(counts[3]))


def test_perfect_batches_keep_to_the_bounds_in_every_frame(explorer: Explorer) -> None:
    met = 0
    for p in explorer.grid():
        now = at(p)
        if now.perfect == p["batches"]:
            assert -1e-12 <= now.gap <= now.calibrated + 1e-12
            assert now.calibrated <= now.worst
            met += 1
    assert met > 200


@pytest.mark.parametrize("make_up", MAKE_UPS)
@pytest.mark.parametrize("number", BATCHES)
def test_batches_in_a_row_attain_the_bound(make_up: str, number: int) -> None:
    now = scene(ROW, make_up, number, 0.0, 1.0)
    assert now.batch_aps == pytest.approx([1] * number)
    assert now.gap == pytest.approx(loops.worst_case_bound(*split(make_up, number)), abs=1e-12)
    order, terms = worst_order(make_up, number)
    assert sorted(order) == list(range(number))
    assert 1 - sum(terms) / POSITIVES == pytest.approx(now.gap, abs=1e-12)


@pytest.mark.parametrize("make_up", MAKE_UPS)
@pytest.mark.parametrize("number", BATCHES[1:])
def test_badly_ranked_batches_have_a_negative_gap(make_up: str, number: int) -> None:
    assert scene(MISRANKED, make_up, number, 0.0, 1.0).gap < -0.005


def test_the_real_queries_are_what_their_names_say() -> None:
    for number in BATCHES[1:]:
        assert scene(REAL, EQUAL, number, 0.0, 1.0).gap > 0.1
        assert scene(REAL_NEGATIVE, EQUAL, number, 0.0, 1.0).gap < -0.01


def test_the_stored_scores_are_cosines_without_ties() -> None:
    text = (
        resources.files("suprank_edu.explore.decomposability").joinpath("gap_scores.json").read_text(encoding="utf-8")
    )
    for query in json.loads(text).values():
        scores = query["positives"] + query["negatives"]
        assert (len(query["positives"]), len(scores)) == (POSITIVES, POSITIVES + NEGATIVES)
        assert 0 <= min(scores) <= max(scores) <= 1
        assert not set(query["positives"]) & set(query["negatives"])
        assert re.fullmatch(r"[\w()]+/character\d\d/\d{4}_\d\d\.png", query["query"])


@pytest.mark.parametrize("name", SCENES)
def test_margins_squeeze_and_keep_the_order(name: str) -> None:
    scores = scene(name, EQUAL, 4, 0.0, 1.0).scores
    tight = squeezed(scores, 0.6, 0.75)
    assert min(tight[:POSITIVES]) >= 0.6
    assert max(tight[POSITIVES:]) <= 0.75
    for part in (slice(0, POSITIVES), slice(POSITIVES, None)):
        places = range(len(scores[part]))
        assert sorted(places, key=scores[part].__getitem__) == sorted(places, key=tight[part].__getitem__)
    for make_up in MAKE_UPS:
        for number in BATCHES:
            apart = scene(name, make_up, number, 0.9, 0.6)
            assert (apart.gap, apart.calibrated, apart.above) == (0, 0, (POSITIVES, 0))


def test_no_threshold_separates_better() -> None:
    for name in SCENES:
        scores = scene(name, BUNCHED, 3, 0.0, 0.9).scores

        def separation(cut: float, scores=scores) -> float:
            above = [k for k, score in enumerate(scores) if score > cut]
            return sum(k < POSITIVES for k in above) / POSITIVES - sum(k >= POSITIVES for k in above) / NEGATIVES

        best = separation(best_threshold(scores))
        assert best >= max(separation(cut / 1000) for cut in range(1001)) - 1e-12


def test_a_threshold_that_cannot_separate_stands_above_all() -> None:
    turned_round = tuple(k / 100 for k in range(POSITIVES + NEGATIVES))
    assert best_threshold(turned_round) > max(turned_round)


def test_the_rows_show_every_item_twice_and_in_its_batch(explorer: Explorer, some: list[dict]) -> None:
    for p in some:
        data, now = explorer.figure.describe(**p)["data"], at(p)
        rows = next(t for t in data if t["mode"] == "lines")["y"][::3]
        assert len(rows) == p["batches"] + 1
        batches = batches_of(p)
        for name, members in (("positive", range(POSITIVES)), ("negative", range(POSITIVES, 60))):
            (trace,) = (t for t in data if t.get("name") == name)
            assert trace["x"] == [now.scores[k] for k in members] * 2
            nearest = [min(range(len(rows)), key=lambda row: abs(rows[row] - y)) for y in trace["y"]]
            assert nearest[: len(members)] == [0] * len(members)
            assert nearest[len(members) :] == [next(b for b, own in enumerate(batches, 1) if k in own) for k in members]


def test_the_curves_are_the_scenes_of_every_number_and_the_marks_sit_on_them(
    explorer: Explorer, some: list[dict]
) -> None:
    for p in some:
        data = [t for t in explorer.figure.describe(**p)["data"] if t.get("yaxis") == "y2"]
        along = [at(p | {"batches": number}) for number in BATCHES]
        curves, marks = data[::2], data[1::2]
        for curve, name, field in zip(
            curves, ("measured gap", "E18", "E19"), ("gap", "worst", "calibrated"), strict=True
        ):
            assert curve["name"] == name
            assert curve["y"] == pytest.approx([getattr(each, field) for each in along], abs=1e-9)
        for curve, mark in zip(curves, marks, strict=True):
            assert mark["x"] == [p["batches"]]
            assert mark["y"] == [curve["y"][BATCHES.index(p["batches"])]]
        faded = at(p).perfect < p["batches"]
        assert [t["opacity"] < 1 for t in data] == [False] * 2 + [faded] * 4


def test_the_words_are_true_in_every_frame(explorer: Explorer) -> None:
    seen = set()
    for p in explorer.grid():
        now, lines = at(p), explorer.readout(**p).split("\n")
        perfect = now.perfect == p["batches"]
        assert ("gap ≤ E18" in lines[1]) == ("gap ≤ E19" in lines[2]) == perfect
        assert ("no bound" in lines[1]) == (not perfect)
        if "Negative" in lines[3]:
            assert now.gap < 0
        if "flatter" in lines[3]:
            assert now.gap > 0
        if "attains" in lines[3]:
            assert now.gap == pytest.approx(now.worst, abs=1e-9)
        if "no gap" in lines[3] or "No gap" in lines[3]:
            assert now.gap == pytest.approx(0, abs=1e-9)
        if "below E18" in lines[3]:
            assert now.gap <= now.calibrated < now.worst
        seen.add(lines[3])
    assert len(seen) >= 6


def test_the_formulas_written_out_give_the_numbers_beside_them(explorer: Explorer, some: list[dict]) -> None:
    for p in some:
        now, lines = at(p), explorer.readout(**p).replace("−", "-").split("\n")
        terms, number, whole, result = re.fullmatch(r"Gap .* = \((.*)\)/(\d) - (\S+) = \+?(\S+)", lines[0]).groups()
        assert sum(map(float, terms.split(" + "))) / int(number) - float(whole) == pytest.approx(now.gap, abs=6e-3)
        assert float(result) == pytest.approx(now.gap, abs=6e-4)
        terms, result = re.search(r"E18 = 1 - \((.*)\)/12 = (\S+)", lines[1]).groups()
        assert 1 - sum(map(float, terms.split(" + "))) / 12 == pytest.approx(now.worst, abs=6e-3)
        assert float(result) == pytest.approx(now.worst, abs=6e-4)


def test_the_start_is_the_example_of_the_chapter(explorer: Explorer) -> None:
    assert explorer.parameters == START
    first, second, _, last = explorer.readout(**START).split("\n")
    assert first == "Gap = mean − whole = (0.887 + 0.679 + 0.43)/3 − 0.546 = +0.12"
    assert second == "3 of 3 batches are not perfect: no bound, E18 = 1 − (4 + 1.15 + 0.986)/12 = 0.489"
    assert last == "The batches flatter: their average is above the AP of the whole."
