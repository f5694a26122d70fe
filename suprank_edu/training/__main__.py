"""Training from a shell: `suprank-edu --help`, or `python -m suprank_edu.training --help`."""

import argparse
import ast
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from suprank_edu._checks import check_one_of
from suprank_edu.data.folders import shipped_folder
from suprank_edu.training.callbacks import Callback
from suprank_edu.training.gather import is_first_process
from suprank_edu.training.learner import TrainingError
from suprank_edu.training.study import ABLATIONS, LOSSES, SETTINGS, Run, as_text, fill, load_results, table
from suprank_edu.training.study.claims import SETS, as_markdown, judge_claims, read_claims
from suprank_edu.training.study.experiment import PROXY_RATE
from suprank_edu.training.study.trial import trial
from suprank_edu.training.tensorboard import TensorBoard

EXAMPLES = """\
examples:
  python -m suprank_edu.training list
  python -m suprank_edu.training show sop roadmap
  python -m suprank_edu.training run omniglot sup-ap --out runs/sup-ap --set steps=100 --dry-run
  python -m suprank_edu.training run omniglot sup-ap --out runs/sup-ap --evaluate-every 100 --tensorboard
  python -m suprank_edu.training resume runs/sup-ap
  python -m suprank_edu.training evaluate runs/sup-ap
  python -m suprank_edu.training export runs/sup-ap network.pt2
  python -m suprank_edu.training results table --setting omniglot --losses sup-ap triplet --lrs 7e-4 2e-3 6e-3
  python -m suprank_edu.training run folder sup-ap --data ~/photographs --out runs/mine
  python -m suprank_edu.training run grocery happier --data ~/GroceryStoreDataset/dataset --out runs/shop --fine-tune
  python -m suprank_edu.training claims --sets groceries
  accelerate launch --num_processes 4 -m suprank_edu.training run sop happier --data ~/sop --out runs/happier

The script `suprank-edu` is the same. Data lie in --data, or in the folder of the set's name under $SUPRANK_EDU_DATA.
A run that was broken goes on with `resume`, from its last checkpoint, and ends as if it had not been. One that is
complete takes no more steps, since its learning rate has come to its end: a longer run is a new one. One that stopped
early goes on with a larger --patience. With --tensorboard curves go into the run's folder, or into a folder
of your own; see them with: tensorboard --logdir runs

`folder` is any folder of class folders. Photographs train a head on the frozen features of a pretrained network, which
takes seconds, and with --fine-tune the whole network after it.
"""


FINE_TUNE = "photographs: train the whole network after the head (the setting SETTING-fine-tune)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    options = parser().parse_args(arguments)
    try:
        options.command(options)
    except (ValueError, OSError, TrainingError, ImportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        again = f"python -m suprank_edu.training resume {options.out}" if options.command in (_run, _resume) else None
        print(f"broken off; go on with: {again or 'the same command'}", file=sys.stderr)
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    top = argparse.ArgumentParser(
        prog="python -m suprank_edu.training",
        description="Train an embedding network with a ranking loss, with the settings of the papers.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _command(commands, "list", _list, "settings and losses that are known by name")
    show = _command(commands, "show", _show, "every number of a setting and a loss, and where it comes from")
    run = _command(commands, "run", _run, "train, from the beginning or from where the folder's run was broken")
    for command in (show, run):
        command.add_argument("setting", metavar="SETTING", help="see `list`")
        command.add_argument("loss", metavar="LOSS", help="see `list`")
    run.add_argument("--out", required=True, metavar="FOLDER", help="where checkpoints and results go")
    run.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="change settings, such as lr=1e-3")
    run.add_argument("--fine-tune", action="store_true", help=FINE_TUNE)
    run.add_argument("--dry-run", action="store_true", help="check data, shapes and memory on two steps; write nothing")
    resume = _command(commands, "resume", _resume, "go on with the run of a folder")
    for command in (run, resume):
        command.add_argument("--device", help="cpu or cuda; the best there is by default")
        often = command.add_mutually_exclusive_group()
        often.add_argument("--evaluate-every", type=int, metavar="STEPS", help="evaluate on validation or test classes")
        often.add_argument("--evaluate-epochs", type=int, metavar="EPOCHS", help="the same, counted in epochs")
        command.add_argument("--patience", type=int, help="stop after so many evaluations without a better mAP@R")
        command.add_argument("--checkpoint-every", type=int, metavar="STEPS", help="default: 100")
        text = "write curves for TensorBoard; into the folder `tensorboard` of the run by default"
        command.add_argument("--tensorboard", nargs="?", const="", metavar="FOLDER", help=text)
    resume.epilog = "What is not given stays as it was: evaluation, patience, checkpoints, curves and device too."
    evaluate = _command(commands, "evaluate", _evaluate, "every metric of a trained network")
    evaluate.add_argument("--device", help="cpu or cuda; the best there is by default")
    evaluate.add_argument("--split", help="of the data set; its test split by default")
    export = _command(commands, "export", _export, "write the network as a program of torch.export")
    for command in (resume, evaluate, export):
        command.add_argument("out", metavar="FOLDER", help="the folder of the run")
    export.add_argument("path", metavar="FILE.pt2", help="the file to write")
    for command in (run, resume, evaluate, export):
        command.add_argument("--data", metavar="FOLDER", help="where the data set lies")
    for command in (evaluate, export):
        command.add_argument("--which", choices=("last", "best"), default="last", help="which checkpoint")
    _add_results(commands)
    claims = _command(
        commands, "claims", _claims, "what the results say of the papers' claims, written down beforehand"
    )
    text = "of results, with claims.md in it; the one that comes with the library by default"
    claims.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help=text)
    claims.add_argument("--sets", nargs="+", default=SETS, metavar="SET", help="folders in it; all by default")
    return top


def _add_results(commands: Any) -> None:
    results = _command(commands, "results", _results, "compare losses over seeds: make the runs that a folder lacks")
    results.add_argument("out", metavar="FOLDER", help="one file a run; its table is printed in the end")
    results.add_argument("--setting", metavar="SETTING", help="see `list`; left out, the table is printed as it is")
    results.add_argument("--losses", nargs="+", default=[], metavar="LOSS", help="see `list`")
    results.add_argument("--seeds", type=int, default=5, help="default: 5")
    results.add_argument(
        "--lrs", nargs="+", type=float, default=[], metavar="LR", help="to choose from, on held-out training classes"
    )
    results.add_argument(
        "--proxy-rates",
        nargs="+",
        type=float,
        default=[PROXY_RATE],
        metavar="N",
        help=f"how many times faster proxies learn, to choose from too (default: {PROXY_RATE:g})",
    )
    results.add_argument(
        "--until-inside", action="store_true", help="try further rates while the best of a loss is at an edge"
    )
    results.add_argument("--chosen-in", metavar="FOLDER", help="take the rates chosen in these results")
    results.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="change settings of every run")
    results.add_argument("--device", help="cpu or cuda; the best there is by default")
    results.add_argument("--processes", type=int, default=1, help="runs at a time, one thread each (default: 1)")


def _command(commands: Any, name: str, function: Any, text: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    made.set_defaults(command=function)
    return made


def _list(options: argparse.Namespace) -> None:
    width = max(map(len, SETTINGS)) + 2
    print("settings: data set, network and budget")
    for name, setting in SETTINGS.items():
        print(f"  {name:{width}}{setting.backbone or 'small network':15}{setting.source}")
    for title, names in (("losses", LOSSES.keys() - ABLATIONS.keys()), ("variants for ablations", ABLATIONS.keys())):
        print(title)
        for name in (name for name in LOSSES if name in names):
            print(f"  {name}")


def _show(options: argparse.Namespace) -> None:
    check_one_of("setting", options.setting, SETTINGS)
    check_one_of("loss", options.loss, LOSSES)
    setting = SETTINGS[options.setting]
    length = f"{setting.epochs} epochs" if setting.epochs else f"{setting.steps} steps"
    print(f"{options.setting} with {options.loss}: {length}; source: {setting.source}")
    print(f"  network = {setting.backbone or 'SmallCNN'} {setting.network or ''}".rstrip())
    print(f"  step = {setting.step}")
    for name in (
        "splits",
        "queries",
        "ks",
        "scales",
        "head_only_epochs",
        "from_scratch",
        "super_classes",
        "max_per_class",
    ):
        if (value := getattr(setting, name)) not in (None, 0, False):
            print(f"  {name} = {value!r}")
    for name, value in setting.settings.items():
        print(f"  {name} = {value!r}")


def _run(options: argparse.Namespace) -> None:
    run = Run(_setting(options), options.loss, options.out, options.data, _changes(options.set))
    if options.dry_run:
        for name, value in trial(run, *_how_often(run, options), options.device).items():
            print(f"{name}: {value}")
        return
    _train(run, options)


def _setting(options: argparse.Namespace) -> str:
    """Return the name of the setting, of the whole network where that is asked for."""
    if not options.fine_tune:
        return str(options.setting)
    check_one_of("--fine-tune", options.setting, [name for name in SETTINGS if f"{name}-fine-tune" in SETTINGS])
    return f"{options.setting}-fine-tune"


def _resume(options: argparse.Namespace) -> None:
    _train(_load(options), options)


def _load(options: argparse.Namespace) -> Run:
    run = Run.load(options.out)
    return run if options.data is None else replace(run, data=options.data)


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


def _evaluate(options: argparse.Namespace) -> None:
    print(_load(options).evaluate(options.which, options.split, options.device))


def _export(options: argparse.Namespace) -> None:
    _load(options).export(options.path, options.which)
    print(f"{options.path}: read it with torch.export.load(...).module()")


def _results(options: argparse.Namespace) -> None:
    if options.setting is not None:
        changes = tuple(_changes(options.set).items())
        which = {"seeds": options.seeds, "lrs": options.lrs, "chosen_in": options.chosen_in, "changes": changes}
        which["until_inside"] = options.until_inside
        how = {"proxy_rates": options.proxy_rates, "device": options.device, "processes": options.processes}
        fill(options.out, options.setting, options.losses, **which, **how)
    print(as_text(table(load_results(options.out))))


def _claims(options: argparse.Namespace) -> None:
    folder = options.folder or shipped_folder("book/results")
    for name in options.sets:
        for heading, claims in read_claims(folder / "claims.md").items():
            print(f"## {name}: {heading}\n\n{as_markdown(judge_claims(folder, name, claims))}\n")


def _changes(pairs: Sequence[str]) -> dict[str, Any]:
    """Read `NAME=VALUE` pairs; a value that is no Python literal is a text."""
    changes: dict[str, Any] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator or not name:
            raise ValueError(f"`--set`: got {pair!r}, expected NAME=VALUE")
        try:
            changes[name] = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            changes[name] = text
    return changes


def script() -> int:
    """Run the command of the shell, which a queue may end as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return main()


if __name__ == "__main__":
    sys.exit(script())
