"""The calibration explorer: scores, terms, gap, bound and words, each against the loops of the definitions."""

import re

import pytest
import torch

from suprank_edu import naive
from suprank_edu.explore import Explorer, calibration, score_histograms
from suprank_edu.explore.decomposability.calibration_scenes import SCALES, SCENES, batch_of, calibrated, moved
from suprank_edu.naive import decomposability as loops

RELEVANT = [1] * 6 + [0] * 18
BATCHES = [[k for k in range(24) if batch_of(k) == b] for b in range(3)]


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return calibration()


@pytest.fixture(scope="module")
def some(explorer: Explorer) -> list[dict]:
    """Every 13th frame: all scenes, margins and moves."""
    return list(explorer.grid())[::13]


def at(p: dict):
    return calibrated(p["scores"], p["alpha"], p["beta"], p["move"])


def test_each_batch_has_its_share() -> None:
    for batch in BATCHES:
        assert [sum(RELEVANT[k] for k in batch), len(batch)] == [2, 8]


def test_the_gap_is_the_definition(some: list[dict]) -> None:
    for p in some:
        now = at(p)
        expected = loops.gap(now.scores, RELEVANT, BATCHES, naive.average_precision)
        assert now.gap == pytest.approx(expected, abs=1e-12)


def test_the_terms_are_the_hinges_and_their_means(some: list[dict]) -> None:
    for p in some:
        now = at(p)
        up = [max(p["alpha"] - s, 0) for s in now.scores[:6]]
        down = [max(s - p["beta"], 0) for s in now.scores[6:]]
        assert now.pos_terms == pytest.approx(up, abs=1e-4)
        assert now.neg_terms == pytest.approx(down, abs=1e-4)
        assert now.written == pytest.approx(sum(up) / 6 + sum(down) / 18, abs=1e-4)
        coded = sum(sum(t) / sum(x > 1e-9 for x in t) for t in (up, down) if max(t) > 1e-9)
        assert now.coded == pytest.approx(coded, abs=1e-4)


def test_the_bound_holds_wherever_every_batch_is_perfect(explorer: Explorer) -> None:
    met = 0
    for p in explorer.grid():
        now = at(p)
        if now.perfect:
            assert -1e-12 <= now.gap <= now.measured.bound + 1e-12
            met += 1
        if now.measured.above == (6, 0):
            assert now.gap == pytest.approx(0, abs=1e-12)
    assert met > 100


@pytest.mark.parametrize("name", SCENES)
def test_pulled_scores_go_equally_far_and_stop_at_their_margin(name: str) -> None:
    start = calibrated(name, 0.9, 0.6, 0.0).scores
    after = moved(start, 0.9, 0.6, 0.2)
    for k, (before, now) in enumerate(zip(start, after, strict=True)):
        if k < 6:
            wanted = before if before >= 0.9 else min(before + 0.2, 0.9)
        else:
            wanted = before if before <= 0.6 else max(before - 0.2, 0.6)
        assert now == pytest.approx(wanted, abs=1e-4)


def test_pulled_items_are_those_with_a_term(explorer: Explorer, some: list[dict]) -> None:
    for p in some:
        now, data = at(p), explorer.figure.describe(**p)["data"]
        for kind, first, terms in (("positive", 0, now.pos_terms), ("negative", 6, now.neg_terms)):
            for name, pulled in ((kind, True), (f"{kind}, at rest", False)):
                (trace,) = (t for t in data if t.get("name") == name)
                assert trace["x"] == [now.scores[first + k] for k, t in enumerate(terms) if (t > 0) == pulled]
            shown = [t for t in data if t.get("name", "").startswith(kind) and t.get("showlegend") and t["x"]]
            assert len(shown) == 1, "each kind is named once, also where none of it is pulled"
        bound = next(t for t in data if t.get("name") == "E19")
        assert (bound["opacity"] < 1) == (not now.perfect)


def test_the_written_term_never_rises_and_the_coded_one_can(explorer: Explorer) -> None:
    moves = explorer.controls[-1].values
    course = [calibrated(SCALES, 0.9, 0.6, move) for move in moves]
    written, coded = [now.written for now in course], [now.coded for now in course]
    assert written == sorted(written, reverse=True)
    assert coded != sorted(coded, reverse=True)
    assert at({"scores": SCALES, "alpha": 0.6, "beta": 0.8, "move": 0.6}).coded == 0


def test_what_is_dragged_lies_at_its_value(explorer: Explorer, some: list[dict]) -> None:
    assert [drag.control for drag in explorer.drags] == ["alpha", "beta", "move"]
    for p in some:
        data = explorer.figure.describe(**p)["data"]
        for drag in explorer.drags:
            assert data[drag.trace]["x"][drag.point] == p[drag.control]


def test_the_words_are_true(explorer: Explorer, some: list[dict]) -> None:
    seen = set()
    for p in explorer.grid():
        now, lines = at(p), explorer.readout(**p).split("\n")
        assert ("gap ≤ E19" in lines[2]) == now.perfect
        seen.add(lines[3])
        left, right, total = map(float, re.search(r"= (\S+) \+ (\S+) = (\S+)$", lines[0]).groups())
        assert left + right == pytest.approx(total, abs=1.1e-3)
        assert total == pytest.approx(now.coded, abs=6e-4)
        assert float(lines[1].split(" = ")[-1]) == pytest.approx(now.written, abs=6e-4)
    assert len(seen) == 4


def test_the_start_is_the_example_of_the_chapter(explorer: Explorer) -> None:
    lines = explorer.readout(**explorer.parameters).split("\n")
    assert lines[0].endswith("= 0.445 + 0.149 = 0.595")
    assert lines[1].endswith("0.297 + 0.050 = 0.347")
    assert "1 − 0.56 =" in lines[2]


def test_histograms_hold_every_score_and_the_margins() -> None:
    generator = torch.Generator().manual_seed(0)
    kinds = (torch.rand(50, generator=generator), torch.rand(70, generator=generator) - 0.5)
    made = score_histograms({"one": kinds, "two": kinds[::-1]}, alpha=0.9, beta=0.6).figure.describe()
    curves = [t for t in made["data"] if "fill" in t]
    assert len(curves) == 4
    for curve, values in zip(curves, (*kinds, *kinds[::-1]), strict=True):
        assert sum(curve["y"]) == pytest.approx(1, abs=1e-3)
        for x, share in zip(curve["x"], curve["y"], strict=True):
            inside = ((values >= x - 0.01 - 1e-6) & (values < x + 0.01 - 1e-6)).double().mean()
            assert share == pytest.approx(float(inside), abs=1e-4)
    assert [t["x"][0] for t in made["data"] if "fill" not in t] == [0.9, 0.6] * 2


def test_histograms_need_scores() -> None:
    with pytest.raises(ValueError, match="`scores`: got no network, expected at least one"):
        score_histograms({})
    with pytest.raises(
        ValueError, match=r"`scores`: got shape \(0,\) for the negative pairs of 'one', expected \(n,\), at least one"
    ):
        score_histograms({"one": (torch.ones(1), torch.ones(0))})
