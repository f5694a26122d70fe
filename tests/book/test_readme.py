"""The README says what is true: its commands exist, its example runs, and CITATION.cff names the papers rightly."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
DOCUMENTS = ["README.md", "CONTRIBUTING.md", *(f"book/{path.name}" for path in (ROOT / "book").glob("*.md"))]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_the_first_screen_says_what_to_run() -> None:
    screen = "\n".join(README.splitlines()[:30])
    for command in ("make book", "make test", "pip install suprank-edu", "SERVE=0"):
        assert command in screen, command


def test_every_python_block_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert blocks("python")
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), {"__name__": "readme"})
    before, after = (float(line.split(":")[1]) for line in capsys.readouterr().out.splitlines())
    assert before < 0.3, "the README says: near 0.2"
    assert after > 0.6, "the README says: above 0.6"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_that_is_named_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    text = (ROOT / document).read_text()
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, flags=re.MULTILINE))
    assert named <= targets, named - targets


def test_the_citation_agrees_with_the_bibliography() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    bibliography = (ROOT / "book" / "references.bib").read_text()
    assert [reference["year"] for reference in citation["references"]] == [2025, 2022, 2021]
    for reference in citation["references"]:
        entry = next(e for e in bibliography.split("\n@") if reference["url"] in e)
        assert reference["title"] in entry
        authors = re.search(r"author\s+= \{(.*)\},", entry)
        assert authors is not None
        surnames = [name.split(",")[0] for name in authors[1].split(" and ")]
        assert surnames == [author["family-names"] for author in reference["authors"]]


def test_the_version_is_that_of_the_package() -> None:
    import suprank_edu

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == suprank_edu.__version__
