"""Rank a gallery: list, bars, curves and words, each against the plain-loop metrics."""

import re
from fractions import Fraction

import numpy as np
import pytest

from suprank_edu import naive
from suprank_edu.explore import Explorer
from suprank_edu.explore.ranks.ranked_list import LENIENT, LEVELS, METRICS, NAMES, SCORES, STRICT

START = {"item": "E, same castle", "score": 0.54, "counts": STRICT, "k": 2}


@pytest.fixture(scope="module")
def explorer(explorers: dict[str, Explorer]) -> Explorer:
    return explorers["rank_a_gallery"]


@pytest.fixture(scope="module")
def some(explorer: Explorer) -> list[dict]:
    """Every 23rd frame: all items, many scores and ties, both counts, all k."""
    return list(explorer.grid())[::23]


def gallery(p: dict) -> tuple[list[float], list[int]]:
    scores = list(SCORES)
    scores[NAMES.index(p["item"][0])] = p["score"]
    return scores, [int(level == 2 or (p["counts"] == LENIENT and level == 1)) for level in LEVELS]


def values(scores: list[float], relevant: list[int], k: int) -> list[float]:
    return [
        naive.average_precision(scores, relevant),
        naive.recall_at_k(scores, relevant, k),
        naive.ndcg(scores, LEVELS),
        naive.h_ap(scores, LEVELS),
    ]


def test_the_start_is_the_example_of_the_chapter(explorer: Explorer) -> None:
    assert explorer.parameters == START
    assert explorer.readout(**START).split("\n")[0] == "AP = 1/3 (1/1 + 2/3 + 3/5) = 0.756"


def test_the_metrics_are_the_definitions(explorer: Explorer, some: list[dict]) -> None:
    for p in some:
        scores, relevant = gallery(p)
        data = explorer.figure.describe(**p)["data"]
        marks = [t for t in data if t.get("yaxis") == "y2" and t["mode"] == "markers"]
        assert [t["hovertext"].split(" = ")[0] for t in marks] == list(METRICS)
        np.testing.assert_allclose([t["y"][0] for t in marks], values(scores, relevant, p["k"]), atol=1e-12)
        assert {t["x"][0] for t in marks} == {p["score"]}


def test_the_curves_hold_at_every_score_between_and_at_the_ties(explorer: Explorer) -> None:
    for item in range(len(NAMES)):
        p = START | {
            "item": explorer.controls[0].values[item],
            "k": 1 + item % 5,
            "counts": (STRICT, LENIENT)[item % 2],
        }
        curves = [t for t in explorer.figure.describe(**p)["data"] if t.get("legend") == "legend2"]
        assert [t["name"] for t in curves] == list(METRICS)
        xs = curves[0]["x"]
        for i, x in enumerate(xs):
            expected = values(*gallery(p | {"score": x}), p["k"])
            np.testing.assert_allclose([t["y"][i] for t in curves], expected, atol=1e-12)
        # Between two points of the curve the metrics are what the line between them says: constant or a jump at a tie.
        for left, right in zip(range(len(xs)), range(1, len(xs)), strict=False):
            if xs[right] - xs[left] > 0.001:
                middle = values(*gallery(p | {"score": (xs[left] + xs[right]) / 2}), p["k"])
                np.testing.assert_allclose([t["y"][left] for t in curves], middle, atol=1e-12)
                np.testing.assert_allclose([t["y"][right] for t in curves], middle, atol=1e-12)


def test_the_list_is_ordered_and_the_bars_are_ranks(explorer: Explorer, some: list[dict]) -> None:
    for p in some:
        scores, relevant = gallery(p)
        data = explorer.figure.describe(**p)["data"]
        rows = {}
        for trace in (t for t in data if t["mode" if "mode" in t else "type"] == "markers+text"):
            for name, x, y in zip(trace["text"], trace["x"], trace["y"], strict=True):
                rows[re.sub("<[^>]*>|\u2002", "", name)] = (x, y)
        assert sorted(y for _, y in rows.values()) == list(range(1, 9))
        by_place = sorted(NAMES, key=lambda name: rows[name][1])
        assert [LEVELS[NAMES.index(name)] for name in by_place] == naive.ranked(scores, LEVELS)
        assert [rows[name][0] for name in NAMES] == scores
        (bars,) = (t for t in data if t["type"] == "bar")
        ranks, plus = naive.rank(scores), naive.rank_plus(scores, relevant)
        (numbers,) = (t for t in data if t.get("mode") == "text")
        assert [int(text) for text in numbers["text"]] == [ranks[NAMES.index(name)] for name in by_place]
        assert numbers["y"] == list(range(1, 9))
        members = [k for k in range(8) if relevant[k]]
        assert bars["text"] == [f"{plus[k]}/{ranks[k]}" for k in members]
        assert bars["x"] == [plus[k] / ranks[k] for k in members]
        assert bars["y"] == [rows[NAMES[k]][1] for k in members]


def test_the_formulas_written_out_give_the_numbers_beside_them(explorer: Explorer, some: list[dict]) -> None:
    for p in some:
        scores, relevant = gallery(p)
        ap, recall, ndcg, h_ap = values(scores, relevant, p["k"])
        first, second, third, _ = explorer.readout(**p).split("\n")
        head, terms, result = re.fullmatch(r"AP = 1/(\d) \((.*)\) = ([0-9.]+)", first).groups()
        assert int(head) == sum(relevant)
        assert float(sum(map(Fraction, terms.split(" + "))) / int(head)) == pytest.approx(ap, abs=1e-12)
        assert float(result) == pytest.approx(ap, abs=6e-4)
        terms, total, result = re.fullmatch(r"H-AP = \((.*)\) / ([0-9.]+) = ([0-9.]+)", second).groups()
        written = sum(float(a) / int(b) for a, b in (term.split("/") for term in terms.split(" + "))) / float(total)
        assert written == pytest.approx(h_ap, abs=1e-3)
        assert float(result) == pytest.approx(h_ap, abs=6e-4)
        k, share, shown, hit, gain = re.fullmatch(
            r"R@(\d) = (\d/\d) = ([0-9.]+) \(hit rate (\d)\), NDCG = ([0-9.]+)", third
        ).groups()
        assert int(k) == p["k"]
        assert float(Fraction(share)) == pytest.approx(recall, abs=1e-12)
        assert float(shown) == pytest.approx(recall, abs=6e-4)
        assert int(hit) == naive.hit_rate_at_k(scores, relevant, p["k"])
        assert float(gain) == pytest.approx(ndcg, abs=6e-4)


def test_the_remark_names_ties_flat_moves_and_disagreements_where_they_are(explorer: Explorer) -> None:
    distinct = list(range(8, 0, -1))  # so that the order of the list names the items
    met = dict.fromkeys(["tie", "start", "flat", "agree", "disagree"], 0)
    for p in [p for p in explorer.grid() if p["k"] == 2]:
        remark = explorer.readout(**p).split("\n")[3]
        scores, relevant = gallery(p)
        changes = [
            now - then for now, then in zip(values(scores, relevant, 2), values(SCORES, relevant, 2), strict=True)
        ]
        if scores.count(p["score"]) > 1:
            kind, said = "tie", "ties with"
        elif tuple(scores) == SCORES:
            kind, said = "start", "The list as it started."
        elif naive.ranked(scores, distinct) == naive.ranked(SCORES, distinct):
            kind, said = "flat", "its slope is 0"
            assert changes == [0, 0, 0, 0]
        elif changes[0] * changes[3] < -1e-12:
            kind, said = "disagree", "they disagree"
        else:
            kind, said = "agree", "Against the start"
            assert "disagree" not in remark
            assert ("AP unchanged, H-AP" in remark) == (abs(changes[0]) < 1e-12)
        assert said in remark
        met[kind] += 1
    assert all(met.values()), met


def test_choosing_an_item_starts_from_its_own_score(explorer: Explorer) -> None:
    item = explorer.controls[0]
    assert {option[0]: preset["score"] for option, preset in item.presets.items()} == dict(
        zip(NAMES, SCORES, strict=True)
    )


def test_one_move_can_please_one_metric_and_hurt_the_other(explorer: Explorer) -> None:
    # Another castle passes two others and one of the same castle: worse for AP, better for H-AP.
    remark = explorer.readout(item="G, other castle", score=0.66, counts=STRICT, k=2).split("\n")[3]
    change = dict(re.findall(r"((?:H-)?AP) ([+−][0-9.]+)", remark))
    assert change["AP"].startswith("−")
    assert change["H-AP"].startswith("+")
    assert remark.endswith("they disagree.")
