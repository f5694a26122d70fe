"""What a page shows at the prompt is what happens."""

import doctest
import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
import yaml

ROOT = Path(__file__).resolve().parents[2]
# A list may hold a block: it is further in, and so are its lines.
PROMPT = re.compile(r"^( *)```(pycon|python)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
OWN_CODE = "in_your_own_code.md"
# However else a page may write Python: in a quotation, in another fence, with words after it, as a directive.
ANY_PYTHON = re.compile(
    r"^[ >]*(?:`{3,}|~{3,}) *\{?(?:python|pycon|py3?|ipython3?|(?:code|code-block|sourcecode)\} *py)", re.M
)
FOLDERS = ("", "book", "book/api", "book/results", ".github", "data_samples/*", "suprank_edu/*", "benchmarks")
SOURCES = sorted(path for folder in FOLDERS for path in ROOT.glob(f"{folder}/*.md".lstrip("/")))
# Of the README's blocks tests/book/test_readme.py says what is given, and what they print. The sections of the other are
# run one by one, below.
APART = (ROOT / "README.md", ROOT / "book" / OWN_CODE)
PAGES = [path for path in SOURCES if PROMPT.search(path.read_text()) and path not in APART]


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
    assert {"CONTRIBUTING.md", "metric_learning.md"} <= {path.name for path in PAGES}
    assert len(sections(OWN_CODE)) > 9


def test_what_the_button_copies_is_what_stands_at_the_prompt() -> None:
    config = yaml.safe_load((ROOT / "jupyter-book.yml").read_text())["sphinx"]["config"]
    assert config["copybutton_prompt_is_regexp"]
    for page in PAGES:
        for _, language, block in PROMPT.findall(page.read_text()):
            lines = textwrap.dedent(block).splitlines() if language == "pycon" else []
            at_prompt = [line for line in lines if line[:4].rstrip() in (">>>", "...")]
            assert at_prompt == [line for line in lines if re.match(config["copybutton_prompt_text"], line)]


def sections(page: str) -> dict[str, str]:
    """The Python of a page's sections, by their headings; that above the first has the name of the page."""
    parts = re.split(r"^#+ (.+)\n", (ROOT / "book" / page).read_text(), flags=re.MULTILINE)
    return {
        title: "".join(block for _, _, block in PROMPT.findall(text))
        for title, text in zip(parts[1::2], parts[2::2], strict=True)
    }


@pytest.mark.parametrize("title", [title for title in sections(OWN_CODE) if title != "In your own code"])
def test_a_way_of_working_needs_the_first_block_and_its_own(title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And each epoch of each loop brings batches of its own."""
    first = sections(OWN_CODE)["In your own code"]
    monkeypatch.setitem(sys.modules, "page", page := ModuleType("page"))  # torch.compile looks names up in their module
    names: dict[str, Any] = vars(page)
    exec(compile(first, "the first block", "exec"), names)
    seen = []

    class Seen(names["Network"]):  # type: ignore[misc]
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            if self.training and torch.is_grad_enabled():
                seen.append(float(images.sum()))
            return super().forward(images)  # type: ignore[no-any-return]

    names |= {"Network": Seen, "network": Seen()}
    names["optimiser"] = torch.optim.Adam(names["network"].parameters(), lr=0.01)
    exec(compile(sections(OWN_CODE)[title], title, "exec"), names)
    if title in ("A loop of your own", "PyTorch Lightning", "Hugging Face Trainer"):
        assert len(set(seen)) == len(seen) == 40
