"""Names that hold markup: of classes, label columns, losses and titles. They stay text in every explorer."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from suprank_edu import explore
from suprank_edu.data import RetrievalDataset
from suprank_edu.explore import Explorer
from suprank_edu.explore.engine.figures import describe

MARKUP = '<img src=x onerror=alert(1)><a href="javascript:alert(2)"><b>bold</b> & "q" </script>'


def photograph(shade: int) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, 90, 255 - shade)).save(content, "png")
    return content.getvalue()


FINE = np.repeat(np.arange(6), 4)
LABELS = np.stack([FINE, FINE // 2], axis=1)
DATASET = RetrievalDataset(
    [photograph(10 * item) for item in range(len(LABELS))],
    LABELS,
    column_names=[f"{MARKUP} {column}" for column in range(2)],
    class_names=[[f"{MARKUP} {number}" for number in range(count)] for count in (6, 3)],
    licence=MARKUP,
    source=MARKUP,
)
VECTORS = torch.nn.functional.normalize(torch.randn(24, 4, generator=torch.Generator().manual_seed(0)), dim=1)
SCORES = VECTORS[0] @ VECTORS.T
ITEMS = [1, 2, 4, 5, 9, 13]


def found() -> dict[str, dict[str, np.ndarray]]:
    retrieved = np.stack([np.delete(np.arange(24), query)[:10] for query in range(24)])
    draw = np.random.default_rng(0)
    return {
        name: {
            "retrieved": retrieved,
            "ap": draw.random(24).astype(np.float32),
            "h_ap": draw.random(24).astype(np.float32),
        }
        for name in (f"{MARKUP} one", f"{MARKUP} two")
    }


PAIRS = torch.linspace(-1, 1, 9), torch.linspace(-1, 1, 9)  # scores of positives, and of others
LIST = DATASET, 0, DATASET, ITEMS, SCORES[ITEMS]
SHOWN: dict[str, Callable[[], Any]] = {
    "show_retrieved": lambda: explore.show_retrieved(DATASET, [0, 5], torch.tensor([[1, 2, 9], [4, 6, 20]])),
    "ladder_of_mistakes": lambda: explore.ladder_of_mistakes(DATASET, 0, DATASET, SCORES, each=2),
    "losses_at_work": lambda: explore.losses_at_work(*LIST),
    "suprank_at_work": lambda: explore.suprank_at_work(*LIST),
    "order_photographs": lambda: explore.order_photographs(
        DATASET, 0, DATASET, ITEMS, MARKUP, orders={MARKUP: range(len(ITEMS))}
    ),
    "search_photographs": lambda: explore.search_photographs(
        DATASET, [0, 5], DATASET, dict.fromkeys((MARKUP, "b"), (VECTORS, VECTORS))
    ),
    "page_review": lambda: explore.page_review(
        {MARKUP: [f"{MARKUP} a"], "b": ["c"]}, {f"{MARKUP} a": MARKUP, "c": "d"}, MARKUP
    ),
    "gap_curves": lambda: explore.gap_curves({MARKUP: {4: 0.2, 8: 0.1}, "b": {4: 0.3, 8: 0.2}}),
    "score_histograms": lambda: explore.score_histograms({MARKUP: PAIRS, "b": PAIRS}),
    "query_by_query": lambda: explore.query_by_query(DATASET, found(), {MARKUP: 0, "b": 5}, *found()),
    "show_figure": lambda: explore.show_figure({"data": [{"type": "bar", "y": [1, 2]}], "layout": {}}, MARKUP, MARKUP),
}


def texts(value: Any) -> list[str]:
    """Every text in a figure, of which plotly reads tags."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list | tuple | np.ndarray):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) and not value.startswith("data:") else []


@pytest.mark.parametrize("name", SHOWN)
def test_markup_in_a_name_stays_text(name: str) -> None:
    part = SHOWN[name]()
    drawn = texts(describe(part.figure, part.parameters)) if isinstance(part, Explorer) else []
    shown = drawn or [part.html() if hasattr(part, "html") else part._repr_html_()]  # of words around, see test_static
    for text in shown:
        assert "<img src=x" not in text
        assert "<b>bold" not in text
        assert '<a href="javascript' not in text
    assert name == "show_figure" or any("bold" in text for text in shown), "the name is shown nowhere"
