"""A run that is broken at any moment goes on from its last complete checkpoint, and ends as if nothing had happened."""

import io
import math
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from training import to_be_killed
from training.small_networks import GroupNormNet, weights

from suprank_edu.data import MPerClassBatches, load_samples, read
from suprank_edu.losses import RankLoss, SupAPLoss, SupRecallLoss, roadmap
from suprank_edu.metrics import evaluate
from suprank_edu.training import (
    Checkpoints,
    Protocol,
    Recipe,
    SmallCNN,
    TrainingError,
    Validation,
    checkpoint,
    embed,
    fit,
)

GLYPHS = read("standin")
RECIPE = Recipe(steps=6, batch_size=16, image_size=16, lr=1e-2, memory_size=40, embed_at_once=8)


def proxies() -> RankLoss:
    torch.manual_seed(1)
    return roadmap(num_classes=40, embedding_size=8)


def network() -> GroupNormNet:
    torch.manual_seed(0)
    return GroupNormNet(torch.float32, dropout=0.3)


def train(folder: Path | None, recipe: Recipe = RECIPE, loss: Any = None, model: Any = None, **settings: Any) -> Any:
    checkpoints = None if folder is None else Checkpoints(folder, every=2)
    settings = {"device": "cpu", "progress": False, "checkpoints": checkpoints} | settings
    return fit(recipe, GLYPHS, loss or SupAPLoss(), model=model or network(), **settings)


class Broken(Exception):
    """What interrupts a run."""


def break_at(step: int) -> Any:
    def callback(now: int, metrics: Any) -> None:
        if now == step:
            raise Broken

    return callback


@pytest.mark.parametrize("step", [1, 2, 3, 5])
def test_a_broken_run_ends_with_the_same_bits(step: int, tmp_path: Path) -> None:
    """Dropout, a memory, two passes and Adam: all of it has a state."""
    unbroken = train(None)
    with pytest.raises(Broken):
        train(tmp_path, callbacks=[break_at(step)])
    resumed = train(tmp_path)
    assert torch.equal(weights(resumed.model), weights(unbroken.model))
    assert [e["loss"] for e in resumed.history] == [e["loss"] for e in unbroken.history]
    assert [e["step"] for e in resumed.history] == [1, 2, 3, 4, 5, 6]


def test_proxies_and_evaluations_are_kept_too(tmp_path: Path) -> None:
    recipe = Recipe.from_dict(RECIPE.to_dict() | {"memory_size": 0})
    validation = Validation(read("standin", split="test"), every=2)
    losses = [proxies(), proxies()]
    unbroken = train(None, recipe, losses[0], validation=validation)
    with pytest.raises(Broken):
        train(tmp_path, recipe, proxies(), validation=validation, callbacks=[break_at(5)])
    resumed = train(tmp_path, recipe, losses[1], validation=validation)
    assert resumed.evaluations == unbroken.evaluations
    assert [e["step"] for e in resumed.evaluations] == [2, 4, 6]
    for one, other in zip(losses[0].parameters(), losses[1].parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_finished_run_is_only_read(tmp_path: Path) -> None:
    first = train(tmp_path)
    before = (tmp_path / "last.pt").stat().st_mtime_ns
    again = train(tmp_path)
    assert torch.equal(weights(first.model), weights(again.model))
    assert again.history == first.history
    assert (tmp_path / "last.pt").stat().st_mtime_ns == before


def test_the_best_weights_are_those_of_the_best_evaluation(tmp_path: Path) -> None:
    seen = []

    def remember(step: int, metrics: Any) -> None:
        if "mAP@R/column0" in metrics:
            seen.append((metrics["mAP@R/column0"], step))

    validation = Validation(read("standin", split="test"), every=1)
    result = train(tmp_path, callbacks=[remember], validation=validation)
    best = checkpoint.load(tmp_path / "best.pt")
    assert best["step"] == max(seen, key=lambda pair: (pair[0], -pair[1]))[1]
    assert len(seen) == len(result.evaluations) == 6


def test_training_stops_when_nothing_gets_better() -> None:
    recipe = Recipe.from_dict(RECIPE.to_dict() | {"lr": 1e-9, "steps": 30})
    validation = Validation(read("standin", split="test"), every=1, patience=3)
    result = train(None, recipe, validation=validation)
    values = [e["mAP@R/column0"] for e in result.evaluations]
    assert len(values) < 30
    assert values.index(max(values)) == len(values) - 4


def test_evaluation_every_so_many_epochs() -> None:
    recipe = Recipe.from_dict(RECIPE.to_dict() | {"steps": 5})
    validation = Validation(read("standin", split="test"), epochs=1)
    batches = MPerClassBatches(GLYPHS.labels, recipe.batch_size, recipe.per_class, num_batches=2)
    result = train(None, recipe, validation=validation, batches=batches)
    assert [entry["step"] for entry in result.evaluations] == [2, 4, 5]  # epochs of two steps, and the end
    in_images = len(GLYPHS) // recipe.batch_size
    whole = Recipe.from_dict(RECIPE.to_dict() | {"steps": in_images + 1})
    assert [entry["step"] for entry in train(None, whole, validation=validation).evaluations] == [
        in_images,
        in_images + 1,
    ]


def test_a_step_that_ruins_the_network_does_not_replace_a_good_checkpoint(tmp_path: Path) -> None:
    """A finite loss may have a gradient that is none; its checkpoint is due, and must not be written."""
    calls: list[int] = []

    def loss(embeddings: Any, labels: Any) -> Any:
        calls.append(1)
        value = SupAPLoss()(embeddings, labels)
        return value + (0 * embeddings.sum()).square().sqrt() if len(calls) == 4 else value

    recipe = Recipe.from_dict(RECIPE.to_dict() | {"memory_size": 0})
    with pytest.raises(TrainingError, match="^step 4: NaN or infinity in the network that the step has made, on"):
        train(tmp_path, recipe, loss)
    kept = checkpoint.load(tmp_path / "last.pt")
    assert kept["step"] == 2
    assert all(value.isfinite().all() for value in kept["model"].values())


def test_an_evaluation_without_a_value_is_never_the_best_and_stops_nothing(tmp_path: Path, monkeypatch) -> None:
    values = iter([math.nan, math.nan, 0.2, math.nan, 0.3, math.nan])
    monkeypatch.setattr(Validation, "measure", lambda self, model: {self.monitor: next(values)})
    validation = Validation(read("standin", split="test"), every=1, patience=3)
    result = train(tmp_path, validation=validation)
    assert len(result.evaluations) == 6
    assert checkpoint.load(tmp_path / "best.pt")["step"] == 5


def test_a_gallery_without_positives_is_refused_before_the_first_step(tmp_path: Path) -> None:
    """Every evaluation would be NaN, and the first of them the best."""
    one_each = read("standin", split="test").subset(range(0, 480, 20))
    others = read("standin", split="test").subset(range(20))  # of a class of which the gallery holds none
    one_each = one_each.subset(range(1, 24))
    taken: list[int] = []
    for dataset in (one_each, Protocol(one_each, queries=others)):
        with pytest.raises(ValueError, match=r"`monitor`: got 'mAP@R/column0', but no query has an image of its class"):
            train(tmp_path, validation=Validation(dataset), callbacks=[lambda step, metrics: taken.append(step)])
    train(None, validation=Validation(one_each, monitor="mAP@R/column1"))  # they share alphabets
    assert taken == []
    assert list(tmp_path.iterdir()) == []


def test_queries_of_their_own_decide_what_is_best() -> None:
    unseen = read("standin", split="test")
    protocol = Protocol(unseen.subset(range(0, 480, 2)), queries=unseen.subset(range(1, 480, 2)), ks=(1, 3))
    result = train(None, validation=Validation(protocol, monitor="R@3/column0"))
    queries, gallery = (embed(result.model, part) for part in (protocol.queries, protocol.gallery))
    labels = [torch.from_numpy(part.labels) for part in (protocol.queries, protocol.gallery)]
    expected = evaluate(queries, labels[0], gallery, labels[1], ks=(1, 3)).mean
    assert result.evaluations == [{"step": 6} | expected]


# refusals ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recipe": Recipe.from_dict(RECIPE.to_dict() | {"lr": 0.5})}, r"lr: 0\.01 there, 0\.5 here"),
        ({"loss": SupRecallLoss()}, "loss: 'SupAPLoss' there, 'SupRecallLoss' here"),
    ],
)
def test_another_run_is_refused_with_the_difference(change: dict, message: str, tmp_path: Path) -> None:
    train(tmp_path)
    with pytest.raises(ValueError, match=rf"last\.pt: got a checkpoint of another run \({message}[;)]"):
        train(tmp_path, **change)


def test_other_data_and_other_batches_are_refused_with_the_difference(tmp_path: Path) -> None:
    train(tmp_path)
    where = {"device": "cpu", "progress": False, "checkpoints": Checkpoints(tmp_path)}
    fewer, shuffled = GLYPHS.subset(range(400)), GLYPHS.subset(range(len(GLYPHS) - 1, -1, -1))
    with pytest.raises(ValueError, match="data: '800 images with labels .* there, '400 images with labels"):
        fit(RECIPE, fewer, SupAPLoss(), model=network(), **where)
    with pytest.raises(ValueError, match="data: '800 images with labels .* there, '800 images with labels"):
        fit(RECIPE, shuffled, SupAPLoss(), model=network(), **where)
    others = MPerClassBatches(GLYPHS.labels, 16, 4, num_batches=3)
    with pytest.raises(ValueError, match="batches: '6 of MPerClassBatches' there, '3 of MPerClassBatches' here"):
        train(tmp_path, batches=others)


class InterruptedLoss(torch.nn.Module):
    """Sup-AP, in whose call of one number somebody presses the stop button of a notebook."""

    def __init__(self, call: int) -> None:
        super().__init__()
        self.loss, self.calls_left = SupAPLoss(), call

    def forward(self, *arguments: Any, **named: Any) -> torch.Tensor:
        self.calls_left -= 1
        if self.calls_left == 0:
            signal.raise_signal(signal.SIGINT)
        value: torch.Tensor = self.loss(*arguments, **named)
        return value


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """What Ctrl-C does in a terminal; what a shell runs in the background, and what that starts, ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_a_notebook_that_is_stopped_in_a_step_goes_on_from_the_last_whole_checkpoint(tmp_path: Path) -> None:
    unbroken = train(None, loss=InterruptedLoss(0))
    stopped = network()
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, loss=InterruptedLoss(6), model=stopped)
    assert [path.name for path in tmp_path.iterdir()] == ["last.pt"]
    assert 0 < checkpoint.load(tmp_path / "last.pt")["step"] < 6
    resumed = train(tmp_path, loss=InterruptedLoss(0), model=stopped)  # the cell is run again
    assert torch.equal(weights(resumed.model), weights(unbroken.model))


def test_an_interrupt_in_the_middle_of_a_write_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(io.BytesIO):
        def write(self, content: Any) -> int:
            if self.tell() > 1000:
                raise KeyboardInterrupt
            return super().write(content)

    monkeypatch.setattr(checkpoint, "replacing", lambda path: Interrupted())
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(tmp_path / "last.pt", {"weights": torch.zeros(10_000)})


def test_half_files_of_killed_runs_do_not_pile_up(tmp_path: Path) -> None:
    halves = [tmp_path / f".{name}.pt.{number:08x}.part" for name in ("last", "best") for number in range(3)]
    for path in [*halves, tmp_path / ".mine.part", tmp_path / "notes.part"]:
        path.write_bytes(b"half")
    train(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"last.pt", ".mine.part", "notes.part"}


def test_another_network_is_refused_with_the_difference(tmp_path: Path) -> None:
    train(tmp_path)
    other = network()
    other.head = torch.nn.Linear(8 * 16, 5)
    with pytest.raises(ValueError, match=r"head\.weight: \(8, 128\) there, \(5, 128\) here"):
        train(tmp_path, model=other)


class Evil:
    def __reduce__(self) -> Any:
        return os.mkdir, ("evil",)


def test_files_that_are_no_checkpoints_are_refused_and_run_nothing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "last.pt"
    for content in (b"", b"no checkpoint", pickle.dumps(Evil(), protocol=2)):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"last\.pt: got no readable checkpoint"):
            train(tmp_path)
    torch.save(Evil(), path)
    with pytest.raises(ValueError, match="no readable checkpoint"):
        train(tmp_path)
    for version, why in ((99, ""), (1, "; its losses were made of five numbers, where they take `step` now")):
        torch.save({"format": version}, path)
        with pytest.raises(
            ValueError, match=rf"got a checkpoint of format {version}, expected 2{why}.*; the version of"
        ):
            train(tmp_path)
    assert not (tmp_path / "evil").exists()


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    train(tmp_path)
    path = tmp_path / "last.pt"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="no readable checkpoint"):
        train(tmp_path)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("PytorchStreamWriter failed")])
def test_a_full_disk_loses_no_earlier_checkpoint(error: Exception, tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(Broken):
        train(tmp_path, callbacks=[break_at(3)])
    kept = (tmp_path / "last.pt").read_bytes()

    def full(state: Any, file: Any) -> None:
        file.write(b"half of it")
        raise error

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(TrainingError, match=r"could not be written \(.*\); the checkpoint before it is untouched"):
        train(tmp_path)
    assert (tmp_path / "last.pt").read_bytes() == kept
    assert [path.name for path in tmp_path.iterdir()] == ["last.pt"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: Checkpoints(folder, every=0), "`every`: got 0"),
        (lambda folder: Checkpoints(__file__), "`folder`: got the file .*, expected a folder"),
        (lambda folder: Validation(GLYPHS, every=0), "`every`: got 0"),
        (lambda folder: Validation(GLYPHS, patience=0), "`patience`: got 0"),
        (lambda folder: Validation(GLYPHS, epochs=0), "`epochs`: got 0"),
        (
            lambda folder: train(None, validation=Validation(GLYPHS, monitor="R@3"), callbacks=[break_at(1)]),
            "`monitor`: got 'R@3', expected 'R@1/column0'",
        ),
        (
            lambda folder: train(
                None, model=SmallCNN(16), validation=Validation(load_samples()), callbacks=[break_at(1)]
            ),
            "`dataset`: got images of 3 channels, expected 1, as the model takes",
        ),
    ],
)
def test_bad_settings_are_named(make: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        make(tmp_path)


# SIGKILL -------------------------------------------------------------------------------------------------------------


def start(folder: Path, *options: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, str(to_be_killed.__file__), str(folder), *options], stderr=subprocess.PIPE)


def half_written(folder: Path) -> set[Path]:
    return set(folder.glob(".last.pt.*"))


def where_it_was(folder: Path, before: set[Path]) -> str:
    """Tell from what a killed run of twelve steps left, with a checkpoint after each, where it was."""
    step = checkpoint.load(folder / "last.pt")["step"]
    sizes = [path.stat().st_size for path in half_written(folder) - before]
    at = f"in step {step + 1}" if step < 12 else "after the last step"
    doing = f"in the middle of writing its checkpoint ({sizes[0]:,} bytes were there)" if sizes else "not writing"
    return f"killed {at}, {doing}; the last complete checkpoint is of step {step}"


def assert_same_end(unbroken: Path, killed: Path) -> None:
    expected, found = (checkpoint.load(folder / "last.pt") for folder in (unbroken, killed))
    assert found["step"] == expected["step"] == 12
    assert found["model"].keys() == expected["model"].keys()
    assert all(torch.equal(found["model"][name], value) for name, value in expected["model"].items())


def kill_in_save(folder: Path, number: int) -> None:
    """Kill a run in the middle of writing its checkpoint of this number."""
    before = half_written(folder)
    assert start(folder, f"die_in_save={number}").wait() == -9
    (half,) = half_written(folder) - before
    with pytest.raises(ValueError, match="no readable checkpoint"):
        checkpoint.load(half)
    print(where_it_was(folder, before))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_while_it_writes_it_ends_with_the_same_bits(tmp_path: Path) -> None:
    to_be_killed.main(str(tmp_path / "unbroken"))
    kill_in_save(tmp_path / "killed", 5)
    to_be_killed.main(str(tmp_path / "killed"))
    assert_same_end(tmp_path / "unbroken", tmp_path / "killed")


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_at_any_moment_it_ends_with_the_same_bits(tmp_path: Path) -> None:
    """Tells, with ``pytest -s``, where each kill struck."""
    assert start(tmp_path / "unbroken").wait() == 0
    folder, kills = tmp_path / "killed", 2
    # In the middle of writing the second and the fifth checkpoint, then at moments of nobody's choosing.
    for number in (2, 5):
        kill_in_save(folder, number)
    for patience in (0.0, 0.05):
        steps, before = checkpoint.load(folder / "last.pt")["step"], half_written(folder)
        process = start(folder)
        while process.poll() is None and checkpoint.load(folder / "last.pt")["step"] <= steps:
            time.sleep(0.02)
        time.sleep(patience)
        process.kill()
        killed = process.wait() == -9
        kills += killed
        print(where_it_was(folder, before) if killed else "came to its end before it could be killed")
    process = start(folder)
    assert process.wait() == 0, process.stderr and process.stderr.read().decode()[-2000:]
    assert_same_end(tmp_path / "unbroken", folder)
    print(f"after {kills} kills all weights equal to the unbroken run's, bit for bit")


RUN = """
import sys
sys.path[:0] = [{tests!r}]
from training import to_be_killed
to_be_killed.main({folder!r})
"""


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.skipif(sys.platform == "win32", reason="a kernel is interrupted otherwise there")
def test_a_notebook_interrupted_at_any_moment_goes_on_in_the_same_kernel(tmp_path: Path) -> None:
    """The stop button of JupyterLab, at moments of nobody's choosing; then the cell is run again."""
    from jupyter_client.manager import start_new_kernel

    to_be_killed.main(str(tmp_path / "unbroken"))
    folder, stops = tmp_path / "stopped", 0
    manager, client = start_new_kernel()
    try:
        cell = RUN.format(tests=str(Path(__file__).parents[1]), folder=str(folder))
        for patience in (0.0, 0.03, 0.07):
            before = checkpoint.load(folder / "last.pt")["step"] if (folder / "last.pt").exists() else 0
            asked = client.execute(cell)
            end = time.monotonic() + 60
            while time.monotonic() < end:
                if (folder / "last.pt").exists() and checkpoint.load(folder / "last.pt")["step"] > before:
                    break
                time.sleep(0.005)
            time.sleep(patience)
            manager.interrupt_kernel()
            answer = client.get_shell_msg(timeout=60)
            assert answer["parent_header"]["msg_id"] == asked
            stops += answer["content"].get("ename") == "KeyboardInterrupt"
            assert checkpoint.load(folder / "last.pt")["step"] > before
        assert stops, "no interrupt struck a run"
        answer = client.execute_interactive(cell, timeout=120, output_hook=lambda message: None)
        assert answer["content"]["status"] == "ok", answer["content"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert_same_end(tmp_path / "unbroken", folder)
