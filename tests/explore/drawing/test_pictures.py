"""Pictures in a list: places, frames, fading and words, each against the plain loops, on a small set of plain colours."""

import io
import json
import re

import numpy as np
import pytest
import torch
from PIL import Image

from suprank_edu import naive
from suprank_edu.data import RetrievalDataset
from suprank_edu.explore import Explorer, hierarchical_ranking
from suprank_edu.explore.drawing.picture_grid import mark_of
from suprank_edu.explore.drawing.words import readable_name
from suprank_edu.explore.engine.live import LiveExplorer

LABELS = [[0, 0, 0], [1, 0, 0], [2, 1, 0], [3, 2, 1]] * 4  # item i is of landmark i % 4
QUERIES, GALLERY = [0, 2], [1, 3, 4, 5, 6, 7, 8, 9, 10]


def png(colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 20), colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def dataset() -> RetrievalDataset:
    return RetrievalDataset(
        [png((10 * i, 255 - 12 * i, 90)) for i in range(16)],
        LABELS,
        column_names=("landmark", "super_category", "natural_or_human_made"),
        class_names=(["Old <Mill>", "New Mill", "Ben Hill", "Lake Sea"], ["mill", "hill", "lake"], ["made", "natural"]),
        licence="none",
        source="plain colours",
    )


@pytest.fixture(scope="module")
def scores() -> dict[str, torch.Tensor]:
    drawn = torch.rand(3, 2, 9, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    tied = (drawn[2] * 3).round() / 3
    return {"one": drawn[0], "two": drawn[1], "tied": tied}


@pytest.fixture(scope="module")
def degrees(dataset: RetrievalDataset, scores: dict[str, torch.Tensor]) -> Explorer:
    return hierarchical_ranking(dataset, QUERIES, GALLERY, scores)


def levels_of(p: dict) -> list[int]:
    query = QUERIES[int(p["query"][0]) - 1]
    return naive.shared_levels(LABELS[query], [LABELS[item] for item in GALLERY])


def scores_of(p: dict, scores: dict[str, torch.Tensor]) -> list[float]:
    return scores[p["embedding"]][int(p["query"][0]) - 1].tolist()


def listed(values: list[float], levels: list[int]) -> list[int]:
    """The levels down the list, in loops: the highest score first, the lowest level first among equals."""
    return [level for _, level in sorted(zip(values, levels, strict=True), key=lambda pair: (-pair[0], pair[1]))]


def cell(trace: dict) -> tuple[int, int]:
    """Column and row of a picture."""
    x, y = trace["x0"] + 35.5 * trace["dx"], trace["y0"] + 35.5 * trace["dy"]
    return round(x), round(y / 1.32)


def frames_by_place(data: list[dict]) -> dict[int, str]:
    """Place → symbol of its mark, from the ranks that stand below the pictures."""
    marks = [trace for trace in data if trace.get("mode") == "markers+text"]
    return {int(text): trace["marker"]["symbol"] for trace in marks for text in trace["text"]}


def test_every_picture_stands_where_its_score_puts_it(degrees: Explorer, scores: dict[str, torch.Tensor]) -> None:
    for p in degrees.grid():
        pictures = [trace for trace in degrees.figure.describe(**p)["data"] if trace["type"] == "image"]
        assert len(pictures) == 10
        assert cell(pictures[0]) == (0, 0)  # the query
        values, levels = scores_of(p, scores), levels_of(p)
        for k, trace in enumerate(pictures[1:]):
            column, row = cell(trace)
            before = sum(
                values[j] > values[k] or (values[j] == values[k] and (levels[j], j) < (levels[k], k)) for j in range(9)
            )
            assert 6 * row + column == before + 1


def test_what_shares_nothing_has_a_dashed_frame(degrees: Explorer, scores: dict[str, torch.Tensor]) -> None:
    for p in degrees.grid():
        levels = levels_of(p)
        frames = [trace for trace in degrees.figure.describe(**p)["data"] if trace.get("mode") == "lines"]
        assert [len(frame["x"]) // 6 for frame in frames] == [levels.count(level) for level in (3, 2, 1, 0)]
        assert {frames[0]["line"]["dash"], frames[3]["line"]["dash"]} == {"solid", "dash"}


def test_marks_of_all_levels_differ() -> None:
    marks = [mark_of(level, 3) for level in range(4)]
    assert [mark.text for mark in marks] == ["✕", "□", "■", "●"]
    assert len({mark.symbol for mark in marks}) == 4
    assert [mark_of(level, 1).text for level in (0, 1)] == ["✕", "●"]
    assert readable_name("natural_or_human_made") == "half"


def test_degrees_are_framed_by_shared_levels(degrees: Explorer, scores: dict[str, torch.Tensor]) -> None:
    symbols = {level: mark_of(level, 3).symbol for level in range(4)}
    for p in degrees.grid():
        levels = listed(scores_of(p, scores), levels_of(p))
        shown = frames_by_place(degrees.figure.describe(**p)["data"])
        assert shown == {i: symbols[level] for i, level in enumerate(levels, 1)}


def test_the_bars_are_the_metrics_of_the_loops(degrees: Explorer, scores: dict[str, torch.Tensor]) -> None:
    for p in degrees.grid():
        values, levels = scores_of(p, scores), levels_of(p)
        wanted = [
            naive.h_ap(values, levels, naive.relevance(levels, num_levels=3)),
            naive.ndcg(values, levels),
            *(naive.average_precision(values, [int(level >= least) for level in levels]) for least in (3, 2, 1)),
        ]
        bars = degrees.figure.describe(**p)["data"][-1]
        np.testing.assert_allclose(bars["x"], wanted, atol=1e-6)
        assert [text.rsplit(" ", 1)[1] for text in bars["text"]] == [f"{value:.2f}" for value in wanted]
        said = re.search(r"= ([\d.]+) ÷ ([\d.]+) = ([\d.]+); NDCG = ([\d.]+)", degrees.readout(**p))
        above, total, h_ap, ndcg = map(float, said.groups())
        assert total == pytest.approx(sum(naive.relevance(levels, num_levels=3)), rel=6e-3)
        assert (h_ap, ndcg) == (pytest.approx(wanted[0], abs=6e-4), pytest.approx(wanted[1], abs=6e-4))
        assert above / total == pytest.approx(h_ap, rel=1e-2)


def test_the_first_mistake_is_one(degrees: Explorer, scores: dict[str, torch.Tensor]) -> None:
    for p in degrees.grid():
        levels = listed(scores_of(p, scores), levels_of(p))
        said = re.search(
            r"rank (\d+) shares (\d) of 3 levels and stands before rank (\d+), which shares (\d)", degrees.readout(**p)
        )
        place, level, better, best = map(int, said.groups())
        assert (levels[place - 1], levels[better - 1]) == (level, best)
        assert best > level
        assert better > place
        ideal = sorted(levels, reverse=True)
        assert levels[: place - 1] == ideal[: place - 1]
        assert levels[place - 1] != ideal[place - 1]


def test_a_list_without_mistakes_says_so(dataset: RetrievalDataset) -> None:
    by_level = torch.tensor([naive.shared_levels(LABELS[q], [LABELS[i] for i in GALLERY]) for q in QUERIES])
    shown = hierarchical_ranking(dataset, QUERIES, GALLERY, {"best": by_level.double(), "worst": -by_level.double()})
    text = shown.readout(query=shown.parameters["query"], embedding="best")
    assert "No mistake" in text
    assert "First mistake: rank 1" in shown.readout(query=shown.parameters["query"], embedding="worst")


def test_a_query_that_nobody_is_like_has_no_metric_and_says_so(dataset: RetrievalDataset) -> None:
    made = torch.tensor([[0.9, 0.1], [0.1, 0.9]])
    alone = {"queries": [3, 0], "gallery": [1, 2], "scores": {"one": made, "two": made.flip(0)}}  # 3 shares nothing
    degrees = hierarchical_ranking(dataset, **alone)
    bars = degrees.figure.describe(**degrees.parameters)["data"][-1]
    assert bars["x"] == [None] * 5
    assert bars["text"][0] == "H-AP: not defined"
    assert degrees.readout(**degrees.parameters).split("\n") == [
        "H-AP and NDCG are not defined: nobody here shares anything with the query.",
        "No mistake: nobody stands before one who shares more.",
    ]
    # Query 0 shares its super category with item 1, its half with both, its landmark with none.
    other = degrees.parameters | {"query": "2: Old <Mill>"}
    bars = degrees.figure.describe(**other)["data"][-1]
    assert bars["text"][2:] == ["AP, same landmark: not defined", "AP, same super category 0.50", "AP, same half 1.00"]


def test_the_live_figure_moves_the_same_pictures(degrees: Explorer) -> None:
    live = LiveExplorer(degrees)
    for p in degrees.grid():
        for name, value in p.items():
            live.inputs[name].value = value
        for shown, wanted in zip(live.figure.data, degrees.figure.describe(**p)["data"], strict=True):
            if wanted["type"] == "image":
                assert (shown.source, shown.x0, shown.y0) == (wanted["source"], wanted["x0"], wanted["y0"])
            else:
                np.testing.assert_array_equal(np.array(shown.x, float), np.array(wanted["x"], float))


def test_each_picture_is_stored_once(degrees: Explorer) -> None:
    stored = json.dumps(degrees.payload)
    assert stored.count("data:image/jpeg;base64,") <= len(QUERIES) + len(GALLERY) + 1  # the first query twice
    for number in range(1, 1 + len(GALLERY)):
        assert "source" in degrees.payload["data"][number]


def test_names_are_escaped_and_told_to_those_who_do_not_see(degrees: Explorer) -> None:
    assert "Old <Mill>" not in degrees.html()
    assert "circle" in degrees.alt
    assert degrees.parameters["query"] == "1: Old <Mill>"


def test_what_cannot_be_shown_is_refused(dataset: RetrievalDataset, scores: dict[str, torch.Tensor]) -> None:
    with pytest.raises(ValueError, match=r"`queries`: got 1, expected two or more"):
        hierarchical_ranking(dataset, [0], GALLERY, {"a": torch.zeros(1, 9), "b": torch.zeros(1, 9)})
    with pytest.raises(ValueError, match=r"`gallery`: got 0 items, expected 2\.\.23"):
        hierarchical_ranking(dataset, QUERIES, [], scores)
    with pytest.raises(ValueError, match=r"`gallery`: got 24 items, expected 2\.\.23"):
        hierarchical_ranking(dataset, QUERIES, [1] * 24, scores)
    with pytest.raises(ValueError, match=r"`gallery`: got item 2, which is a query"):
        hierarchical_ranking(dataset, QUERIES, [2, *GALLERY[1:]], scores)
    with pytest.raises(ValueError, match=r"`scores`: got 1 embeddings, expected two or more"):
        hierarchical_ranking(dataset, QUERIES, GALLERY, {"one": scores["one"]})
    with pytest.raises(ValueError, match=r"`scores`: got shape \(2, 8\) for 'two', expected \(2, 9\)"):
        hierarchical_ranking(dataset, QUERIES, GALLERY, scores | {"two": torch.zeros(2, 8)})
