"""What strangers meet: workflows that run what one can run here, pages that a change touches, and one version everywhere."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from modules import load

ROOT = Path(__file__).resolve().parents[2]
changed, release = (load(ROOT / "book" / "_tools" / f"{name}.py") for name in ("changed", "release"))

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def read(path: Path) -> dict:
    loaded = yaml.safe_load(path.read_text())
    loaded["on"] = loaded.pop(True, loaded.get("on"))  # YAML 1.1 takes `on` for a truth value
    return loaded


def steps(path: Path) -> list[dict]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_each_step_on_linux_is_a_target_that_runs_here(path: Path) -> None:
    told = [step["run"] for step in steps(path) if "run" in step and "== 'Windows'" not in step.get("if", "")]
    for run in told:
        match = re.fullmatch(r"make ([\w-]+)( [A-Z]+=\S+)*", run)
        assert match, run
        assert match[1] in TARGETS, run


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_do_no_more_than_it_must_and_ends(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 120, name
        for step in job["steps"]:
            assert "uses" not in step or re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", step["uses"]), step
            if "actions/checkout@" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False, f"{name}: no token stays in .git/config"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_each_action_is_one_commit_whose_version_stands_beside_it(path: Path) -> None:
    used = re.findall(r"uses: (\S+)@\S+  # (v\d+\.\d+\.\d+)$", path.read_text(), re.MULTILINE)
    assert len(used) == path.read_text().count("uses: ")


def test_an_action_is_the_same_commit_everywhere() -> None:
    used = {step["uses"] for path in WORKFLOWS for step in steps(path) if "uses" in step}
    assert len(used) == len({name.partition("@")[0] for name in used})


def test_a_tag_of_digits_alone_makes_a_release() -> None:
    """Its name is an argument of commands, and git takes `v$(…)` for a tag."""
    (wanted,) = read(ROOT / ".github/workflows/release.yml")["on"]["push"]["tags"]
    assert re.fullmatch(wanted, "v1.20.3")
    assert not re.fullmatch(wanted, "v1.2.3;$(true)")


def test_nobody_s_text_is_part_of_a_command() -> None:
    """What strangers choose (titles, names of branches) reaches a command through its environment alone."""
    for path in WORKFLOWS:
        assert not [step["run"] for step in steps(path) if "${{" in step.get("run", "")], path.name


def test_changes_are_tested_on_each_python_that_the_package_names() -> None:
    classifiers = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text())
    jobs = read(ROOT / ".github" / "workflows" / "tests.yml")["jobs"]
    matrix = jobs["library"]["strategy"]["matrix"]
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "macos", "windows"}
    tested = {*matrix["python"], *jobs["suite"]["strategy"]["matrix"]["python"]}
    assert set(classifiers) <= tested | {jobs["lowest"]["steps"][1]["with"]["python-version"]}


def test_windows_runs_the_commands_that_make_library_runs() -> None:
    (windows,) = [
        step["run"] for step in steps(ROOT / ".github/workflows/tests.yml") if "== 'Windows'" in step.get("if", "")
    ]
    rule = (ROOT / "Makefile").read_text().split("\nlibrary:\n")[1].split("\n\n")[0]
    for wanted in ('".[train,data,vision,explore,lancedb]"', "-r tests/tools.txt", "tests/library.py"):
        assert wanted in windows
        assert wanted in rule


@pytest.mark.parametrize("path", [form for form in FORMS if form.stem != "config"], ids=lambda path: path.stem)
def test_a_form_asks_what_one_needs_to_know(path: Path) -> None:
    form = read(path)
    assert form["name"]
    assert form["description"]
    fields = form["body"]
    assert len({field["id"] for field in fields}) == len(fields)
    assert any(field.get("validations", {}).get("required") for field in fields)


def test_a_change_names_its_pages() -> None:
    assert changed.pages(["book/06_suprank.md", "book/06_suprank.ipynb", "book/api/losses.md"]) == [
        "06_suprank.html",
        "api/losses.html",
    ]
    assert "docstrings" in changed.pages(["suprank_edu/ranking.py"])[0]
    assert "every page" in changed.pages(["book/_static/book.css"])[0]
    assert changed.pages(["tests/test_ranking.py", "README.md"]) == []


def test_a_branch_is_compared_with_where_it_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *words], cwd=tmp_path, check=True)

    git("init", "--quiet", "--initial-branch=main")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "index.md").write_text("one")
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    git("checkout", "--quiet", "-b", "change")
    (tmp_path / "book" / "index.md").write_text("two")
    git("commit", "--quiet", "-am", "two")
    git("checkout", "--quiet", "main")
    (tmp_path / "other.md").write_text("main goes on")
    git("add", ".")
    git("commit", "--quiet", "-m", "three")
    git("checkout", "--quiet", "change")
    monkeypatch.setattr(changed, "ROOT", tmp_path)
    assert changed.changed_since("main") == ["book/index.md"]
    with pytest.raises(SystemExit, match="git knows no 'nowhere'"):
        changed.changed_since("nowhere")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    (tmp_path / "suprank_edu").mkdir()
    for name in ("CITATION.cff", "CHANGELOG.md", "suprank_edu/__init__.py"):
        shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


def test_one_version_in_the_package_the_citation_and_the_changes(copy: Path) -> None:
    here = release.check(copy)
    assert release.section(copy, here)[1].startswith("The first version.")
    with pytest.raises(SystemExit, match=f"got the tag 'v9.9.9', expected 'v{here}'"):
        release.check(copy, "v9.9.9")
    with pytest.raises(SystemExit, match="no section '## 9.9.9'"):
        release.section(copy, "9.9.9")
    (copy / "suprank_edu" / "__init__.py").write_text('__version__ = "9.9.9"\n')
    with pytest.raises(SystemExit, match="CITATION"):
        release.check(copy)


def test_a_tag_is_refused_while_its_changes_are_called_unreleased(copy: Path) -> None:
    here, changes = release.check(copy), copy / "CHANGELOG.md"
    changes.write_text(f"# Changes\n\n## {here} (unreleased)\n\nThe first version.\n")
    with pytest.raises(SystemExit, match=r"has '## .* \(unreleased\)'"):
        release.check(copy, f"v{here}")
    changes.write_text(f"# Changes\n\n## {here} (2026-12-01)\n\nThe first version.\n")
    assert release.check(copy, f"v{here}") == here
