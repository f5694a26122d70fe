"""The README says what is true: its commands exist, its example runs, and CITATION.cff names the papers rightly."""

import json
import re
import statistics
from pathlib import Path

import pytest
import tomllib
import yaml
from installs import BEFORE, USES, python_blocks
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
DOCUMENTS = ["README.md", "CONTRIBUTING.md", *(f"book/{path.name}" for path in (ROOT / "book").glob("*.md"))]


def test_the_first_screen_says_what_to_run() -> None:
    screen = "\n".join(README.splitlines()[:30])
    for command in ("make book", "make test", "pip install suprank-edu", "SERVE=0"):
        assert command in screen, command


def test_every_python_block_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(BEFORE + python_blocks(README), "README.md", "exec"), {"__name__": "readme"})
    before, after = (float(line.split(":")[1]) for line in capsys.readouterr().out.splitlines())
    assert before < 0.3, "the README says: near 0.2"
    assert after > 0.6, "the README says: above 0.6"


def test_a_loop_of_ones_own_needs_three_lines() -> None:
    first = README.split("```python\n")[1].split("```")[0]
    assert len([line for line in first.splitlines() if line]) == 3


def test_each_extra_is_named_and_has_a_line_that_uses_it() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(USES) == {"none", *extras}
    for extra in extras:
        assert f"`[{extra}]`" in README, extra


def test_peers_are_compared_by_what_was_measured() -> None:
    kept = json.loads((ROOT / "benchmarks/results/peers.json").read_text())
    for rival, seconds in kept["seconds"].items():
        row = f"{1e3 * seconds['ours']:.0f} ms | {1e3 * seconds['peer']:.0f} ms, {rival}"
        assert row in README, row
    for what, (ours, peer) in kept["values"].items():
        assert re.search(rf"{what}.* \| {ours:.2f} \| {peer:.2f},", README), what
    for package in ("pytorch-metric-learning", "torchmetrics", "scikit-learn"):
        assert f"{package} {kept['versions'][package]}" in README.replace("\n", " ")


def test_what_trains_best_is_what_the_results_say() -> None:
    def mean(loss: str, metric: str) -> str:
        runs = (ROOT / "book/results/groceries/test").glob(f"{loss}_seed*.json")
        values = [json.loads(path.read_text())["metrics"][metric] for path in runs]
        assert len(values) == 10
        return f"{statistics.mean(values):.2f}"

    flat = [mean(loss, "mAP@R/column0") for loss in ("multi-similarity", "sup-ap", "smooth-ap")]
    levels = [mean(loss, "H-AP") for loss in ("sup-h-ap", "multi-similarity")]
    said = README[README.index("Which loss trains best") :].split("\n\n")[0]
    assert re.findall(r"\d\.\d+", said) == flat + levels


def test_the_moving_picture_moves_is_small_and_stays_out_of_the_wheel() -> None:
    (name,) = re.findall(r"!\[[^]]{40,}\]\(https://github\.com/.*/raw/main/(book/pictures/\S+)\)", README)
    with Image.open(ROOT / name) as picture:
        assert picture.n_frames > 10
        assert picture.width <= 1200
    assert (ROOT / name).stat().st_size <= 1_500_000


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
