"""Building, searching and adding, against plain products of embeddings."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from search.shops import index_of, network, photograph, photographs_of, shop

from suprank_edu.data import RetrievalDataset, VectorDataset, read
from suprank_edu.search import PhotoIndex
from suprank_edu.training import LinearHead, embed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


def test_the_list_is_that_of_the_products_of_all_embeddings(folder: Path, tmp_path: Path) -> None:
    new = photograph(tmp_path / "new.png", colour=1, seed=7)
    index, data = index_of(folder), photographs_of(folder)
    query = RetrievalDataset([str(new)], [0], column_names=["class"], class_names=[["new"]], licence="", source="")
    scores = (embed(network(), data) @ embed(network(), query)[0]).tolist()
    expected = sorted(range(len(data)), key=lambda row: -scores[row])
    answer = index.search(new, k=5)
    assert answer.positions == expected[:5]
    assert answer.scores == pytest.approx([scores[row] for row in expected[:5]], abs=1e-6)
    assert answer[0].classes == tuple(
        names[one] for names, one in zip(data.class_names, data.labels[expected[0]], strict=True)
    )
    assert answer[0].name == data.name_of(expected[0])
    assert [hit.rank for hit in answer] == [1, 2, 3, 4, 5]


def test_a_photograph_is_the_same_however_it_comes(folder: Path) -> None:
    index, path = index_of(folder), folder / "Milk/Oat/2.png"
    row = next(i for i, item in enumerate(index.photographs.items) if Path(item) == path)
    with Image.open(path) as image:
        for query in (path, str(path), path.read_bytes(), image, index.vectors[row], 3 * index.vectors[row].numpy()):
            answer = index.search(query, k=1)
            assert answer.positions == [row], query
            assert answer.scores == pytest.approx([1.0], abs=1e-5)


def test_a_tensor_is_what_the_network_takes(folder: Path) -> None:
    index, pixels = index_of(folder), torch.rand(3, 16, 16)
    expected = index.search(network().eval()(pixels[None])[0], k=12)
    assert index.search(pixels, k=12).positions == expected.positions
    whole = (255 * pixels).round().to(torch.uint8)
    expected = index.search(whole.float() / 255, k=12)
    assert index.search(whole, k=12).scores == pytest.approx(expected.scores, abs=1e-6)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (torch.rand(7), "`photograph`: got 7 dimensions, expected 8"),
        (torch.rand(3, 16, 15), r"got a tensor of shape \(3, 16, 15\), expected \(3, 16, 16\)"),
        (torch.full((3, 16, 16), 1.5), r"got values outside of 0\.\.1"),
        (torch.full((3, 16, 16), torch.nan), r"got values outside of 0\.\.1"),
        (torch.full((8,), torch.nan), "`photograph`: got NaN"),
        (3, "`photograph`: got a int, expected a path"),
    ],
)
def test_what_is_no_photograph_is_refused(query: object, message: str, folder: Path) -> None:
    with pytest.raises(ValueError, match=message):
        index_of(folder).search(query)


def test_a_file_that_is_no_image_is_named(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_text("no image")
    for query, name in ((broken, str(broken)), (b"no image", "the bytes given"), (tmp_path / "none.jpg", "none.jpg")):
        with pytest.raises(OSError, match=name):
            index_of(folder).search(query)


def test_k_beyond_the_index_gives_all_of_it(folder: Path) -> None:
    index = index_of(folder)
    assert sorted(index.search(index.vectors[0], k=100).positions) == list(range(12))
    with pytest.raises(ValueError, match="`k`: got 0"):
        index.search(index.vectors[0], k=0)


def test_copies_of_the_query_can_be_left_out(folder: Path, tmp_path: Path) -> None:
    path = folder / "Fruit/Apple/1.png"
    for copy in ("Fruit/Apple/copy.png", "Fruit/Pear/copy.png"):
        shutil.copy(path, folder / copy)
    index = index_of(folder)
    elsewhere = shutil.copy(path, tmp_path / "elsewhere.png")
    for query in (elsewhere, path.read_bytes()):
        everything, rest = index.search(query, k=14), index.search(query, k=14, leave_out_copies=True)
        copies = {path, folder / "Fruit/Apple/copy.png", folder / "Fruit/Pear/copy.png"}
        assert {Path(hit.name) for hit in everything[:3]} == copies
        assert rest.positions == everything.positions[3:]
        assert rest.copies_left_out == 3
        assert len(index.search(query, k=4, leave_out_copies=True)) == 4
    with pytest.raises(ValueError, match="`leave_out_copies`: got True with a Tensor"):
        index.search(index.vectors[0], leave_out_copies=True)


def test_photographs_that_vanished_are_named(folder: Path) -> None:
    index = index_of(folder)
    gone = folder / "Fruit/Pear/0.png"
    row = next(i for i, item in enumerate(index.photographs.items) if Path(item) == gone)
    assert index.missing() == []
    gone.unlink()
    assert index.missing() == [row]
    answer = index.search(index.vectors[row], k=3)
    assert answer.missing == [str(gone)]
    assert [hit.is_there for hit in answer] == [False, True, True]
    assert "the file is gone" in str(answer)
    index.remove(index.missing())
    assert len(index) == 11
    assert index.missing() == []
    assert str(gone) not in [hit.name for hit in index.search(index.vectors[0], k=11)]


def test_rows_that_are_not_there_cannot_be_removed(folder: Path) -> None:
    index = index_of(folder)
    with pytest.raises(IndexError, match=r"got 12, expected rows in 0\.\.11"):
        index.remove([3, 12])
    with pytest.raises(ValueError, match="got all 12 photographs"):
        index.remove(range(12))
    assert len(index) == 12


def test_a_threshold_says_when_nothing_is_found(folder: Path) -> None:
    index = index_of(folder)
    assert index.search(index.vectors[0]).found
    index.threshold = 0.999
    assert index.search(index.vectors[0]).found
    far = index.search(-index.vectors[0])
    assert not far.found
    assert str(far).startswith("nothing found: no photograph reaches 0.999")
    assert index.search(-index.vectors[0], threshold=-1).found


def test_what_is_added_is_found_as_if_it_had_been_there(folder: Path, tmp_path: Path) -> None:
    more = shop(tmp_path / "more", each=2, first=4)
    photograph(more / "Fruit/Plum/0.png", colour=2, seed=5)
    photograph(more / "Cheese/Apple/0.png", colour=0, seed=6)  # an apple of another parent
    index = index_of(folder)
    assert index.add(photographs_of(more)) == 8
    both = shutil.copytree(folder, tmp_path / "both")
    shutil.copytree(more, both, dirs_exist_ok=True)
    expected = index_of(both)
    assert len(index) == len(expected) == 20
    query = photograph(tmp_path / "new.png", colour=0, seed=50)
    found, wanted = index.search(query, k=20), expected.search(query, k=20)
    assert found.scores == pytest.approx(wanted.scores, abs=1e-6)
    short = [os.path.relpath(hit.name, more if str(more) in hit.name else folder) for hit in found]
    assert short == [os.path.relpath(hit.name, both) for hit in wanted]
    assert [hit.classes[1] for hit in found] == [hit.classes[1] for hit in wanted]
    # Of two classes of one name, the reader of one folder calls both by their paths, and the index only the later one.
    apples = [hit.classes[0] for hit in wanted if "Apple" in hit.classes[0]]
    assert [hit.classes[0] for hit in found if "Apple" in hit.classes[0]] == [
        "Apple" if name == "Fruit/Apple" else name for name in apples
    ]


def test_what_is_there_already_is_not_added_again_and_what_changed_is_replaced(folder: Path) -> None:
    index = index_of(folder)
    before = index.vectors.clone()
    assert index.add(photographs_of(folder)) == 0
    changed = photograph(folder / "Fruit/Pear/3.png", colour=0, seed=900)
    assert index.add(photographs_of(folder)) == 1
    assert len(index) == 12
    assert Path(index.photographs.items[11]) == changed
    assert index.search(changed, k=1).positions == [11]
    assert torch.equal(index.vectors[:7], before[:7])


def test_photographs_without_a_class_can_be_added(folder: Path, tmp_path: Path) -> None:
    index = index_of(folder)
    new = [photograph(tmp_path / f"{i}.png", colour=1, seed=60 + i) for i in range(2)]
    assert index.add(new) == 2
    assert index.search(new[1], k=1)[0].classes == ("not labelled", "not labelled")
    with pytest.raises(ValueError, match="expected a data set, or a list"):
        index.add(str(new[0]))


def test_an_addition_that_fails_leaves_the_index_as_it_was(folder: Path, tmp_path: Path) -> None:
    index = index_of(folder)
    (tmp_path / "broken.png").write_bytes(b"no image")
    with pytest.raises(OSError, match="broken.png"):
        index.add([photograph(tmp_path / "new.png", 0, 1), tmp_path / "broken.png"])
    with pytest.raises(ValueError, match="got the columns character, alphabet, expected those of the index, class, pa"):
        index.add(read("standin"))
    assert len(index) == len(index.vectors) == 12


def test_the_index_keeps_its_own_network(folder: Path) -> None:
    mine = network()
    index = PhotoIndex.build(mine, photographs_of(folder))
    query = folder / "Fruit/Apple/0.png"
    before = index.search(query, k=3).scores
    with torch.no_grad():
        mine.head.weight.zero_()
    assert mine.training  # left as it was
    assert index.search(query, k=3).scores == before


def test_vectors_that_do_not_fit_are_refused(folder: Path) -> None:
    data, vectors = photographs_of(folder), index_of(folder).vectors
    with pytest.raises(ValueError, match="`vectors`: got 11, expected 12"):
        PhotoIndex(network(), data, vectors[:11])
    with pytest.raises(ValueError, match="`vectors`: got norms that are off 1 by up to 1"):
        PhotoIndex(network(), data, 2 * vectors)
    with pytest.raises(ValueError, match="`network`: got the class SmallCNN"):
        PhotoIndex(type(network()), data, vectors)


def test_vectors_without_images_are_searched_with_vectors(tmp_path: Path) -> None:
    vectors = torch.nn.functional.normalize(torch.randn(9, 6, generator=torch.Generator().manual_seed(0)))
    data = VectorDataset(vectors.numpy(), np.arange(9) % 3)
    index = PhotoIndex(LinearHead(6, 6), data, vectors)
    assert index.search(vectors[4], k=1).positions == [4]
    index.save(tmp_path / "index")
    again = PhotoIndex.load(tmp_path / "index", network=LinearHead(6, 6))
    assert again.search(vectors[4], k=9).positions == index.search(vectors[4], k=9).positions
    with pytest.raises(ValueError, match="has no `image_size`"):
        again.search(Image.new("RGB", (8, 8)))
