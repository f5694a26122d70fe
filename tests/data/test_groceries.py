"""The committed photographs of groceries: what their data card says of them, and that the script chooses them again."""

import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from data_samples.make_groceries import LEFT_OUT, PER_PRODUCT, choose, shrink
from suprank_edu.data import load_samples, read, sample_embeddings, sample_queries, samples_folder
from suprank_edu.metrics import evaluate
from suprank_edu.training import embed, pretrained, weights_hash

ROOT = samples_folder("groceries")
WHOLE = Path(os.environ.get("SUPRANK_EDU_DATA", "nowhere"), "grocery").expanduser()
CARD = (ROOT / "README.md").read_text(encoding="utf-8")


def lines_of(split: str) -> list[str]:
    return (ROOT / f"{split}.txt").read_text().splitlines()


@pytest.mark.parametrize("split", ["train", "test"])
def test_six_photographs_of_each_product(split: str) -> None:
    dataset = load_samples("groceries", split)
    assert dataset.column_names == ("product", "kind", "department")
    assert [len(names) for names in dataset.class_names] == [81, 43, 3]
    assert Counter(dataset.labels[:, 0].tolist()) == dict.fromkeys(range(81), 6)
    paths = [line.split(", ")[0] for line in lines_of(split)]
    assert {path.relative_to(ROOT).as_posix() for path in (ROOT / split).rglob("*.*")} == set(paths)
    for i, path in enumerate(paths):
        assert dataset.name_of(i).endswith(path)
        assert dataset.class_names[2][dataset.labels[i, 2]] == path.split("/")[1]
    assert {min(dataset[i].size) for i in range(len(dataset))} == {128}
    assert dataset.licence == "MIT"


def test_both_splits_have_the_same_classes() -> None:
    train, test = load_samples("groceries", "train"), load_samples("groceries", "test")
    assert train.class_names == test.class_names
    assert np.array_equal(train.labels, test.labels)


def test_the_card_says_what_lies_there() -> None:
    dataset = load_samples("groceries")
    products, kinds, departments = dataset.class_names
    tree = np.unique(dataset.labels, axis=0)
    of_kind = np.bincount(tree[:, 1])
    assert f"{len(products)} products" in CARD
    assert f"| kinds | {len(kinds)}: apple, milk, pepper, …; {(of_kind == 1).sum()} of them hold one product |" in CARD
    several = [kinds[kind].lower() for kind in np.flatnonzero(of_kind > 1)]
    assert f"The other {len(several)} are {', '.join(several[:-1])} and {several[-1]}." in " ".join(CARD.split())
    counts = dict(zip(departments, np.bincount(tree[:, 2]), strict=True))
    shares = f"fruit ({counts['Fruit']} products), packages ({counts['Packages']}), vegetables ({counts['Vegetables']})"
    assert shares in CARD
    photographs = list(ROOT.rglob("*_*.jpg"))
    photographs.remove(ROOT / "contact_sheet.jpg")
    assert f"{len(photographs)} photographs" in CARD
    (stated,) = re.findall(r"\| size \| (\d+\.\d) MB", CARD)
    files = [path for path in ROOT.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) == pytest.approx(float(stated) * 1e6, abs=0.06e6)
    assert float(stated) <= 8


def test_licence_and_authors_stand_beside_the_photographs() -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert licence.startswith("MIT License\n\nCopyright (c) 2019 Marcus Klasson")
    assert "Marcus Klasson, Cheng Zhang and Hedvig Kjellström" in CARD
    assert "https://github.com/marcusklasson/GroceryStoreDataset" in CARD


def test_photographs_left_out_are_not_here_and_the_card_counts_them() -> None:
    numbers = {start.rpartition("/")[2]: 0 for start in LEFT_OUT}
    for start, left_out in LEFT_OUT.items():
        numbers[start.rpartition("/")[2]] += len(left_out)
        for number in left_out:
            assert not (ROOT / f"{start}_{number:03}.jpg").exists()
    yoghurts = sum(count for name, count in numbers.items() if name.endswith("Yoghurt"))
    assert f"- {yoghurts} of three yoghurts" in CARD
    assert numbers["Pomegranate"] == 2
    assert numbers["Arla-Standard-Milk"] == 1


def test_a_choice_is_spread_over_the_list_of_each_product() -> None:
    lines = [f"train/Fruit/Plum/Plum_{i:03}.jpg, 24, 15" for i in range(24)]
    lines += [f"train/Fruit/Pomegranate/Pomegranate_{i:03}.jpg, 25, 16" for i in range(8, 16)]
    numbers = [int(line.split(",")[0][-7:-4]) for line in choose(lines)]
    assert numbers[:PER_PRODUCT] == [2, 6, 10, 14, 18, 22]
    assert numbers[PER_PRODUCT:] == [8, 9, 10, 13, 14, 15]  # of 7, since 11 is left out


@pytest.mark.skipif(not WHOLE.is_dir(), reason="needs $SUPRANK_EDU_DATA/grocery")
@pytest.mark.parametrize("split", ["train", "test"])
def test_the_script_takes_the_same_photographs_of_the_whole_set_again(split: str) -> None:
    assert choose((WHOLE / f"{split}.txt").read_text().splitlines()) == lines_of(split)
    assert (WHOLE / "classes.csv").read_bytes() == (ROOT / "classes.csv").read_bytes()
    assert read("grocery", WHOLE, split).class_names == load_samples("groceries", split).class_names
    for line in lines_of(split)[::97]:
        path = line.split(", ")[0]
        with Image.open(ROOT / path) as committed, Image.open(WHOLE / path) as original:
            off = np.abs(np.asarray(committed.convert("RGB"), float) - np.asarray(original.convert("RGB"), float))
        assert off.mean() < 8, path  # grey values: what JPEG loses; another photograph is off by 40
        assert abs(len(shrink(WHOLE / path)) - (ROOT / path).stat().st_size) < 200, path


def test_stored_embeddings_are_those_of_the_pretrained_network() -> None:
    network = pretrained()
    assert weights_hash(network) in CARD
    for split, some in (("train", [0, 200]), ("test", [485])):
        stored = sample_embeddings("groceries", split)
        assert stored.shape == (486, 1280)
        assert stored.dtype == torch.float32
        again = embed(network, load_samples("groceries", split).subset(some))
        assert torch.allclose(stored[some], again, atol=3e-4)  # halves of values up to 0.3
        assert torch.allclose(stored.norm(dim=1), torch.ones(486), atol=1e-5)


def test_the_card_states_the_values_of_the_stored_embeddings() -> None:
    gallery, queries = sample_embeddings("groceries", "train"), sample_embeddings("groceries", "test")
    labels = load_samples("groceries", "test").labels
    mean = evaluate(queries, labels, gallery, labels, ks=(1,)).mean
    first = ", ".join(f"{mean[f'R@1/column{c}']:.2f} for {what}" for c, what in enumerate(("the product", "its kind")))
    words = " ".join(CARD.split())
    assert f"R@1 {first}, {mean['R@1/column2']:.2f} for the department" in words
    values = f"mAP@R of the product {mean['mAP@R/column0']:.2f}, H-AP {mean['H-AP']:.2f}, NDCG {mean['NDCG']:.2f}"
    assert values in words
    alone = evaluate(queries, labels, ks=(1,)).mean["R@1/column0"]
    assert f"against the other 485 of test has R@1 {alone:.2f}" in words


def test_the_ten_queries_show_the_mistakes_they_are_named_for() -> None:
    gallery, queries = load_samples("groceries", "train"), load_samples("groceries", "test")
    scores = sample_embeddings("groceries", "test") @ sample_embeddings("groceries", "train").T  # (486, 486)
    ten = sample_queries()
    assert len({query.product for query in ten}) == 10
    assert Counter(query.mistake for query in ten) == {"same kind": 4, "same department": 3, "another department": 3}
    for query in ten:
        labels = queries.labels[query.index]
        assert queries.class_names[0][labels[0]] == query.product
        order = scores[query.index].argsort(descending=True)
        wrong = next(gallery.labels[i] for i in order if gallery.labels[i, 0] != labels[0])
        shared = int((wrong == labels).sum())
        assert ["another department", "same department", "same kind"][shared] == query.mistake
        assert query.why.endswith(".")


def test_only_groceries_have_stored_embeddings() -> None:
    with pytest.raises(ValueError, match=r"`name`: got 'mini_landmarks', expected 'groceries'"):
        sample_embeddings("mini_landmarks")
    with pytest.raises(ValueError, match=r"`split`: got 'val', expected 'train' or 'test'"):
        sample_embeddings("groceries", "val")
