"""`run` and `resume`: train, from the beginning or from where a run was broken."""

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from suprank_edu._checks import check_one_of
from suprank_edu.training.callbacks import Callback
from suprank_edu.training.commands.listing import add_setting_and_loss
from suprank_edu.training.commands.options import DEVICE, add_command, add_data, add_run_folder, load_run, read_changes
from suprank_edu.training.gather import is_first_process
from suprank_edu.training.study import SETTINGS, Run
from suprank_edu.training.study.trial import trial
from suprank_edu.training.tensorboard import TensorBoard

FINE_TUNE = "photographs: train the whole network after the head (the setting SETTING-fine-tune)"


def add_training(commands: Any) -> None:
    """Add `run` and `resume`."""
    command = add_command(commands, "run", run, "train, from the beginning or from where the folder's run was broken")
    add_setting_and_loss(command)
    command.add_argument("--out", required=True, metavar="FOLDER", help="where checkpoints and results go")
    command.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="change settings, such as lr=1e-3")
    command.add_argument("--fine-tune", action="store_true", help=FINE_TUNE)
    text = "check data, shapes and memory on two steps; write nothing"
    command.add_argument("--dry-run", action="store_true", help=text)
    _add_options_of_a_run(command)
    add_data(command)
    command = add_command(commands, "resume", resume, "go on with the run of a folder")
    _add_options_of_a_run(command)
    add_run_folder(command)
    command.epilog = "What is not given stays as it was: evaluation, patience, checkpoints, curves and device too."


def _add_options_of_a_run(command: argparse.ArgumentParser) -> None:
    command.add_argument("--device", help=DEVICE)
    often = command.add_mutually_exclusive_group()
    often.add_argument("--evaluate-every", type=int, metavar="STEPS", help="evaluate on validation or test classes")
    often.add_argument("--evaluate-epochs", type=int, metavar="EPOCHS", help="the same, counted in epochs")
    command.add_argument("--patience", type=int, help="stop after so many evaluations without a better mAP@R")
    command.add_argument("--checkpoint-every", type=int, metavar="STEPS", help="default: 100")
    text = "write curves for TensorBoard; into the folder `tensorboard` of the run by default"
    command.add_argument("--tensorboard", nargs="?", const="", metavar="FOLDER", help=text)


def run(options: argparse.Namespace) -> None:
    """Begin a run, or try two of its steps."""
    new = Run(_setting(options), options.loss, options.out, options.data, read_changes(options.set))
    if options.dry_run:
        for name, value in trial(new, *_how_often(new, options), options.device).items():
            print(f"{name}: {value}")
        return
    _train(new, options)


def _setting(options: argparse.Namespace) -> str:
    """Return the name of the setting, of the whole network where that is asked for."""
    if not options.fine_tune:
        return str(options.setting)
    check_one_of("--fine-tune", options.setting, [name for name in SETTINGS if f"{name}-fine-tune" in SETTINGS])
    return f"{options.setting}-fine-tune"


def resume(options: argparse.Namespace) -> None:
    """Go on with a run."""
    _train(load_run(options), options)


def _train(run: Run, options: argparse.Namespace) -> None:
    checkpoint_every, evaluation = _how_often(run, options)
    curves = run.options.get("tensorboard") if options.tensorboard is None else options.tensorboard
    curves = curves and os.path.abspath(curves)  # "" is the run's own folder, which may move with it
    device = options.device or run.options.get("device")
    run = replace(run, options={"tensorboard": curves, "device": device})
    taken: list[int] = []
    callbacks: list[Callback] = [lambda step, metrics: taken.append(step)]
    if curves is not None:
        callbacks.append(TensorBoard(curves or Path(run.folder) / "tensorboard"))
    result = run.train(checkpoint_every, evaluation, device=device, callbacks=callbacks)
    if is_first_process():
        print(f"{len(result.history)} steps, loss {result.history[-1]['loss']:.4f}; network and state in {run.folder}")
        if not taken:
            print("no step was left to take: the run was complete, or its patience at its end (see `--help`)")


def _how_often(run: Run, options: argparse.Namespace) -> tuple[int, dict[str, Any] | None]:
    """Return the steps between checkpoints and the settings of evaluation: what is not given stays as it was."""
    often = {"every": options.evaluate_every, "epochs": options.evaluate_epochs, "patience": options.patience}
    given = {name: value for name, value in often.items() if value is not None}
    evaluation = dict(run.options.get("evaluate") or {})
    if "every" in given:
        evaluation.pop("epochs", None)
    every = options.checkpoint_every
    return run.options.get("checkpoint_every", 100) if every is None else every, evaluation | given or None
