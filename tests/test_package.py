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

ROOT = Path(__file__).resolve().parents[1]
FAULTS = """\
import suprank_edu
from suprank_edu.steps import SupStep

suprank_edu.losses.SupAPLoss(include_self="no")
suprank_edu.ranking.rnk()
SupStep(tau="0.01")
print(suprank_edu.losses.SupAPLoss().reduction, suprank_edu.__version__)
"""
INSTALLED = """\
import suprank_edu
from suprank_edu.data import load_samples, sample_embeddings, sample_queries
from suprank_edu.training.study import results_folder

for name, split in (("groceries", "train"), ("groceries", "test"), ("mini_landmarks", "train"), ("mini_landmarks", "test")):
    dataset = load_samples(name, split)
    print(dataset, dataset[len(dataset) - 1].size)
print(tuple(sample_embeddings("groceries", "test").shape), len(sample_queries()), results_folder("omniglot").is_dir())
print(suprank_edu.__file__)
"""
EXPECTED = """\
RetrievalDataset(486 images; product: 81, kind: 43, department: 3) (128, 128)
RetrievalDataset(486 images; product: 81, kind: 43, department: 3) (128, 128)
RetrievalDataset(1,152 images; landmark: 96, supercategory: 16, natural_or_human_made: 2) (96, 96)
RetrievalDataset(768 images; landmark: 64, supercategory: 16, natural_or_human_made: 2) (96, 96)
(486, 1280) 10 True
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


def files_of_the_clone() -> set[str]:
    """The files that git knows or would take; a skip where this is no clone."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("no clone: nothing says which files belong to the project")
    return {name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    (path,) = built.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    return email.message_from_bytes(wheel.read(f"suprank_edu-{suprank_edu.__version__}.dist-info/METADATA"))


def test_the_wheel_brings_its_pictures_and_results(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "installed")
    for _ in range(2):  # the second time the pictures are unpacked already
        answer = subprocess.run(
            [sys.executable, "-c", INSTALLED],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path / "installed"), "XDG_CACHE_HOME": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=True,
        )
        assert answer.stdout == f"{EXPECTED}{tmp_path / 'installed' / 'suprank_edu' / '__init__.py'}\n"
    (folder,) = (tmp_path / "installed").rglob("results/omniglot")
    stored = {path.name for path in (ROOT / "book/results/omniglot").rglob("*.json")}
    assert {path.name for path in folder.rglob("*.json")} == stored


def test_the_wheel_holds_the_library_its_results_and_two_sets_and_no_more(wheel: zipfile.ZipFile) -> None:
    clone = files_of_the_clone()
    library = {name for name in clone if name.startswith("suprank_edu/")}
    results = {
        f"suprank_edu/{name}"
        for name in clone
        if name.startswith("book/results/")
        and not name.endswith("-queries.npz")  # the metrics of each query, for verdicts
        and not name.startswith("book/results/groceries/validation/")  # the runs that chose the rates
        and not re.match(r"book/results/groceries[\w-]*/test/.*\.npz", name)  # what their queries retrieved
    }
    sets = {f"suprank_edu/data_samples/{name}.zip" for name in ("groceries", "mini_landmarks")}
    about = f"suprank_edu-{suprank_edu.__version__}.dist-info/"
    names = wheel.namelist()
    assert len(set(names)) == len(names)
    assert {name for name in names if not name.startswith(about)} == library | results | sets
    beside = {name.removeprefix(about) for name in names if name.startswith(about)}
    licences = {name for name in beside if name.startswith("licenses/")}
    assert beside - licences == {"METADATA", "RECORD", "WHEEL", "entry_points.txt"}
    assert len(licences) == 4


def test_the_wheel_is_small_and_each_set_is_one_file(built: Path, wheel: zipfile.ZipFile) -> None:
    (path,) = built.glob("*.whl")
    assert path.stat().st_size <= 15_000_000
    names = wheel.namelist()
    assert len(names) < 1_600  # of them some 700 are runs of results, a file each
    sets = [name for name in names if name.startswith("suprank_edu/data_samples/")]
    assert sorted(sets) == [f"suprank_edu/data_samples/{name}.zip" for name in ("groceries", "mini_landmarks")]
    for name in sets:
        with wheel.open(name) as file, zipfile.ZipFile(file) as archive:
            inside = {each: archive.read(each) for each in archive.namelist()}
        folder = ROOT / "data_samples" / Path(name).stem
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        assert inside == {each: path.read_bytes() for each, path in files.items()}


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
        file, _, _anchor = re.sub("^/(blob|raw)/main/", "", link).partition("#")  # anchors: tests/book/test_links.py
        assert (ROOT / file).is_file(), link


def test_lower_bounds_are_the_versions_that_were_run(metadata: Message) -> None:
    lines = (ROOT / "tests" / "lowest.txt").read_text().splitlines()
    ran = {name: Version(version) for name, _, version in (line.partition("==") for line in lines if line[0] != "#")}
    wanted = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
    for_users = [each for each in wanted if each.marker is None or "dev" not in str(each.marker)]
    declared: dict[str, Version] = {}
    for each in for_users:  # [explore] takes an older ipywidgets than [book], whose JupyterLab needs a newer one
        bound = Version(str(each.specifier).removeprefix(">="))
        declared[each.name] = min(bound, declared.get(each.name, bound))
    assert declared == ran


def test_the_source_archive_is_the_clone_and_no_more(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert len(set(names)) == len(names)
    assert set(names) == files_of_the_clone() | {"PKG-INFO"}
    chapters = {str(path.relative_to(ROOT)) for path in ROOT.glob("book/[0-9][0-9]_*.ipynb")}
    assert chapters
    assert chapters | {"book/equations.md", "data_samples/mini_landmarks/train.csv", "README.md"} <= set(names)
    assert path.stat().st_size <= 45_000_000


def test_the_version_stands_in_one_place(metadata: Message) -> None:
    assert metadata["Version"] == suprank_edu.__version__
    pattern = re.compile(rf"version[\W_]+{re.escape(suprank_edu.__version__)}(?!\S*\d)", re.IGNORECASE)
    texts = [name for name in files_of_the_clone() if name.endswith((".py", ".toml", ".yml", ".cfg", ".md", ".cff"))]
    told = [name for name in texts if pattern.search((ROOT / name).read_text())]
    assert sorted(told) == ["CITATION.cff", "suprank_edu/__init__.py"], "the first is a copy that `make dist` compares"
