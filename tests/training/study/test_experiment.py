"""One measured run: what is trained on, what is measured, what is written."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from suprank_edu import naive
from suprank_edu.data import RetrievalDataset, read
from suprank_edu.metrics import Evaluation
from suprank_edu.steps import PUBLISHED, SupStep
from suprank_edu.training.protocol import Embedded
from suprank_edu.training.study import experiment, measures
from suprank_edu.training.study.experiment import Experiment, hold_out
from suprank_edu.training.study.measures import measured_gap, mild_share, retrieved_positions

sys.path.insert(0, str(Path(__file__).parents[2] / "data" / "readers"))

import miniature

TINY = (("steps", 3), ("batch_size", 16), ("image_size", 16), ("channels", (4, 8)), ("embedding_size", 8))


def test_hold_out_divides_classes_within_each_parent() -> None:
    whole = read("standin")
    train, held = hold_out(whole)
    for parent in np.unique(whole.labels[:, 1]):
        inside = [np.unique(part.labels[part.labels[:, 1] == parent, 0]).tolist() for part in (train, held)]
        classes = np.unique(whole.labels[whole.labels[:, 1] == parent, 0]).tolist()
        assert sorted(inside[0] + inside[1]) == classes
        assert inside[1] == classes[3::4]
    assert len(train) + len(held) == len(whole)


def test_hold_out_without_parents() -> None:
    classes = np.repeat(np.arange(9), 2)
    flat = RetrievalDataset(
        [b""] * 18, classes, column_names=["class"], class_names=[list("abcdefghi")], licence="none", source="none"
    )
    train, held = hold_out(flat)
    assert sorted(set(held.labels[:, 0])) == [3, 7]
    assert sorted(set(train.labels[:, 0])) == [0, 1, 2, 4, 5, 6, 8]


def test_groceries_are_looked_for_among_those_of_other_visits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    miniature.grocery(tmp_path / "grocery")
    monkeypatch.setenv("SUPRANK_EDU_DATA", str(tmp_path))
    for kept in (experiment._read, experiment._protocol, experiment._validation):
        kept.cache_clear()
    for on, queries in (("test", "test"), ("validation", "val")):
        train, protocol = Experiment("grocery", "sup-ap", 1e-3, on=on)._read()
        expected = [read("grocery", tmp_path / "grocery", split) for split in ("train", queries, "train")]
        assert [list(part.items) for part in (train, protocol.queries, protocol.gallery)] == [
            list(part.items) for part in expected
        ]
    for kept in (experiment._read, experiment._protocol, experiment._validation):
        kept.cache_clear()


def test_a_run_says_what_its_loss_was_made_with() -> None:
    own, base = (
        Experiment("mini-landmarks", loss, 1e-3, on="validation", changes=TINY).run("cpu")[0]
        for loss in ("sup-ap-rho10", "sup-ap")
    )
    assert own["made_with"]["loss.step"] == repr(SupStep(rho=10.0))
    assert base["made_with"]["loss.step"] == repr(PUBLISHED)


def test_batches_hold_every_image_once_with_so_many_of_a_class() -> None:
    classes = np.repeat(np.arange(10), 12)
    batches = measures._batches(classes, 20, 4, np.random.default_rng(1))
    assert sorted(np.concatenate(batches).tolist()) == list(range(120))
    assert [len(batch) for batch in batches] == [20] * 6
    for batch in batches:
        of_class = np.bincount(classes[batch])
        assert (of_class % 4 == 0).all()


def test_measured_gap_is_that_of_the_definition() -> None:
    draw = torch.Generator().manual_seed(3)
    embeddings = torch.nn.functional.normalize(torch.randn(24, 5, generator=draw), dim=1)
    classes = np.repeat(np.arange(4), 6)
    batches = measures._batches(classes, 8, 2, np.random.default_rng(0))
    expected = []
    for query in range(24):
        scores = (embeddings @ embeddings[query]).tolist()

        def precision(items: list[int], scores: list[float] = scores, query: int = query) -> float | None:
            items = [i for i in items if i != query]
            relevant = [int(classes[i] == classes[query]) for i in items]
            return naive.average_precision([scores[i] for i in items], relevant) if any(relevant) else None

        in_batches = [value for batch in batches if (value := precision(batch.tolist())) is not None]
        whole = precision(list(range(24)))
        assert whole is not None
        expected.append(sum(in_batches) / len(in_batches) - whole)
    assert measured_gap(Embedded(embeddings, torch.from_numpy(classes)[:, None]), size=8, per_class=2) == pytest.approx(
        np.mean(expected), abs=1e-6
    )


def test_of_many_queries_the_gap_is_measured_on_some(monkeypatch: pytest.MonkeyPatch) -> None:
    embeddings = torch.nn.functional.normalize(torch.randn(24, 5, generator=torch.Generator().manual_seed(3)), dim=1)
    embedded = Embedded(embeddings, torch.arange(4).repeat_interleave(6)[:, None])
    whole = measures.gaps_of_queries(embedded, size=8, per_class=2)
    monkeypatch.setattr(measures, "_GAP_QUERIES", 7)
    some = measures.gaps_of_queries(embedded, size=8, per_class=2)
    assert np.isfinite(whole).all()
    assert np.isfinite(some).sum() == 7
    assert some[np.isfinite(some)] == pytest.approx(whole[np.isfinite(some)], abs=1e-12)


def test_positions_in_a_large_gallery_are_kept_whole() -> None:
    """In 16 bits, place 65,536 would be place 0."""
    angles = torch.linspace(0, 3, 66_000)
    gallery = torch.stack([angles.cos(), angles.sin()], dim=1)  # (G, 2), each next to its neighbours in number
    asked = torch.tensor([3, 40_000, 65_990])
    found = retrieved_positions(Embedded(gallery[asked], asked[:, None], gallery, torch.arange(66_000)[:, None]))
    assert np.abs(found.astype(np.int64) - asked[:, None].numpy()).max() < 100
    assert retrieved_positions(Embedded(gallery[:300], torch.zeros(300, 1).long())).dtype == np.uint16


def test_the_gap_of_queries_of_their_own_is_that_in_their_gallery() -> None:
    draw = torch.Generator().manual_seed(4)
    embeddings = torch.nn.functional.normalize(torch.randn(24, 5, generator=draw), dim=1)
    classes = np.repeat(np.arange(4), 6)
    queries, gallery = slice(0, None, 3), np.arange(24) % 3 > 0
    labels, own = torch.from_numpy(classes)[:, None], embeddings[queries]
    batches = measures._batches(classes[gallery], 8, 2, np.random.default_rng(0))
    expected = []
    for query, of_query in zip(own, classes[queries], strict=True):
        scores, relevant = (embeddings[gallery] @ query).tolist(), (classes[gallery] == of_query).astype(int).tolist()
        values = [
            naive.average_precision([scores[i] for i in batch], [relevant[i] for i in batch])
            for batch in batches
            if any(relevant[i] for i in batch)
        ]
        expected.append(sum(values) / len(values) - naive.average_precision(scores, relevant))
    embedded = Embedded(own, labels[queries], embeddings[gallery], labels[gallery])
    assert measured_gap(embedded, size=8, per_class=2) == pytest.approx(np.mean(expected), abs=1e-6)


def test_mild_share_by_counting() -> None:
    # Ten queries: six right, three wrong with the right parent, one wrong altogether.
    assert mild_share({"R@1/column0": 0.6, "R@1/column1": 0.9}) == pytest.approx(3 / 4)
    assert np.isnan(mild_share({"R@1/column0": 1.0, "R@1/column1": 1.0}))
    assert np.isnan(mild_share({"R@1/column0": 0.5}))


@pytest.mark.slow
def test_a_run_writes_what_it_measured(tmp_path: Path) -> None:
    one = Experiment("mini-landmarks", "roadmap-proxies", 1e-3, changes=TINY, proxy_rate=20)
    path = one.write(tmp_path, device="cpu")
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "roadmap-proxies_seed0-queries.npz",
        "roadmap-proxies_seed0.json",
        "roadmap-proxies_seed0.npz",
    ]
    found, arrays = json.loads(path.read_text()), np.load(path.with_suffix(".npz"))
    assert (found["loss"], found["lr"], found["seed"], found["on"]) == ("roadmap-proxies", 1e-3, 0, "test")
    assert (found["recipe"]["steps"], found["recipe"]["loss_lr"], found["proxy_rate"]) == (3, 0.02, 20)
    assert found["mild"] == pytest.approx(mild_share(found["metrics"]))
    assert set(found["gap"]) == {"train", "test", "batch"}
    assert found["gap"]["batch"] > found["gap"]["test"]  # in batches of 16, as in training, instead of 128
    labels = experiment._read("mini-landmarks", "test").labels[:, 0]
    best = labels[arrays["retrieved"][:, 0]] == labels  # the first retrieved image of each query
    assert best.mean() == pytest.approx(found["metrics"]["R@1/column0"], abs=1e-6)
    assert not (arrays["retrieved"] == np.arange(len(labels))[:, None]).any()
    assert arrays["ap"].mean() == pytest.approx(found["metrics"]["mAP/column0"], abs=1e-5)
    assert arrays["h_ap"].mean() == pytest.approx(found["metrics"]["H-AP"], abs=1e-5)
    of_queries = Evaluation.load(experiment.queries_file(path))
    assert list(of_queries.per_query) == list(measures.STORED)
    expected = {key: found["metrics"][key] for key in measures.STORED if key != "gap"}
    assert of_queries.mean == pytest.approx(expected | {"gap": found["gap"]["test"]}, abs=1e-4)
    np.testing.assert_allclose(of_queries.per_query["mAP/column0"], arrays["ap"], atol=2.5e-4)
    assert of_queries.classes is not None
    assert of_queries.classes.tolist() == labels.tolist()


@pytest.mark.slow
def test_every_seed_of_a_test_keeps_its_queries_and_only_the_first_its_lists(tmp_path: Path) -> None:
    for one in (
        Experiment("mini-landmarks", "sup-ap", 1e-3, 1, changes=TINY),
        Experiment("mini-landmarks", "sup-ap", 1e-3, on="validation", changes=TINY),
    ):
        one.write(tmp_path, device="cpu")
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("*/*"))
    assert written == ["test/sup-ap_seed1-queries.npz", "test/sup-ap_seed1.json", "validation/sup-ap_lr0.001.json"]


@pytest.mark.slow
def test_the_same_run_again_is_the_same_and_another_seed_is_not() -> None:
    def metrics(seed: int) -> object:
        return Experiment("mini-landmarks", "sup-ap", 2e-3, seed, "validation", TINY).run("cpu")[0]["metrics"]

    first = metrics(0)
    assert metrics(0) == first
    assert metrics(1) != first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "sup-ap", 1e-3), r"`setting`: got 'nowhere', expected 'omniglot'"),
        (("omniglot", "best", 1e-3), r"`loss`: got 'best', expected 'sup-ap'"),
        (("omniglot", "sup-ap", 1e-3, 0, "train"), r"`on`: got 'train', expected 'test' or 'validation'"),
    ],
)
def test_bad_input(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Experiment(*arguments)  # type: ignore[arg-type]
