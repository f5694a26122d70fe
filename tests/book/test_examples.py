"""What a page shows at the prompt is what happens."""

import doctest
import re
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A list may hold a block: it is further in, and so are its lines.
PROMPT = re.compile(r"^( *)```(pycon|python)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
# However else a page may write Python: in a quotation, in another fence, with words after it, as a directive.
ANY_PYTHON = re.compile(
    r"^[ >]*(?:`{3,}|~{3,}) *\{?(?:python|pycon|py3?|ipython3?|(?:code|code-block|sourcecode)\} *py)", re.M
)
FOLDERS = ("", "book", "book/api", "book/results", ".github", "data_samples/*", "suprank_edu/*", "benchmarks")
SOURCES = sorted(path for folder in FOLDERS for path in ROOT.glob(f"{folder}/*.md".lstrip("/")))
# Of the README's blocks tests/book/test_readme.py says what is given, and what they print.
PAGES = [path for path in SOURCES if PROMPT.search(path.read_text()) and path != ROOT / "README.md"]


@pytest.mark.parametrize("source", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_blocks_of_a_page_run_from_top_to_bottom(source: Path) -> None:
    names: dict[str, object] = {}
    for number, (_, language, indented) in enumerate(PROMPT.findall(source.read_text())):
        block = textwrap.dedent(indented)
        if language == "python":
            exec(compile(block, source.name, "exec"), names)
            continue
        test = doctest.DocTestParser().get_doctest(block, names, f"{source.name}, block {number}", str(source), 0)
        said: list[str] = []
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append, clear_globs=False)
        assert not result.failed, "".join(said)
        names |= test.globs


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_python_stands_where_it_does_not_run(source: Path) -> None:
    assert len(ANY_PYTHON.findall(source.read_text())) == len(PROMPT.findall(source.read_text()))


def test_there_are_such_pages() -> None:
    assert {"CONTRIBUTING.md", "in_your_own_code.md"} <= {path.name for path in PAGES}
