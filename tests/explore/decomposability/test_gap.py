"""The gap explorer: rows, curves, bounds and words, each against the loops of the definitions."""

import json
import re
from importlib import resources
from itertools import pairwise, permutations

import pytest

from suprank_edu import naive
from suprank_edu.data import load_samples, sample_embeddings, sample_queries
from suprank_edu.explore import Explorer
from suprank_edu.explore.decomposability.gap_scenes import (
    BATCHES,
    NEGATIVES,
    PERFECT,
    POSITIVES,
    REAL,
    REAL_NEGATIVE,
    SCENES,
    batch_of,
    best_threshold,
    own_scores,
    scales,
    scene,
    shares,
    stored,
)
from suprank_edu.explore.decomposability.gap_words import worst_terms
from suprank_edu.naive import decomposability as loops

START = {"scores": REAL, "batches": 3, "reach": 1.0}
RELEVANT = [1] * POSITIVES + [0] * NEGATIVES
TOTAL = POSITIVES + NEGATIVES
REACHES = (1.0, 0.9, 0.72, 0.5, 0.34, 0.32, 0.16, 0.1)


@pytest.fixture(scope="module")
def explorer(explorers: dict[str, Explorer]) -> Explorer:
    return explorers["decomposability_gap"]


@pytest.fixture(scope="module")
def some(explorer: Explorer) -> list[dict]:
    """Every 7th frame: all scenes, numbers and reaches."""
    return list(explorer.grid())[::7]


def batches_of(p: dict) -> list[list[int]]:
    """Items 0..5 are the positives, 6..23 the negatives, dealt out in order."""
    own, wrong = POSITIVES // p["batches"], NEGATIVES // p["batches"]
    return [
        [*range(b * own, (b + 1) * own), *range(POSITIVES + b * wrong, POSITIVES + (b + 1) * wrong)]
        for b in range(p["batches"])
    ]


def at(p: dict):
    return scene(p["scores"], p["batches"], p["reach"])


def test_every_item_is_in_one_batch() -> None:
    for number in BATCHES:
        for b, batch in enumerate(batches_of({"batches": number})):
            assert [batch_of(k, number) for k in batch] == [b] * (TOTAL // number)
            assert sum(k < POSITIVES for k in batch) == shares(number)[0]


def test_the_gap_is_the_definition(some: list[dict]) -> None:
    for p in some:
        now = at(p)
        expected = loops.gap(now.scores, RELEVANT, batches_of(p), naive.average_precision)
        assert now.gap == pytest.approx(expected, abs=1e-12)
        assert now.whole == pytest.approx(naive.average_precision(now.scores, RELEVANT), abs=1e-12)


def test_the_bounds_are_the_largest_over_all_orders(some: list[dict]) -> None:
    for p in [p for p in some if p["batches"] <= 3]:
        now, batches = at(p), batches_of(p)
        counts = [[count] * p["batches"] for count in shares(p["batches"])]
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
    assert met > 150


@pytest.mark.parametrize("number", BATCHES)
def test_perfect_batches_dragged_apart_attain_the_bound_and_on_one_scale_have_no_gap(number: int) -> None:
    apart = scene(PERFECT, number, 0.1)
    assert apart.batch_aps == pytest.approx([1] * number)
    own, wrong = shares(number)
    assert apart.gap == pytest.approx(loops.worst_case_bound([own] * number, [wrong] * number), abs=1e-12)
    assert 1 - sum(worst_terms(number)) / POSITIVES == pytest.approx(apart.gap, abs=1e-12)
    together = scene(PERFECT, number, 1.0)
    assert (together.gap, together.calibrated, together.above) == (0, 0, (POSITIVES, 0))


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("number", BATCHES)
def test_dragging_keeps_the_order_and_the_ap_of_every_batch(name: str, number: int) -> None:
    start = scene(name, number, 1.0)
    for reach in REACHES:
        now = scene(name, number, reach)
        assert now.batch_aps == pytest.approx(start.batch_aps, abs=1e-12)
        for batch in batches_of({"batches": number}):
            assert sorted(batch, key=now.scores.__getitem__) == sorted(batch, key=start.scores.__getitem__)
        assert not set(now.scores[:POSITIVES]) & set(now.scores[POSITIVES:]), "no right item ties with a wrong one"


@pytest.mark.parametrize("number", BATCHES)
def test_scales_part_until_batches_follow_one_another(number: int) -> None:
    assert scales(number, 1.0) == ((0.0, 1.0),) * number
    for reach in REACHES:
        found = scales(number, reach)
        assert found[-1] == (0.0, reach)
        assert all(0 <= low < high <= 1 for low, high in found)
        if reach <= 1 / number:
            assert all(before[0] >= after[1] - 1e-3 for before, after in pairwise(found))


def test_the_pepper_has_a_gap_one_way_and_a_negative_one_the_other_way() -> None:
    for number in BATCHES[1:]:
        assert scene(REAL, number, 1.0).gap > 0.1
        assert scene(REAL_NEGATIVE, number, 1.0).gap < -0.03
    assert scene(REAL, 3, 1.0).whole == pytest.approx(scene(REAL_NEGATIVE, 3, 1.0).whole)


def test_the_stored_scores_are_those_of_the_green_pepper() -> None:
    text = (
        resources.files("suprank_edu.explore.decomposability").joinpath("gap_scores.json").read_text(encoding="utf-8")
    )
    queries, gallery = load_samples("groceries", "test"), load_samples("groceries", "train")
    pepper = sample_queries()[7].index
    cosines = sample_embeddings("groceries", "train") @ sample_embeddings("groceries", "test")[pepper]
    wanted = {
        (round(s, 4), gallery.class_names[0][c]) for s, c in zip(cosines.tolist(), gallery.labels[:, 0], strict=True)
    }
    same = []
    for query in json.loads(text).values():
        assert queries.name_of(pepper).endswith(query["query"])
        assert len(query["scores"]) == len(query["products"]) == TOTAL
        assert query["products"][:POSITIVES] == [gallery.class_names[0][queries.labels[pepper, 0]]] * POSITIVES
        assert query["products"][0] not in query["products"][POSITIVES:]
        assert set(zip(query["scores"], query["products"], strict=True)) <= wanted
        same.append(sorted(zip(query["scores"], query["products"], strict=True)))
    assert same[0] == same[1], "one set, dealt in two ways"


@pytest.mark.parametrize("name", [REAL, REAL_NEGATIVE])
def test_stretching_keeps_the_order(name: str) -> None:
    before, after = stored(name)["scores"], own_scores(name, 3)
    assert sorted(range(TOTAL), key=before.__getitem__) == sorted(range(TOTAL), key=after.__getitem__)
    assert (min(after), max(after)) == (0.04, 0.96)


def test_no_threshold_separates_better() -> None:
    for name in SCENES:
        scores = scene(name, 3, 0.6).scores

        def separation(cut: float, scores=scores) -> float:
            above = [k for k, score in enumerate(scores) if score > cut]
            return sum(k < POSITIVES for k in above) / POSITIVES - sum(k >= POSITIVES for k in above) / NEGATIVES

        best = separation(best_threshold(scores))
        assert best >= max(separation(cut / 1000) for cut in range(1001)) - 1e-12


def test_a_threshold_that_cannot_separate_stands_above_all() -> None:
    turned_round = tuple(k / 100 for k in range(TOTAL))
    assert best_threshold(turned_round) > max(turned_round)


def test_the_rows_show_every_item_twice_and_in_its_batch(explorer: Explorer, some: list[dict]) -> None:
    for p in some:
        data, now = explorer.figure.describe(**p)["data"], at(p)
        lines = next(t for t in data if t["mode"] == "lines")
        rows, ends = lines["y"][::3], list(zip(lines["x"][::3], lines["x"][1::3], strict=True))
        assert ends == [(0, 1), *scales(p["batches"], p["reach"])]
        assert len(rows) == p["batches"] + 1
        batches = batches_of(p)
        for name, members in (("right", range(POSITIVES)), ("wrong", range(POSITIVES, TOTAL))):
            (trace,) = (t for t in data if t.get("name") == name)
            assert trace["x"] == [now.scores[k] for k in members] * 2
            nearest = [min(range(len(rows)), key=lambda row: abs(rows[row] - y)) for y in trace["y"]]
            assert nearest[: len(members)] == [0] * len(members)
            assert nearest[len(members) :] == [next(b for b, own in enumerate(batches, 1) if k in own) for k in members]


def test_the_curves_are_the_scenes_of_every_reach_and_the_marks_sit_on_them(
    explorer: Explorer, some: list[dict]
) -> None:
    for p in some:
        data = [t for t in explorer.figure.describe(**p)["data"] if t.get("yaxis") == "y2"]
        reaches = explorer.controls[-1].values
        along = [at(p | {"reach": reach}) for reach in reaches]
        curves, marks = data[::2], data[1::2]
        for curve, name, field in zip(
            curves, ("measured gap", "E18", "E19"), ("gap", "worst", "calibrated"), strict=True
        ):
            assert curve["name"] == name
            assert curve["y"] == pytest.approx([getattr(each, field) for each in along], abs=1e-6)
        for curve, mark in zip(curves, marks, strict=True):
            assert mark["x"] == [p["reach"]]
            assert mark["y"] == [curve["y"][reaches.index(p["reach"])]]
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
        terms, result = re.search(r"E18 = 1 - \((.*)\)/6 = (\S+)", lines[1]).groups()
        assert 1 - sum(map(float, terms.split(" + "))) / 6 == pytest.approx(now.worst, abs=6e-3)
        assert float(result) == pytest.approx(now.worst, abs=6e-4)


def test_the_start_is_the_example_of_the_chapter(explorer: Explorer) -> None:
    assert explorer.parameters == START
    first, second, _, last = explorer.readout(**START).split("\n")
    assert first == "Gap = mean − whole = (0.7 + 1 + 1)/3 − 0.751 = +0.149"
    assert second == "1 of 3 batches is not perfect: no bound, E18 = 1 − (2 + 0.733 + 0.627)/6 = 0.44"
    assert last == "The batches flatter: their average is above the AP of the whole."


def test_the_grip_is_the_end_of_the_last_scale_and_can_be_dragged(explorer: Explorer, some: list[dict]) -> None:
    for p in some:
        data = explorer.figure.describe(**p)["data"]
        for drag in explorer.drags:
            assert data[drag.trace]["x"][drag.point] == p[drag.control] == at(p).scales[-1][1]
