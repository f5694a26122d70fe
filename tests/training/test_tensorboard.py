"""What TensorBoard's own reader finds in the events of a run, also of one that was broken, killed or continued."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from training import to_be_killed
from training.small_networks import GroupNormNet

from suprank_edu.data import read
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import Checkpoints, FitResult, Recipe, TensorBoard, Validation, fit
from suprank_edu.training.__main__ import main

GLYPHS, UNSEEN = read("standin"), read("standin", split="test")
RECIPE = Recipe(steps=6, batch_size=16, image_size=16, lr=1e-2)


def train(folder: Path, events: Path, **settings: Any) -> FitResult:
    settings = {"validation": Validation(UNSEEN, every=2), "callbacks": []} | settings
    settings["callbacks"] = [TensorBoard(events), *settings["callbacks"]]
    network, kept = GroupNormNet(), Checkpoints(folder, every=2)
    return fit(RECIPE, GLYPHS, SupAPLoss(), model=network, checkpoints=kept, device="cpu", progress=False, **settings)


def read_events(folder: Path) -> dict[str, list[Any]]:
    """Return tag → events, everything that is in the files."""
    reader = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    reader.Reload()
    return {tag: reader.Scalars(tag) for tag in reader.Tags()["scalars"]}


def assert_tells(events: dict[str, list[Any]], result: FitResult) -> None:
    """Each tag has every step once, with the value of the history or evaluation in float32."""
    wanted = {f"train/{name}": result.history for name in ("loss", "lr", "seconds")}
    if result.evaluations:
        wanted |= {f"validation/{name}": result.evaluations for name in result.evaluations[0] if name != "step"}
    assert set(events) == set(wanted)
    for tag, entries in wanted.items():
        name = tag.partition("/")[2]
        assert [event.step for event in events[tag]] == [entry["step"] for entry in entries]
        values = np.array([event.value for event in events[tag]])
        np.testing.assert_array_equal(values, np.float32([entry[name] for entry in entries]))


class Broken(Exception):
    """What interrupts a run."""


def break_at_five(step: int, metrics: Any) -> None:
    if step == 5:
        raise Broken


def test_the_reader_finds_the_history_and_every_evaluation(tmp_path: Path) -> None:
    result = train(tmp_path / "run", tmp_path / "events")
    events = read_events(tmp_path / "events")
    assert len(result.evaluations) == 3
    assert "validation/mAP@R/column0" in events
    assert_tells(events, result)
    times = [event.wall_time for event in events["train/loss"]]
    seconds = [entry["seconds"] for entry in result.history]
    np.testing.assert_allclose(np.diff(times), np.diff(seconds), atol=1e-5)


def test_a_continued_run_has_every_step_once(tmp_path: Path) -> None:
    with pytest.raises(Broken):
        train(tmp_path / "run", tmp_path / "events", callbacks=[break_at_five])
    # It was closed when the error came: step 5, beyond the checkpoint of step 4, is there and will be void.
    assert [event.step for event in read_events(tmp_path / "events")["train/loss"]] == [1, 2, 3, 4, 5]
    result = train(tmp_path / "run", tmp_path / "events")
    assert_tells(read_events(tmp_path / "events"), result)
    assert len(list((tmp_path / "events").iterdir())) == 2


def test_a_run_that_goes_on_within_the_same_second_is_read_after_what_it_voids(tmp_path: Path) -> None:
    """Files are read by name: the second, the host, the process. That of the broken run comes last among these."""
    with pytest.raises(Broken):
        train(tmp_path / "run", tmp_path / "events", callbacks=[break_at_five])
    (broken,) = (tmp_path / "events").iterdir()
    broken.rename(broken.with_name(f"events.out.tfevents.{int(time.time())}.~host.99999999.9"))
    result = train(tmp_path / "run", tmp_path / "events")
    assert_tells(read_events(tmp_path / "events"), result)


@pytest.mark.slow
def test_a_killed_run_lacks_no_step_after_it_goes_on(tmp_path: Path) -> None:
    events = tmp_path / "events"
    options = [str(tmp_path / "run"), f"tensorboard={events}"]
    killed = subprocess.run([sys.executable, str(to_be_killed.__file__), *options, "die_in_save=8"], check=False)
    assert killed.returncode == -9
    to_be_killed.main(*options)
    found = read_events(events)
    assert set(found) == {"train/loss", "train/lr", "train/seconds"}
    assert all([event.step for event in of_tag] == list(range(1, 13)) for of_tag in found.values())


def test_a_run_that_began_without_it_is_told_from_its_first_step(tmp_path: Path) -> None:
    kept = Checkpoints(tmp_path / "run", every=2)
    with pytest.raises(Broken):
        fit(
            RECIPE, GLYPHS, SupAPLoss(), model=GroupNormNet(), checkpoints=kept, callbacks=[break_at_five], device="cpu"
        )
    result = train(tmp_path / "run", tmp_path / "events", validation=None)
    assert_tells(read_events(tmp_path / "events"), result)


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--set", "steps=2", "batch_size=16", "image_size=16", "channels=(4,8)", "embedding_size=8"]
    run, own = tmp_path / "run", tmp_path / "own"
    command = ["run", "mini-landmarks", "sup-ap", "--out", str(run), "--device", "cpu", "--evaluate-every", "1"]
    assert main([*command, "--tensorboard", *small]) == 0
    found = read_events(run / "tensorboard")
    assert [event.step for event in found["train/loss"]] == [1, 2]
    assert [event.step for event in found["validation/H-AP"]] == [1, 2]
    assert main(["resume", str(run), "--device", "cpu", "--tensorboard", str(own)]) == 0
    again = read_events(own)  # a finished run, told again from its checkpoint
    values = {tag: [(event.step, event.value) for event in of_tag] for tag, of_tag in found.items()}
    assert {tag: [(e.step, e.value) for e in of_tag] for tag, of_tag in again.items()} == values
    for events in own.iterdir():
        events.unlink()
    assert main(["resume", str(run), "--device", "cpu"]) == 0
    goes_on = read_events(own)  # without being asked again
    assert {tag: [(e.step, e.value) for e in of_tag] for tag, of_tag in goes_on.items()} == values


def test_without_the_package_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith(("tensorboard", "torch.utils.tensorboard"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(ImportError, match=r"tensorboard is missing; install it with pip install tensorboard"):
        TensorBoard(tmp_path)
    command = ["run", "mini-landmarks", "sup-ap", "--out", str(tmp_path / "run"), "--tensorboard"]
    assert main(command) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: TensorBoard: the package tensorboard is missing")
    assert not (tmp_path / "run").exists()
