"""The command line of the search, as a stranger would use it."""

import json
import re
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from search.shops import photograph, shop

from suprank_edu import __main__ as door
from suprank_edu.search import PhotoIndex
from suprank_edu.search.__main__ import main

Run = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return shop(tmp_path / "shop")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command, which must succeed, and return what it prints."""

    def command(*arguments: object) -> str:
        assert main([str(one) for one in arguments]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    return command


@pytest.fixture
def index(folder: Path, tmp_path: Path, run: Run) -> Path:
    run("build", "pretrained", folder, "--out", tmp_path / "index", "--image-size", 32, "--device", "cpu")
    return tmp_path / "index"


def test_from_a_folder_to_a_list(folder: Path, tmp_path: Path, run: Run) -> None:
    said = run("build", "pretrained", folder, "--out", tmp_path / "index", "--image-size", 32, "--device", "cpu")
    assert [line.split("  ")[-1].split(" (")[0] for line in said.splitlines()[:3]] == [
        "reading the folder",
        "embedding 12 photographs",
        f"writing {tmp_path / 'index'}",
    ]
    assert "PhotoIndex(12 photographs, 1280 dimensions; class: 3, parent: 2)" in said
    listed = run("search", tmp_path / "index", folder / "Milk/Oat/1.png", "-k", 3).splitlines()
    assert len(listed) == 3
    assert listed[0].split() == ["1", "1.000", "Oat", "<", "Milk", str(folder / "Milk/Oat/1.png")]


def test_an_index_is_searched_approximately(index: Path, folder: Path, tmp_path: Path, run: Run) -> None:
    built = run("build", "pretrained", folder, "--out", tmp_path / "near", "--image-size", 32, "--approximate", "hnsw")
    assert "making the approximate search (hnsw)" in built
    assert "search: HNSW(links=32, build_breadth=80, breadth=64), recall@10 1.000 on photographs of the index" in built
    query = folder / "Milk/Oat/1.png"
    assert run("search", tmp_path / "near", query, "--probes", 12) == run("search", index, query)
    assert run("search", tmp_path / "near", query, "--exact") == run("search", index, query)
    assert "search: exact" in run("index", index)
    assert "search: HNSW" in run("index", index, "--approximate", "hnsw")
    assert PhotoIndex.load(index).approximate is not None
    assert "search: exact" in run("index", index, "--approximate", "exact")


def test_copies_and_thresholds(index: Path, folder: Path, run: Run) -> None:
    query = folder / "Milk/Oat/1.png"
    said = run("search", index, query, "-k", 3, "--leave-out-copies", "--threshold", 1.5)
    assert said.startswith("nothing found: no photograph reaches 1.500; the nearest are\n")
    assert said.endswith(f"left out: 1 with the bytes of {query}\n")
    assert str(query) not in said.splitlines()[1]


def test_photographs_are_added_with_classes_and_without(index: Path, tmp_path: Path, run: Run) -> None:
    more = shop(tmp_path / "more", each=1, first=8)
    assert run("add", index, more).startswith("3 added; PhotoIndex(15 photographs")
    assert run("add", index, more).startswith("0 added; PhotoIndex(15 photographs")
    loose = [photograph(tmp_path / "loose" / f"{i}.png", 1, 300 + i) for i in range(2)]
    assert run("add", index, *loose, "--class", "Williams", "Fruit").startswith("2 added; PhotoIndex(17")
    assert " Williams < Fruit " in run("search", index, loose[0], "-k", 1)
    assert run("add", index, loose[0], "--class", "Conference", "Fruit").startswith("1 added; PhotoIndex(17")
    assert run("add", index, loose[0]).startswith("0 added")
    assert " Conference < Fruit " in run("search", index, loose[0], "-k", 1)
    new = photograph(tmp_path / "inbox" / "new.png", 0, 400)
    assert run("add", index, tmp_path / "inbox").startswith("1 added")
    assert " not labelled  " in run("search", index, new, "-k", 1)


def test_a_folder_that_cannot_be_written_to_is_refused_before_anything_is_embedded(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for out in (folder, folder / "Fruit/Apple/0.png"):
        assert main(["build", "pretrained", str(folder), "--out", str(out), "--image-size", "32"]) == 1
        said = capsys.readouterr()
        assert "expected a" in said.err
        assert said.out == ""


def test_one_class_alone_joins_others_without_a_warning(index: Path, tmp_path: Path, run: Run) -> None:
    for number in range(2):
        photograph(tmp_path / "more" / "Fruit" / "Plum" / f"{number}.png", 2, 500 + number)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run("add", index, tmp_path / "more").startswith("2 added; PhotoIndex(14 photographs")


def test_a_folder_that_is_less_deep_joins_an_index_with_column_names_of_its_own(
    index: Path, tmp_path: Path, run: Run
) -> None:
    built = PhotoIndex.load(index)
    built.photographs.column_names = ["product", "kind"]
    built.save(index)
    photograph(tmp_path / "more/Plum/1.png", 0, 600)
    assert run("add", index, tmp_path / "more").startswith(
        "1 added; PhotoIndex(13 photographs, 1280 dimensions; product: 4, kind: 3)"
    )
    assert run("add", index, tmp_path / "more").startswith("0 added")
    assert PhotoIndex.load(index).search(tmp_path / "more/Plum/1.png", 1)[0].classes == ("Plum", "Plum")
    photograph(tmp_path / "deep/Food/Fruit/Plum/1.png", 0, 600)
    assert main(["add", str(index), str(tmp_path / "deep")]) == 1


def test_an_index_tells_what_it_holds_and_what_has_vanished(index: Path, folder: Path, run: Run) -> None:
    assert "all photographs are where they were" in run("index", index)
    assert "network: PooledNetwork; network: efficientnet-lite0" in run("index", index)
    gone = folder / "Fruit/Pear/2.png"
    gone.unlink()
    assert f"vanished since: {gone}\n" in run("index", index)
    assert "1 removed; PhotoIndex(11 photographs" in run("index", index, "--remove-missing")
    assert "all photographs are where they were" in run("index", index)
    moved = shutil.move(folder, folder.with_name("moved"))
    run("index", index, "--photographs", moved)
    assert PhotoIndex.load(index).missing() == []


def test_a_threshold_is_chosen_on_another_folder_and_kept(index: Path, tmp_path: Path, run: Run) -> None:
    other = shop(tmp_path / "other", each=3, first=40)
    photograph(other / "Fruit/Plum/1.png", 1, 500)  # a class that is not in the index
    said = run("threshold", index, other)
    assert said.startswith("threshold 0.")
    assert PhotoIndex.load(index).threshold == pytest.approx(float(said.split()[1].rstrip(":")), abs=1e-3)


def test_a_run_is_searched_with(folder: Path, tmp_path: Path, run: Run) -> None:
    sizes = ["steps=1", "batch_size=16", "image_size=16", "channels=(4,8)", "embedding_size=8"]
    training = ["run", "mini-landmarks", "sup-ap", "--out", str(tmp_path / "run"), "--device", "cpu", "--set", *sizes]
    assert door.main(training) == 0
    run("build", tmp_path / "run", folder, "--out", tmp_path / "index", "--device", "cpu")
    about = PhotoIndex.load(tmp_path / "index").about
    assert (about["setting"], about["loss"], about["checkpoint"]) == ("mini-landmarks", "sup-ap", "last")
    assert about["recipe"]["embedding_size"] == 8


def test_an_index_becomes_a_database(index: Path, tmp_path: Path, run: Run) -> None:
    lancedb = pytest.importorskip("lancedb")
    assert "12 rows" in run("to-lancedb", index, tmp_path / "database")
    assert lancedb.connect(tmp_path / "database").open_table("photographs").count_rows() == 12


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["build", "nowhere", "{shop}", "--out", "{new}"], "`folder`: got nowhere, which holds no run"),
        (["build", "pretrained", "nowhere", "--out", "{new}"], "`root`: got nowhere, which does not exist"),
        (
            ["build", "pretrained:resnet1", "{shop}", "--out", "{new}"],
            "`network`: got 'resnet1', expected 'efficientnet",
        ),
        (
            ["build", "pretrained", "{shop}", "--out", "{shop}", "--image-size", "32"],
            "which holds Fruit, expected a new",
        ),
        (["search", "{shop}", "x.png"], "a folder without index.json, expected the folder of an index"),
        (["search", "{index}", "x.png"], "x.png: cannot be read as an image (No such file or directory)"),
        (["search", "{index}", "{shop}"], "shop: cannot be read as an image (Is a directory)"),
        (["search", "{index}", "{photo}", "--probes", "8"], "`--probes`: got 8 with an index that is searched exactly"),
        (["search", "{index}", "{photo}", "--html", "{shop}"], "shop: is a folder, expected the name of a page"),
        (["add", "{index}", "nowhere.png"], "nowhere.png: No such file or directory"),
        (["search", "{index}", "{photo}", "-k", "0"], "`k`: got 0"),
        (["search", "{index}", "{photo}", "--html", "nowhere/page.html"], "nowhere/page.html: there is no folder"),
        (["add", "{index}", "{shop}", "--class", "Pear"], "`--class`: got Pear with a folder"),
        (["add", "{index}", "{photo}", "--class", "Pear"], "`classes`: got Pear, expected 2 names: class, parent"),
        (["threshold", "{index}", "{shop}", "--precision", "2"], "`precision`: got 2.0, expected a share"),
    ],
)
def test_mistakes_are_told_in_one_line(
    command: list[str], message: str, index: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = photograph(tmp_path / "photo.png", 0, 1)
    names = {"shop": folder, "index": index, "photo": photo, "new": tmp_path / "new"}
    for program in (main, door.main):
        assert program([one.format(**names) for one in command]) == 1
        said = capsys.readouterr().err
        assert message in said
        assert said.startswith("error: ")
        assert len(said.splitlines()) == 1
    assert not (tmp_path / "new").exists()


def test_one_door_leads_to_training_and_search(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        door.main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for command in ("list", "run", "resume", "evaluate", "export", "build", "add", "index", "search", "threshold"):
        assert re.search(rf"^    {command}\b", text, re.MULTILINE), command
    for program, name in ((main, "python -m suprank_edu.search search"), (door.main, "suprank-edu search")):
        with pytest.raises(SystemExit):
            program(["search", "--help"])
        assert capsys.readouterr().out.startswith(f"usage: {name} [-h]")


def test_a_folder_without_classes_is_an_index_too_and_what_is_broken_is_named(
    folder: Path, tmp_path: Path, run: Run
) -> None:
    inbox = tmp_path / "inbox"
    for number in range(3):
        photograph(inbox / f"{number}.png", number, number)
    (inbox / "notes.txt").write_text("not an image")
    (inbox / "broken.png").write_bytes(b"")
    with pytest.warns(UserWarning, match=r"1 of 4 photographs are left out: .*broken.png \(empty\)"):
        run("build", "pretrained", inbox, "--out", tmp_path / "index", "--image-size", 32, "--device", "cpu")
    assert json.loads((tmp_path / "index" / "index.json").read_text())["photographs"] == 3
    assert " not labelled " in run("search", tmp_path / "index", inbox / "1.png")
