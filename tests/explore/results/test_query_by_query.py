"""Two losses query by query: places, marks, counts and dots against plain loops, on a small set of plain pictures."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from suprank_edu import naive
from suprank_edu.data import RetrievalDataset
from suprank_edu.explore import Explorer
from suprank_edu.explore.engine import payload
from suprank_edu.explore.engine.live import LiveExplorer
from suprank_edu.explore.results.query_by_query import KINDS, query_by_query, telling_queries

LABELS = [[i // 4, i // 12] for i in range(24)]  # six characters of four drawings, two alphabets
LOSSES = ("one", "two", "three")
BLOCK = 3.3


def png(grey: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (16, 16), grey).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def dataset() -> RetrievalDataset:
    names = [f"{alphabet}/character{c:02d}" for alphabet in ("Old_(north)", "New") for c in (1, 2, 3)]
    return RetrievalDataset(
        [png(10 * i) for i in range(24)],
        LABELS,
        column_names=("character", "alphabet"),
        class_names=(names, ["Old_(north)", "New"]),
        licence="none",
        source="plain greys",
        mode="L",
    )


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, np.ndarray]]:
    """What three scores retrieve, in loops; the second ties two queries' AP with the first."""
    made = {}
    draw = np.random.default_rng(5)
    for loss in LOSSES:
        lists, aps, h_aps = [], [], []
        for query in range(24):
            others = [i for i in range(24) if i != query]
            scores = draw.random(23).tolist()
            levels = naive.shared_levels(LABELS[query], [LABELS[i] for i in others])
            order = sorted(range(23), key=lambda j: -scores[j])
            lists.append([others[j] for j in order[:10]])
            aps.append(naive.average_precision(scores, [int(level == 2) for level in levels]))
            h_aps.append(naive.h_ap(scores, levels, naive.relevance(levels, num_levels=2)))
        made[loss] = {
            "retrieved": np.array(lists, dtype=np.uint16),
            "ap": np.array(aps, dtype=np.float32),
            "h_ap": np.array(h_aps, dtype=np.float32),
        }
    made["two"]["ap"][:2] = made["one"]["ap"][:2]
    return made


QUERIES = {"first": 0, "middle": 13, "last": 23}


@pytest.fixture(scope="module")
def shown(dataset: RetrievalDataset, found: dict[str, dict[str, np.ndarray]]) -> Explorer:
    return query_by_query(dataset, found, QUERIES, "one", "two")


def levels_of(found, query: int, loss: str) -> list[int]:
    return naive.shared_levels(LABELS[query], [LABELS[i] for i in found[loss]["retrieved"][query]])


def test_each_picture_stands_at_its_rank_in_the_block_of_its_loss(shown: Explorer, found) -> None:
    for p in shown.grid():
        pictures = [trace for trace in shown.figure.describe(**p)["data"] if trace["type"] == "image"]
        assert len(pictures) == 22
        for block, loss in enumerate((p["first"], p["second"])):
            query = QUERIES[p["query"]]
            for rank, trace in enumerate(pictures[11 * block : 11 * block + 11]):
                item = query if rank == 0 else int(found[loss]["retrieved"][query][rank - 1])
                with Image.open(io.BytesIO(base64.b64decode(trace["source"].split(",")[1]))) as image:
                    assert image.getpixel((3, 3)) == 10 * item
                x, y = trace["x0"] + 7.5 * trace["dx"], trace["y0"] + 7.5 * trace["dy"]
                assert (x, y) == pytest.approx((rank % 6, 1.32 * (rank // 6) + BLOCK * block))


def test_marks_tell_right_mild_and_severe(shown: Explorer, found) -> None:
    symbols = {2: "circle", 1: "square", 0: "x"}
    for p in shown.grid():
        data = shown.figure.describe(**p)["data"]
        marks = [t for t in data if t.get("mode") == "markers+text" and t["x"] != [None]]
        for block, loss in enumerate((p["first"], p["second"])):
            drawn = {int(text): t["marker"]["symbol"] for t in marks[3 * block : 3 * block + 3] for text in t["text"]}
            levels = levels_of(found, QUERIES[p["query"]], loss)
            assert drawn == {rank: symbols[level] for rank, level in enumerate(levels, 1)}
        legend = [t["name"] for t in data if t.get("showlegend")]
        assert legend == ["same character", "same alphabet: mild", "another alphabet: severe"]


def test_words_count_what_the_loops_count(shown: Explorer, found) -> None:
    for p in shown.grid():
        lines = shown.readout(**p).split("\n")
        for line, loss in zip(lines, (p["first"], p["second"]), strict=False):
            levels = levels_of(found, QUERIES[p["query"]], loss)
            said = re.search(r"AP ([\d.]+), H-AP ([\d.]+); .*: (\d+) right, (\d+) mild .*, (\d+) severe", line)
            assert [int(n) for n in said.groups()[2:]] == [levels.count(2), levels.count(1), levels.count(0)]
            for text, key in zip(said.groups()[:2], ("ap", "h_ap"), strict=True):
                assert float(text) == pytest.approx(found[loss][key][QUERIES[p["query"]]], abs=0.0051)
        if p["first"] == p["second"]:
            assert "One loss twice" in lines[2]
            continue
        pairs = list(zip(found[p["first"]]["ap"], found[p["second"]]["ap"], strict=True))
        said = re.search(r"with A for (\d+), with B for (\d+)", lines[2])
        assert [int(n) for n in said.groups()] == [sum(a > b for a, b in pairs), sum(b > a for a, b in pairs)]


def test_dots_are_the_aps_and_the_ring_is_the_query(shown: Explorer, found) -> None:
    for p in shown.grid():
        *_, dots, diagonal, ring = shown.figure.describe(**p)["data"]
        for axis, loss in (("x", p["first"]), ("y", p["second"])):
            np.testing.assert_allclose(dots[axis], found[loss]["ap"], atol=6e-4)
            assert diagonal[axis] == [0, 1]
            assert ring[axis] == pytest.approx([found[loss]["ap"][QUERIES[p["query"]]]])


def test_telling_queries_are_those_of_the_loops(dataset: RetrievalDataset, found) -> None:
    chosen = telling_queries(dataset, found, each=1)
    assert len(chosen) == 6
    assert len({LABELS[query][0] for query in chosen.values()}) == 6
    assert [caption.split(", ")[1] for caption in chosen] == [kind for kind in KINDS for _ in range(2)]
    for alphabet in range(2):
        spread = {q: np.std([found[loss]["ap"][q] for loss in LOSSES]) for q in range(24) if LABELS[q][1] == alphabet}
        assert list(chosen.values())[alphabet] == max(spread, key=spread.get)
        severe = {
            q: np.std([levels_of(found, q, loss).count(0) for loss in LOSSES])
            for q in spread
            if LABELS[q][0] != LABELS[list(chosen.values())[alphabet]][0]
        }
        assert severe[list(chosen.values())[2 + alphabet]] == max(severe.values())
    assert next(iter(chosen)).startswith("north ")
    assert list(chosen)[1].startswith("New ")


def test_the_page_shows_what_the_kernel_shows(shown: Explorer) -> None:
    kept = payload.decode(payload.encode(shown.payload))
    for position, p in zip(np.ndindex(*kept["sizes"]), shown.grid(), strict=True):
        data, text = payload.frame(kept, position)
        assert text == shown.readout(**p)
        assert data == payload.quantised(shown.figure.describe(**p)["data"])


def test_it_lives(shown: Explorer) -> None:
    live = LiveExplorer(shown)
    live.inputs["second"].value = "three"
    assert "B, three" in live.text.value
    shown.figure(**shown.parameters)  # plotly knows every property


def test_lists_of_another_set_are_refused(dataset: RetrievalDataset, found) -> None:
    short = {loss: arrays | {"retrieved": arrays["retrieved"][:, :5]} for loss, arrays in found.items()}
    with pytest.raises(
        ValueError, match=r"`found`: got \(24, 5\) retrieved images for 'one', expected \(24, 10 or more\)"
    ):
        query_by_query(dataset, short, QUERIES, "one", "two")
