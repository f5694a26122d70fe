"""What is folded in a page says what one will see."""

from types import ModuleType

import pytest
from docutils import nodes
from docutils.utils import new_document


@pytest.mark.parametrize(
    ("tags", "what"),
    [("solution hide-cell", "a solution"), ("hide-output", "the output"), ("hide-input", "the code")],
)
def test_a_fold_says_what_it_holds(extension: ModuleType, tags: str, what: str) -> None:
    cell = nodes.container(classes=["cell", *(f"tag_{tag}" for tag in tags.split())], prompt_show="Show {type}")
    document = new_document("a page")
    document += cell
    extension.name_what_is_folded(None, document)
    assert (cell["prompt_show"], cell["prompt_hide"]) == (f"Show {what}", f"Hide {what}")
