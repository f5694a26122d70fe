"""Every published setting from the shell, on its data set in miniature: dry run, a step, evaluation."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from transformers import AutoModel, ResNetConfig

from suprank_edu.metrics import Evaluation
from suprank_edu.training import checkpoint
from suprank_edu.training.__main__ import main
from suprank_edu.training.networks import backbones

sys.path.insert(0, str(Path(__file__).parents[2] / "data" / "readers"))

import miniature

TREES: dict[str, Callable[[Path], None]] = {
    "grocery": miniature.grocery,
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
QUERIES = {"grocery": 4, "inshop": 2, "dyml-vehicle": 2, "dyml-animal": 2, "dyml-product": 3, "h-gldv2": 2}


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


INSHOP = ["--set", "batch_size=4", "per_class=2", "image_size=32", "embedding_size=8", "steps=2"]


@pytest.mark.slow
def test_along_the_way_and_at_the_end_a_set_is_judged_by_one_protocol(tmp_path: Path, tiny: list[object]) -> None:
    """Each image of this gallery is the only one of its product there: against one another they have no mAP at all."""
    miniature.inshop(tmp_path / "data")
    folder = tmp_path / "run"
    where = ["--data", str(tmp_path / "data"), "--device", "cpu"]
    command = ["run", "inshop", "sup-ap", "--out", str(folder), *where, "--evaluate-every", "1"]
    assert main([*command, *INSHOP]) == 0
    assert main(["evaluate", str(folder), *where]) == 0
    at_the_end = Evaluation.load(folder / "evaluation-last.npz").mean
    along_the_way = checkpoint.load(folder / "last.pt")["evaluations"][-1]
    assert at_the_end == pytest.approx({key: along_the_way[key] for key in at_the_end})
    assert at_the_end["mAP/column0"] > 0


@pytest.mark.slow
def test_a_refused_command_changes_nothing(tmp_path: Path, tiny: list[object], capsys) -> None:
    """`resume` with other data is refused; the run must not name them afterwards, as if it had been trained on them."""
    miniature.inshop(tmp_path / "data")
    miniature.inshop(tmp_path / "other")
    listed = tmp_path / "other" / "list_eval_partition.txt"
    listed.write_text(listed.read_text().replace("id_00000007    train", "id_00000002    train"))
    folder = tmp_path / "run"
    command = ["run", "inshop", "sup-ap", "--out", str(folder), "--data", str(tmp_path / "data"), "--device", "cpu"]
    assert main([*command, *INSHOP]) == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    wrong = ["--data", str(tmp_path / "other"), "--evaluate-every", "1"], ["--evaluate-every", "0"], ["--device", "xpu"]
    for options in wrong:
        capsys.readouterr()
        assert main(["resume", str(folder), *options]) == 1
        assert capsys.readouterr().err.startswith("error: ")
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.slow
def test_a_run_is_the_same_from_wherever_one_stands(tmp_path: Path, tiny: list[object], monkeypatch) -> None:
    miniature.inshop(tmp_path / "here" / "data")
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    command = [
        "run",
        "inshop",
        "sup-ap",
        "--out",
        "run",
        "--data",
        "data",
        "--device",
        "cpu",
        "--tensorboard",
        "curves",
    ]
    assert main([*command, *INSHOP]) == 0
    monkeypatch.chdir(tmp_path / "there")
    folder = str(tmp_path / "here" / "run")
    assert main(["evaluate", folder]) == 0
    assert main(["resume", folder]) == 0
    assert list((tmp_path / "there").iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("split", ["gallery", "query"])
@pytest.mark.parametrize("damage", ["missing", "broken"])
def test_the_dry_run_looks_at_the_test_images_too(
    split: str, damage: str, tmp_path: Path, tiny: list[object], capsys
) -> None:
    miniature.inshop(tmp_path / "data")
    path = tmp_path / "data" / next(path for path, _, of in miniature.INSHOP_ROWS if of == split)
    path.unlink() if damage == "missing" else path.write_bytes(b"no image")
    where = ["--out", str(tmp_path / "run"), "--data", str(tmp_path / "data"), "--device", "cpu"]
    for how in (["--dry-run"], ["--evaluate-every", "2"]):
        assert main(["run", "inshop", "sup-ap", *where, *how, *INSHOP]) == 1
        said = capsys.readouterr()
        assert str(path) in said.err.splitlines()[-1]
        assert "loss=" not in said.err  # no step was taken
        assert not (tmp_path / "run").exists()
