"""Explorers that are given what they cannot show say at once which argument it is."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from suprank_edu.data import read
from suprank_edu.data.labelling import Candidate, HierarchicalLabel, url_of
from suprank_edu.explore import (
    Choice,
    Dashboard,
    Explorer,
    FigureFunction,
    ReviewTable,
    SelectionSlider,
    Slider,
    gap_curves,
    learning_curves,
    query_by_query,
    score_histograms,
    seed_intervals,
    show_figure,
    show_retrieved,
    sunburst,
    surrogate_bounds,
    telling_queries,
)

NAN = float("nan")
GLYPHS = read("standin", split="test")  # 480 drawings
SOME = GLYPHS.subset(range(12))
PAIRS = torch.tensor([0.8, 0.9])
FOUND = {
    loss: {"retrieved": np.tile(np.arange(10), (12, 1)), "ap": np.full(12, 0.5), "h_ap": np.full(12, 0.5)}
    for loss in ("A", "B")
}
SLIDER = Slider("k", "k", 0, 1, 1, 0)


def refused(call: Callable[[], Any], message: str) -> None:
    """Assert that a call is refused with a message that begins so."""
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        call()


def changed(**changes: Any) -> dict[str, dict[str, np.ndarray]]:
    return FOUND | {"A": FOUND["A"] | changes}


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({}, "`found`: got 0 losses"),
        ({"A": FOUND["A"]}, "`found`: got 1 losses"),
        (FOUND | {"A": {"ap": np.ones(12), "h_ap": np.ones(12)}}, "`found`: got no 'retrieved' for 'A'"),
        (FOUND | {"B": {"retrieved": FOUND["B"]["retrieved"], "h_ap": np.ones(12)}}, "`found`: got no 'ap' for 'B'"),
        (changed(retrieved=np.arange(10)), "`found`: got (10,) retrieved images for 'A', expected (12, 10 or more)"),
        (changed(retrieved=FOUND["A"]["retrieved"] + 3), "`found`: got other positions than 0..11"),
        (changed(retrieved=FOUND["A"]["retrieved"] - 1), "`found`: got other positions than 0..11"),
        (changed(retrieved=FOUND["A"]["retrieved"] / 2), "`found`: got other positions than 0..11"),
        (changed(ap=np.ones(5)), "`found`: got 'ap' of shape (5,) for 'A', expected (12,)"),
        (changed(h_ap=np.full(12, NAN)), "`found`: got NaN or infinity in 'h_ap' of 'A'"),
    ],
)
def test_lists_that_are_no_lists_of_the_set(found: dict, message: str) -> None:
    refused(lambda: query_by_query(SOME, found, {"a": 0, "b": 1}, "A", "B"), message)
    refused(lambda: telling_queries(SOME, found), message)


def test_queries_and_losses_to_choose_from() -> None:
    refused(lambda: query_by_query(SOME, FOUND, {"a": 0}, "A", "B"), "`queries`: got 1, expected two or more")
    refused(lambda: query_by_query(SOME, FOUND, {}, "A", "B"), "`queries`: got 0, expected two or more")
    refused(lambda: query_by_query(SOME, FOUND, {"a": 0, "b": 12}, "A", "B"), "`queries`: got position 12")
    refused(lambda: query_by_query(SOME, FOUND, {"a": 0, "b": 1}, "C", "B"), "`first`: got 'C', expected 'A' or 'B'")
    refused(lambda: query_by_query(SOME, FOUND, {"a": 0, "b": 1}, "A", "C"), "`second`: got 'C', expected 'A' or 'B'")
    refused(lambda: telling_queries(SOME, FOUND, 0), "`each`: got 0")


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ((PAIRS, PAIRS * NAN), "`scores`: got NaN or infinity in the negative pairs of 'a'"),
        ((PAIRS[None], PAIRS), "`scores`: got shape (1, 2) for the positive pairs of 'a', expected (n,)"),
        ((PAIRS, [0.1]), "`scores`: got list for the negative pairs of 'a'"),
        ((PAIRS, PAIRS[:0]), "`scores`: got shape (0,) for the negative pairs of 'a'"),
        ((PAIRS, PAIRS, PAIRS), "`scores`: got 3 kinds of pairs of 'a', expected positive and negative ones"),
    ],
)
def test_histograms_of_what_are_no_scores(kinds: tuple, message: str) -> None:
    refused(lambda: score_histograms({"a": kinds}), message)


def test_histograms_without_a_network_or_with_a_margin_that_is_none() -> None:
    refused(lambda: score_histograms({}), "`scores`: got no network")
    refused(lambda: score_histograms({"a": (PAIRS, PAIRS)}, alpha=NAN), "`alpha`: got nan")
    refused(lambda: score_histograms({"a": (PAIRS, PAIRS)}, beta="0.6"), "`beta`: got '0.6'")


@pytest.mark.parametrize(
    ("gaps", "message"),
    [
        ({}, "`gaps`: got 0 curves"),
        ({"a": {}}, "`gaps`: got no point in the curve 'a'"),
        ({"a": {32: NAN}}, "`gaps`: got nan"),
        ({"a": {0: 0.1}}, "`gaps`: got 0, expected an integer of at least 1"),
    ],
)
def test_gaps_that_cannot_be_drawn(gaps: dict, message: str) -> None:
    refused(lambda: gap_curves(gaps), message)


def label(half: str, number: int = 1) -> HierarchicalLabel:
    return HierarchicalLabel(number, url_of("Category:A"), "x", "castle", half)


def test_rings_of_what_has_no_half_or_comes_twice() -> None:
    refused(lambda: sunburst([label("grown")]), "`labels`: got 'grown' for landmark 1, expected 'natural' or")
    refused(lambda: sunburst([label("natural")] * 2), "`labels`: got landmark 1 twice")
    refused(lambda: sunburst([label("natural")], {1: -3}), "`images`: got -3")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0], [[1, 2]]), "`retrieved`: got list"),
        (([0], torch.tensor([[1.0]])), "`retrieved`: got dtype torch.float32"),
        (([0], torch.tensor([[480]])), "`retrieved`: got position 480"),
        (([0], torch.tensor([[-1]])), "`retrieved`: got position -1"),
        (([0], torch.zeros(1, 0).long()), "`retrieved`: got shape (1, 0)"),
        (([480], torch.tensor([[1]])), "`queries`: got position 480"),
        (([], torch.zeros(0, 1).long()), "`retrieved`: got shape (0, 1)"),
    ],
)
def test_retrieved_images_that_are_not_there(arguments: tuple, message: str) -> None:
    refused(lambda: show_retrieved(GLYPHS, *arguments), message)


def test_thumbnails_without_a_size() -> None:
    refused(lambda: show_retrieved(GLYPHS, [0], torch.tensor([[1]]), size=0), "`size`: got 0")


def test_a_review_of_one_candidate_twice(tmp_path) -> None:
    twice = [Candidate("k1", "castle", ("castle",), 1)] * 2
    refused(lambda: ReviewTable(twice, tmp_path / "decisions.csv"), "`candidates`: got the key 'k1' twice")


def test_a_dashboard_that_would_never_draw() -> None:
    refused(lambda: Dashboard(every=NAN), "`every`: got nan")
    refused(lambda: Dashboard(every="1"), "`every`: got '1'")
    refused(lambda: Dashboard(smooth=1.5), "`smooth`: got 1.5")


def test_figure_functions_that_give_no_figure_and_readouts_that_are_no_text() -> None:
    nothing = FigureFunction(lambda k: None)
    empty = FigureFunction(lambda k: {})
    bar = FigureFunction(lambda k: {"data": [{"type": "bar", "y": [k]}], "layout": {}})
    for figure in (nothing, empty):
        refused(Explorer(figure, [SLIDER], "t", "a").html, "`figure`: got")
    refused(Explorer(bar, [SLIDER], "t", "a", lambda k: None).html, "`readout`: got a function that returns NoneType")
    refused(lambda: Explorer(bar, ["k"], "t", "a"), "`controls`: got a str, expected")
    refused(lambda: show_figure(None, "t", "a"), "`figure`: got")
    refused(lambda: show_figure({}, "t", "a"), "`figure`: got")


def test_a_readout_of_what_no_control_gives() -> None:
    explorer = surrogate_bounds()
    start = explorer.parameters
    refused(lambda: explorer.readout(**start | {"variant": "?"}), "`variant`: got '?', expected one of")
    refused(lambda: explorer.readout(**start | {"t": 7.0}), "`t`: got 7.0, expected -0.2 to 0.2")
    refused(lambda: explorer.readout(**start | {"t": NAN}), "`t`: got nan, expected -0.2 to 0.2")
    refused(lambda: explorer.readout(**start | {"sigma": 1.0}), "`parameters`: got")
    refused(explorer.readout, "`parameters`: got")


def test_options_that_are_none() -> None:
    refused(lambda: SelectionSlider("k", "k", None, 1), "`options`: got None")
    refused(lambda: Choice("k", "k", None, "a"), "`options`: got None")
    refused(lambda: Choice("k", "k", "ab", "a"), "`options`: got 'ab'")
    refused(lambda: Choice("k", "k", ("a", "b"), "a", {"a": 3}), "`presets`: got {'a': 3}")


def run(loss: str, **changes: Any) -> dict[str, Any]:
    curve = [[step, 1.0] for step in (10, 20, 30)]
    return {
        "loss": loss,
        "seed": 0,
        "on": "test",
        "metrics": {"mAP@R/column0": 0.5},
        "mild": 0.5,
        "gap": {},
        "curve": curve,
    } | changes


def test_results_that_cannot_be_compared() -> None:
    two = [run("sup-ap"), run("triplet")]
    sets = {"one": two, "other": two}
    assert seed_intervals(sets).controls[1].values == ("mAP@R", "share of mild mistakes")  # what all runs have
    refused(lambda: seed_intervals(sets, "gap, unseen classes"), "`metric`: got 'gap, unseen classes', expected '")
    refused(lambda: seed_intervals(sets | {"few": two[:1]}), "`sets`: got test runs of 1 losses in 'few'")
    refused(lambda: seed_intervals(sets | {"none": []}), "`sets`: got test runs of 0 losses in 'none'")
    refused(lambda: seed_intervals({}), "`sets`: got 0, expected two or more")
    refused(lambda: seed_intervals(sets, "AP"), "`metric`: got 'AP', expected '")
    refused(lambda: learning_curves([], "Sup-AP"), "`results`: got test runs of 0 losses")
    refused(lambda: learning_curves(two, "Sup-NDCG"), "`loss`: got 'Sup-NDCG', expected '")
    other = run("triplet", curve=[[10, 1.0], [20, 1.0]])
    refused(lambda: learning_curves([two[0], other], "Sup-AP"), "`results`: got test runs recorded at different steps")
    refused(lambda: learning_curves([other], "triplet"), "`results`: got 2 recorded steps, expected 3 or more")
