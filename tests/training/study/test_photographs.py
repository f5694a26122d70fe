"""Photographs in studies: a head on frozen features, and the whole network after it, on a miniature of the groceries."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageColor

from suprank_edu.data import read
from suprank_edu.metrics import Evaluation
from suprank_edu.training import Protocol, embed
from suprank_edu.training.__main__ import main
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


def colours(root: Path, splits: dict[str, str]) -> None:
    """Write photographs of one colour a class, six each, into `root/split/class` or `root/class`."""
    draw = np.random.default_rng(0)
    for folder, colour in splits.items():
        for i in range(6):
            (root / folder).mkdir(parents=True, exist_ok=True)
            noise = draw.integers(0, 60, (40, 40, 3), dtype=np.uint8)
            (Image.fromarray(noise + np.array(ImageColor.getrgb(colour), dtype=np.uint8) // 2)).save(
                root / folder / f"{i}.jpg"
            )


def command(*arguments: object) -> None:
    assert main([str(argument) for argument in arguments]) == 0


def test_photographs_of_ones_own_from_a_folder_to_an_evaluation(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without splits the classes are drawn: half to train on, and each of the others' photographs a query."""
    colours(shop / "mine", {"warm/red": "red", "warm/orange": "orange", "cold/blue": "blue", "cold/navy": "navy"})
    small = ["--set", "steps=3", "image_size=32", "--device", "cpu"]
    command("run", "folder", "sup-ap", "--data", shop / "mine", "--out", shop / "run", *small)
    command("evaluate", shop / "run", "--device", "cpu")
    assert "R@1" in capsys.readouterr().out
    found = Evaluation.load(shop / "run" / "evaluation-last.npz")
    assert found.settings["queries"] == found.settings["gallery"] == 12
    assert json.loads((shop / "run" / "run.json").read_text())["setting"] == "folder"
    command("export", shop / "run", shop / "network.pt2")
    exported = torch.export.load(shop / "network.pt2").module()
    images = torch.rand(3, 3, 32, 32)
    assert torch.allclose(exported(images), Run.load(str(shop / "run")).network()(images), atol=1e-5)


def test_other_visits_are_looked_for_among_those_trained_on(shop: Path) -> None:
    colours(
        shop / "mine",
        {f"{split}/{name}": name for split in ("train", "test") for name in ("red", "blue", "green")},
    )
    small = ["--set", "steps=2", "image_size=32", "--device", "cpu", "--fine-tune"]
    command("run", "folder", "sup-ap", "--data", shop / "mine", "--out", shop / "run", *small)
    command("evaluate", shop / "run", "--device", "cpu")
    assert json.loads((shop / "run" / "run.json").read_text())["setting"] == "folder-fine-tune"
    found = Evaluation.load(shop / "run" / "evaluation-last.npz")
    assert (found.settings["queries"], found.settings["gallery"]) == (18, 18)
    assert found.mean["R@1/column0"] > 0.9, "colours are easily told apart"


def test_only_photographs_are_fine_tuned_by_that_name(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "omniglot", "sup-ap", "--out", str(shop / "run"), "--fine-tune"]) == 1
    assert "`--fine-tune`: got 'omniglot', expected 'grocery' or 'folder'" in capsys.readouterr().err
