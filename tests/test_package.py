"""What is handed out: the wheel has types that a checker finds, metadata that is true, and links that lead somewhere."""

import email
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import suprank_edu
from suprank_edu import data

ROOT = Path(__file__).resolve().parents[1]
FAULTS = """\
import suprank_edu
from suprank_edu.steps import SupStep

suprank_edu.losses.SupAPLoss(include_self="no")
suprank_edu.ranking.rnk()
SupStep(tau="0.01")
print(suprank_edu.losses.SupAPLoss().reduction, suprank_edu.__version__)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the wheel and the source archive."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder], cwd=ROOT, check=True, capture_output=True
    )
    yield folder
    for path in folder.iterdir():
        path.unlink()


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    (path,) = built.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    return email.message_from_bytes(wheel.read(f"suprank_edu-{suprank_edu.__version__}.dist-info/METADATA"))


def test_the_wheel_brings_its_pictures_and_results(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    script = "from suprank_edu import data; from suprank_edu.training.study import results_folder; print(len(data.load_samples('mini_landmarks', 'all')), results_folder('omniglot'))"
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    size, folder = answer.stdout.split()
    assert int(size) == len(data.load_samples("mini_landmarks", "all"))
    stored = {path.name for path in (ROOT / "book/results/omniglot").rglob("*.json")}
    assert {path.name for path in (tmp_path / folder).rglob("*.json")} == stored
    assert folder.startswith(str(tmp_path)), "not the clone's"


def test_a_type_checker_finds_what_is_wrong_in_a_users_code(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(
        tmp_path / "unpacked", [name for name in wheel.namelist() if name.endswith((".py", ".pyi", ".typed"))]
    )
    venv.create(tmp_path / "bare", symlinks=True)
    (tmp_path / "faults.py").write_text(FAULTS)
    python = tmp_path / "bare" / ("Scripts" if os.name == "nt" else "bin") / "python"
    options = ["--config-file=", f"--cache-dir={tmp_path / 'cache'}", f"--python-executable={python}"]
    answer = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "faults.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "unpacked")},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^faults\.py:(\d+): error: .*\[(.+)\]$", answer.stdout, flags=re.MULTILINE)
    assert found == [("4", "arg-type"), ("5", "attr-defined"), ("6", "arg-type")], answer.stdout


def test_the_licence_is_an_expression_beside_its_files(metadata: Message, wheel: zipfile.ZipFile) -> None:
    assert metadata["License-Expression"] == "MIT AND CC-BY-4.0"
    assert metadata["License"] is None, "the whole text does not belong into the metadata"
    for path in metadata.get_all("License-File", []):
        stored = f"suprank_edu-{suprank_edu.__version__}.dist-info/licenses/{path}"
        assert wheel.read(stored) == (ROOT / path).read_bytes()


def test_links_of_the_description_lead_somewhere_outside_the_repository(metadata: Message) -> None:
    description = metadata.get_payload()
    assert isinstance(description, str)
    links = re.findall(r"\]\(([^)]+)\)", description)
    assert [link for link in links if not link.startswith("https://")] == []
    urls = dict(line.split(", ") for line in metadata.get_all("Project-URL", []))
    repository = urls["Repository"]
    assert all(url.startswith(repository) for url in urls.values())
    own = [link.removeprefix(repository) for link in links if link.startswith(repository)]
    assert own
    for link in own:
        assert (ROOT / link.removeprefix("/blob/main/")).is_file(), link


def test_lower_bounds_are_the_versions_that_were_run(metadata: Message) -> None:
    lines = (ROOT / "tests" / "lowest.txt").read_text().splitlines()
    ran = {name: Version(version) for name, _, version in (line.partition("==") for line in lines if line[0] != "#")}
    wanted = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
    for_users = [each for each in wanted if each.marker is None or "dev" not in str(each.marker)]
    declared = {each.name: Version(str(each.specifier).removeprefix(">=")) for each in for_users}
    assert declared == ran


def test_the_source_archive_brings_the_chapters_and_what_they_show(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    chapters = {str(path.relative_to(ROOT)) for path in ROOT.glob("book/[0-9][0-9]_*.ipynb")}
    assert chapters
    assert chapters | {"book/equations.md", "data_samples/mini_landmarks/train.csv", "README.md"} <= names
