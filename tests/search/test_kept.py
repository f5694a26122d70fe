"""Saving and opening: whole or not at all, without pickle, and refused in a sentence where something is wrong."""

import json
import os
import pickle
import shutil
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from search.shops import index_of, network, photograph, photographs_of, shop

from suprank_edu.data import RetrievalDataset, load_samples, read
from suprank_edu.search import PhotoIndex
from suprank_edu.search.store import FORMAT
from suprank_edu.training import Backbone, SmallCNN, pretrained


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


@pytest.fixture
def saved(folder: Path, tmp_path: Path) -> Path:
    index_of(folder, about={"loss": "sup-ap"}).save(tmp_path / "index")
    return tmp_path / "index"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_loaded_answers_as_what_was_saved(folder: Path, tmp_path: Path) -> None:
    index, query = index_of(folder, about={"loss": "sup-ap"}), photograph(tmp_path / "new.png", 2, 77)
    index.threshold = 0.5
    index.save(tmp_path / "index")
    again = PhotoIndex.load(tmp_path / "index")
    assert again.search(query, k=12) == index.search(query, k=12)
    assert again.search(folder / "Milk/Oat/0.png", leave_out_copies=True).copies_left_out == 1
    assert (again.about, again.threshold, repr(again)) == ({"loss": "sup-ap"}, 0.5, repr(index))
    assert again.photographs.source == index.photographs.source
    assert again.photographs[3].tobytes() == index.photographs[3].tobytes()


def test_the_table_of_photographs_can_be_read_by_anybody(saved: Path) -> None:
    (table,) = saved.glob("photographs.*.csv")
    header, first, *_ = table.read_text().splitlines()
    assert header == "path,sha256,class,parent"
    assert first.startswith("Fruit/Apple/0.png,")
    assert first.endswith(",0,0")


@pytest.mark.parametrize(
    "make",
    [
        lambda: SmallCNN(image_size=16, in_channels=3, channels=(4, 6, 8), embedding_size=5),
        lambda: pretrained(image_size=32),
        lambda: pretrained(image_size=32, embedding_size=7),
    ],
    ids=["small", "pretrained", "pretrained with a head"],
)
def test_networks_of_the_library_come_back_by_themselves(make, folder: Path, tmp_path: Path) -> None:
    model = make()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.01)  # other weights than a new one has
    index = PhotoIndex.build(model, photographs_of(folder))
    index.save(tmp_path / "index")
    again = PhotoIndex.load(tmp_path / "index")
    query = folder / "Fruit/Pear/1.png"
    assert type(again.network) is type(model)
    assert not again.network.training
    assert again.search(query, k=12) == index.search(query, k=12)


@pytest.mark.slow
def test_a_network_of_transformers_comes_back_by_itself(folder: Path, tmp_path: Path) -> None:
    from transformers import ResNetConfig

    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic")
    model = Backbone(config, embedding_size=4, pooling="gem", layer_norm=True, image_size=32)
    index = PhotoIndex.build(model, photographs_of(folder))
    index.save(tmp_path / "index")
    again, query = PhotoIndex.load(tmp_path / "index"), folder / "Fruit/Pear/1.png"
    assert again.search(query, k=12) == index.search(query, k=12)


class Own(torch.nn.Module):
    image_size = 8

    def __init__(self, size: int = 5) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(3 * 8 * 8, size)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize(self.linear(images.flatten(1)))


def test_a_network_of_ones_own_gets_its_weights_back(folder: Path, tmp_path: Path) -> None:
    index, query = PhotoIndex.build(Own(), photographs_of(folder)), folder / "Fruit/Pear/1.png"
    index.save(tmp_path / "index")
    assert PhotoIndex.load(tmp_path / "index", network=Own()).search(query) == index.search(query)
    with pytest.raises(ValueError, match="`network`: got None, expected the Own that the index was built with"):
        PhotoIndex.load(tmp_path / "index")
    with pytest.raises(ValueError, match="`network`: got a Own that takes other weights .*size mismatch"):
        PhotoIndex.load(tmp_path / "index", network=Own(6))


def test_photographs_that_moved_are_found_where_they_are_now(saved: Path, folder: Path, tmp_path: Path) -> None:
    moved = shutil.move(folder, tmp_path / "elsewhere")
    assert len(PhotoIndex.load(saved).missing()) == 12
    again = PhotoIndex.load(saved, photographs=moved)
    assert again.missing() == []
    assert Path(again.photographs.items[0]) == moved / "Fruit/Apple/0.png"


def test_photographs_of_two_folders_of_which_one_has_moved_are_found(folder: Path, tmp_path: Path) -> None:
    index = index_of(folder)
    elsewhere = [photograph(tmp_path / "inbox" / name, 0, 90) for name in ("0.png", "other.png")]
    index.add(elsewhere)
    index.save(tmp_path / "index")
    shutil.move(folder, tmp_path / "deeper" / folder.name)
    photograph(tmp_path / "deeper" / "0.png", 1, 91)  # another photograph of the name of one that did not move
    for moved in (tmp_path / "deeper", tmp_path / "deeper" / folder.name):
        again = PhotoIndex.load(tmp_path / "index", photographs=moved)
        assert again.missing() == []
        assert Path(again.photographs.items[0]) == tmp_path / "deeper/shop/Fruit/Apple/0.png"
        assert list(map(Path, again.photographs.items[-2:])) == elsewhere


def test_a_bare_name_is_a_photograph_that_moved_where_its_bytes_are(tmp_path: Path) -> None:
    paths = [photograph(tmp_path / "flat" / name, 0, 90) for name in ("0.png", "1.png")]
    index = index_of(shop(tmp_path / "shop"))
    index.add(paths)
    index.save(tmp_path / "index")
    shutil.move(tmp_path / "flat", tmp_path / "now")
    photograph(tmp_path / "now" / "1.png", 1, 91)
    again = PhotoIndex.load(tmp_path / "index", photographs=tmp_path / "now")
    assert list(map(Path, again.photographs.items[-2:])) == [tmp_path / "now/0.png", paths[1]]


def test_a_folder_that_holds_none_of_the_photographs_changes_nothing(saved: Path, folder: Path, tmp_path: Path) -> None:
    before = list(PhotoIndex.load(saved).photographs.items)
    again = PhotoIndex.load(saved, photographs=tmp_path / "nowhere")
    assert list(again.photographs.items) == before
    assert again.missing() == []


@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes")
def test_names_that_no_text_holds_and_names_with_commas_come_back(folder: Path, tmp_path: Path) -> None:
    photograph(folder / 'Milk/Oat/a,"b\nc.png', 2, 8)
    os.rename(folder / "Milk/Oat/0.png", os.fsencode(folder / "Milk/Oat") + b"/\xff.png")
    index = index_of(folder)
    index.save(tmp_path / "index")
    again = PhotoIndex.load(tmp_path / "index")
    assert list(again.photographs.items) == list(index.photographs.items)
    assert again.missing() == []


def test_files_elsewhere_bytes_names_and_boxes_come_back(folder: Path, tmp_path: Path) -> None:
    far = photograph(tmp_path / "far/away.png", 0, 3)
    items = [str(folder / "Milk/Oat/0.png"), str(far), far.read_bytes()]
    about = {"column_names": ["class"], "class_names": [["a", "b"]], "licence": "mine", "source": "here"}
    boxes = [[0, 0, 8, 8], [1, 2, 9.5, 10], [0, 0, 24, 20]]
    data = RetrievalDataset(items, [0, 1, 1], names=["one", "two", "three"], boxes=boxes, **about)
    index = PhotoIndex.build(network(), data)
    index.save(tmp_path / "index")
    again = PhotoIndex.load(tmp_path / "index").photographs
    assert [again.name_of(i) for i in range(3)] == ["one", "two", "three"]
    assert again.boxes.tolist() == boxes
    assert list(again.items) == [items[0], items[1], b""]
    assert again[1].tobytes() == data[1].tobytes()


def test_grey_images_come_back_grey(tmp_path: Path) -> None:
    index = PhotoIndex.build(SmallCNN(image_size=16, channels=(4, 8)), read("standin").subset(range(6)))
    index.save(tmp_path / "index")
    again = PhotoIndex.load(tmp_path / "index")
    assert again.photographs.mode == "L"
    assert again.search(index.vectors[2], k=6).positions == index.search(index.vectors[2], k=6).positions


def test_an_index_of_format_1_is_read(saved: Path) -> None:
    edit(format=1, approximate=None, threshold=0.5)(saved)
    assert PhotoIndex.load(saved).approximate is None


def killed(index: PhotoIndex, folder: Path, event: int) -> bool:
    """Save in a process of its own that dies before it opens, renames or removes its file number `event`."""
    process = os.fork()
    if not process:
        left = [event]

        def die(name: str, arguments: tuple[object, ...]) -> None:
            writes = name == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if writes or name in ("os.rename", "os.remove"):
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(die)
        try:
            index.save(folder)
        finally:
            os._exit(0)
    _, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_save_that_is_killed_at_any_step_leaves_the_old_index_or_the_new(saved: Path, tmp_path: Path) -> None:
    new = photograph(tmp_path / "new.png", 0, 4)
    index = PhotoIndex.load(saved)
    before = index.search(new, k=12)
    index.add([new])
    sizes, event, dying = [], 0, True
    while dying:
        event += 1
        folder = shutil.copytree(saved, tmp_path / f"killed{event}")
        dying = killed(index, folder, event)
        found = PhotoIndex.load(folder)  # it opens, whatever happened
        sizes.append(len(found))
        assert found.search(new, k=12) == (before if len(found) == 12 else index.search(new, k=12))
        index.save(folder)  # and what the killed one left is cleared away
        assert len(PhotoIndex.load(folder)) == 13
        assert len(list(folder.iterdir())) == 5, sorted(files(folder))
    assert sizes == sorted(sizes)
    assert sizes.count(12) >= 8  # a lock, four files and their names
    assert sizes.count(13) >= 4  # the old files going, and the save that nobody killed


def test_a_first_save_that_is_killed_leaves_no_index_and_can_be_made_again(folder: Path, tmp_path: Path) -> None:
    index, half = index_of(folder), tmp_path / "index"
    half.mkdir()
    for name in ("vectors.0123abcd.npy", ".photographs.0123abcd.csv.89abcdef.part", ".lock"):
        (half / name).write_bytes(b"half")
    with pytest.raises(ValueError, match="a folder without index.json, expected the folder of an index"):
        PhotoIndex.load(half)
    index.save(half)
    assert len(PhotoIndex.load(half)) == 12
    assert not (half / "vectors.0123abcd.npy").exists()


def test_a_full_disk_leaves_the_old_index(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, before = PhotoIndex.load(saved), files(saved)
    index.remove([0])

    def full(state: object, file: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("suprank_edu.search.kept.torch.save", full)
    with pytest.raises(OSError, match="No space left"):
        index.save(saved)
    assert before.items() <= files(saved).items()
    assert len(PhotoIndex.load(saved)) == 12


def test_two_programs_do_not_lose_what_the_other_added(saved: Path, tmp_path: Path) -> None:
    first, second = PhotoIndex.load(saved), PhotoIndex.load(saved)
    first.add([photograph(tmp_path / "one.png", 0, 1)])
    second.add([photograph(tmp_path / "two.png", 1, 2)])
    first.save(saved)
    with pytest.raises(ValueError, match="has been saved by another program since this index was loaded"):
        second.save(saved)
    assert len(PhotoIndex.load(saved)) == 13
    first.remove([0])
    first.save(saved)  # what one has saved oneself is known
    second.save(tmp_path / "other")
    second.save(tmp_path / "other")


def test_a_folder_of_other_things_is_left_alone(folder: Path, tmp_path: Path) -> None:
    index = index_of(folder)
    with pytest.raises(ValueError, match="which holds Fruit, expected a new folder"):
        index.save(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["Fruit", "Milk"]
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ValueError, match="got the file"):
        index.save(tmp_path / "file")


def one_of(saved: Path, pattern: str) -> Path:
    (found,) = saved.glob(pattern)
    return found


def truncate(saved: Path) -> None:
    path = one_of(saved, "vectors.*")
    path.write_bytes(path.read_bytes()[:-100])


def flip(saved: Path) -> None:
    path = one_of(saved, "weights.*")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def edit(**changes: object):
    def change(saved: Path) -> None:
        content = json.loads((saved / "index.json").read_text())
        (saved / "index.json").write_text(json.dumps({k: v for k, v in (content | changes).items() if v is not None}))

    return change


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (truncate, r"a damaged index \(vectors\..*\.npy has [0-9,]+ bytes of [0-9,]+\)"),
        (flip, r"a damaged index \(weights\..*\.pt has changed\)"),
        (lambda saved: one_of(saved, "photographs.*").unlink(), r"a damaged index \(.*photographs\..* is not there\)"),
        (lambda saved: (saved / "index.json").write_text('{"kind":'), r"a damaged index \(.*index.json: "),
        (lambda saved: (saved / "index.json").write_bytes(b"\xff\xfe"), r"a damaged index \(.*index.json: "),
        (lambda saved: (saved / "index.json").write_text("[1]"), "whose index.json is of something else"),
        (edit(kind="a shop"), "whose index.json is of something else"),
        (edit(format=FORMAT + 1), f"an index of format {FORMAT + 1}, expected at most {FORMAT}; .*newer version"),
        (edit(files=None), r"a damaged index \(.*index.json: 'files'\)"),
        (edit(files={"vectors.npy": {}}), "a damaged index"),
        (edit(column_names=["class"]), "a damaged index"),
        (edit(class_names=[["a"], ["b"]]), "a damaged index"),
        (edit(network={"kind": "small-cnn"}), "a damaged index"),
        (edit(network={"kind": "of tomorrow"}), "`network`: got None, expected the of tomorrow"),
        (lambda saved: shutil.rmtree(saved), "no folder, expected the folder of an index"),
        (lambda saved: (shutil.rmtree(saved), saved.write_text("")), "got the file .*, expected the folder"),
    ],
)
def test_what_is_no_whole_index_is_refused_in_a_sentence(damage, message: str, saved: Path) -> None:
    damage(saved)
    with pytest.raises(ValueError, match=message) as caught:
        PhotoIndex.load(saved)
    assert "\n" not in str(caught.value)


class Trap:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("name", ["weights.pt", "vectors.npy"])
def test_nothing_in_the_files_is_run(name: str, saved: Path, tmp_path: Path) -> None:
    import hashlib

    content, trap = json.loads((saved / "index.json").read_text()), tmp_path / "sprung"
    path = saved / content["files"][name]["file"]
    if name == "weights.pt":
        torch.save(Trap(trap), path)
    else:
        np.save(path, np.array([Trap(trap)], dtype=object), allow_pickle=True)
    written = path.read_bytes()
    content["files"][name] |= {"bytes": len(written), "sha256": hashlib.sha256(written).hexdigest()}
    (saved / "index.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match="a damaged index"):
        PhotoIndex.load(saved)
    assert not trap.exists()
    pickle.loads(pickle.dumps(Trap(trap)))
    assert trap.exists()  # a trap that works


def test_a_file_outside_of_the_folder_is_not_read(saved: Path, tmp_path: Path) -> None:
    content = json.loads((saved / "index.json").read_text())
    name = content["files"]["vectors.npy"]["file"]
    shutil.move(saved / name, tmp_path / name)
    content["files"]["vectors.npy"]["file"] = f"../{name}"
    (saved / "index.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match="is not there"):
        PhotoIndex.load(saved)


def test_samples_of_the_library_come_back(tmp_path: Path) -> None:
    data = load_samples("groceries", "train").subset(range(0, 480, 40))
    index = PhotoIndex.build(network(), data)
    index.save(tmp_path / "index")
    assert PhotoIndex.load(tmp_path / "index").search(data.items[3]) == index.search(data.items[3])
