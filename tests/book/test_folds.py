"""What is folded in a page says what one will see."""

import pytest
import suprank_book
from docutils import nodes
from docutils.utils import new_document


@pytest.mark.parametrize(
    ("tags", "what"),
    [("solution hide-cell", "a solution"), ("hide-output", "the output"), ("hide-input", "the code")],
)
def test_a_fold_says_what_it_holds(tags: str, what: str) -> None:
    cell = nodes.container(classes=["cell", *(f"tag_{tag}" for tag in tags.split())], prompt_show="Show {type}")
    document = new_document("a page")
    document += cell
    suprank_book.name_what_is_folded(None, document)
    assert (cell["prompt_show"], cell["prompt_hide"]) == (f"Show {what}", f"Hide {what}")
