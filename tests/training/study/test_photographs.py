"""Photographs in studies: a head on frozen features, and the whole network after it, on a miniature of the groceries."""

import json
import sys
from pathlib import Path

import pytest
import torch

from suprank_edu.data import read
from suprank_edu.metrics import Evaluation
from suprank_edu.training import Protocol, embed
from suprank_edu.training.study import Run, experiment, fill

sys.path.insert(0, str(Path(__file__).parents[2] / "data" / "readers"))

import miniature

SMALL = (("steps", 3), ("batch_size", 4), ("per_class", 2), ("image_size", 32), ("embedding_size", 8))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A miniature where settings look for the groceries, and an empty cache."""
    miniature.grocery(tmp_path / "grocery")
    monkeypatch.setenv("SUPRANK_EDU_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    kept = (experiment._read, experiment._protocol, experiment._validation)
    for one in kept:
        one.cache_clear()
    yield tmp_path
    for one in kept:
        one.cache_clear()


def test_a_table_of_heads_on_frozen_features(shop: Path) -> None:
    fill(shop / "out", "grocery", ["sup-ap", "happier"], seeds=2, lrs=[1e-3], changes=SMALL, device="cpu")
    files = list((shop / "cache" / "suprank-edu" / "embeddings").iterdir())
    assert len(files) == 2, "the photographs to train on, and the queries: computed once for four runs"
    found = json.loads((shop / "out" / "test" / "sup-ap_seed1.json").read_text())
    assert found["recipe"]["head_only"] == 1
    each = Evaluation.load(shop / "out" / "test" / "sup-ap_seed1-queries.npz")
    queries = read("grocery", shop / "grocery", "test")
    assert each.classes.tolist() == queries.labels[:, 0].tolist()
    assert each.mean["mAP/column0"] == pytest.approx(found["metrics"]["mAP/column0"], abs=1e-3)


@pytest.mark.parametrize("setting", ["grocery", "grocery-fine-tune"])
def test_a_run_is_judged_as_its_network_judges_the_photographs(shop: Path, setting: str) -> None:
    run = Run(setting, "sup-ap", str(shop / "run"), changes=dict(SMALL))
    run.train(evaluate={"every": 3}, progress=False, device="cpu")
    queries, gallery = (read("grocery", shop / "grocery", split) for split in ("test", "train"))
    network = run.network()
    expected = Protocol(gallery, queries).evaluate(network).mean
    assert run.evaluate(device="cpu").mean == pytest.approx(expected, nan_ok=True, abs=1e-5)
    assert (Path(run.folder) / "last.pt").exists()
    assert embed(network, queries).shape[1] == 8


def test_the_whole_network_begins_with_the_head_that_frozen_features_gave(shop: Path) -> None:
    frozen = Run("grocery", "sup-ap", str(shop / "head"), changes=dict(SMALL) | {"steps": 300, "lr": 5e-3})
    trained = frozen.prepare("cpu").fit(progress=False, device="cpu").model
    begins = Run("grocery-fine-tune", "sup-ap", str(shop / "whole"), changes=dict(SMALL)).prepare("cpu").model
    assert torch.equal(begins.head.weight, trained.head.weight)
