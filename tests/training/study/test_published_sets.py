"""Every published setting from the shell, on its data set in miniature: dry run, a step, evaluation."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from transformers import AutoModel, ResNetConfig

from suprank_edu.metrics import Evaluation
from suprank_edu.training.__main__ import main
from suprank_edu.training.networks import backbones

sys.path.insert(0, str(Path(__file__).parents[2] / "data" / "readers"))

import miniature

TREES: dict[str, Callable[[Path], None]] = {
    "sop": miniature.sop,
    "cub": miniature.cub,
    "cars196": miniature.cars196,
    "inshop": miniature.inshop,
    "inat-base": miniature.inat2018,
    "inat-full": miniature.inat2018,
    "dyml-vehicle": miniature.dyml,
    "dyml-animal": miniature.dyml,
    "dyml-product": miniature.dyml,
    "h-gldv2": miniature.gldv2,
}
QUERIES = {"inshop": 2, "dyml-vehicle": 2, "dyml-animal": 2, "dyml-product": 3, "h-gldv2": 2}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A network that nobody has to download; remembers what was asked for."""
    asked: list[object] = []
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic")

    def network(name: object) -> tuple[object, object]:
        asked.append(name)
        return AutoModel.from_config(config), backbones.IMAGENET

    monkeypatch.setattr(backbones, "_network", network)
    return asked


@pytest.mark.slow
@pytest.mark.parametrize("name", TREES)
def test_dry_run_run_and_evaluate(name: str, tmp_path: Path, tiny: list[object], capsys) -> None:
    data, folder = tmp_path / "data", tmp_path / "run"
    TREES[name](data)
    where = ["--data", str(data), "--device", "cpu"]
    small = ["--set", "batch_size=4", "per_class=2", "image_size=32", "embedding_size=8"]
    command = ["run", name, "happier", "--out", str(folder), *where]
    assert main([*command, "--dry-run", *small]) == 0, capsys.readouterr().err
    assert "peak memory" in capsys.readouterr().out
    assert not folder.exists()
    assert main([*command, *small, "steps=1"]) == 0, capsys.readouterr().err
    assert main(["evaluate", str(folder), "--data", str(data)]) == 0, capsys.readouterr().err
    found = Evaluation.load(folder / "evaluation-last.npz")
    if name in QUERIES:
        assert {len(values) for values in found.per_query.values()} == {QUERIES[name]}
    # A ResNet from scratch is asked for by its configuration, one with weights by its name.
    assert all(isinstance(one, ResNetConfig) == (name in ("dyml-vehicle", "dyml-animal")) for one in tiny)
