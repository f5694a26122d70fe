"""Tables of metrics on a telephone."""

from typing import Any

import numpy as np
import pytest

from suprank_edu.metrics import Evaluation

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("levels", [1, 6])
def test_caption_is_as_wide_as_the_page_and_names_stay_on_one_line(browser: Any, levels: int) -> None:
    columns = {f"mAP@R of all/column{level}": np.array([0.5, 0.25]) for level in range(levels)}
    result = Evaluation(columns, classes=np.array([0, 1]))
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.set_content(f"<body style='margin:0'>{result.compare(result)._repr_html_()}")
    caption = page.locator("figcaption").bounding_box()
    assert caption["width"] == 375
    assert page.evaluate("() => document.documentElement.scrollWidth") == 375
    name = page.locator("tbody th")
    assert name.evaluate("cell => { const r = document.createRange(); r.selectNodeContents(cell);"
                         " return r.getClientRects().length; }") == 1  # fmt: skip
    page.close()
