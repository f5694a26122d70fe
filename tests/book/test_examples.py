"""What a page shows at the prompt is what happens."""

import doctest
import re
from pathlib import Path

import pytest

BOOK = Path(__file__).resolve().parents[2] / "book"
PROMPT = re.compile(r"^```(pycon|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [
    path for path in [*sorted(BOOK.glob("*.md")), *sorted(BOOK.glob("api/*.md"))] if PROMPT.search(path.read_text())
]


@pytest.mark.parametrize("source", PAGES, ids=[path.stem for path in PAGES])
def test_the_blocks_of_a_page_run_from_top_to_bottom(source: Path) -> None:
    names: dict[str, object] = {}
    for number, (language, block) in enumerate(PROMPT.findall(source.read_text())):
        if language == "python":
            exec(compile(block, source.name, "exec"), names)
            continue
        test = doctest.DocTestParser().get_doctest(block, names, f"{source.name}, block {number}", str(source), 0)
        said: list[str] = []
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append, clear_globs=False)
        assert not result.failed, "".join(said)
        names |= test.globs


def test_there_is_such_a_page() -> None:
    assert PAGES
