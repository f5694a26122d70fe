"""What several commands share: how one is added, and what is read from its options."""

import argparse
import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from suprank_edu.training.study import Run

DEVICE = "cpu or cuda; the best there is by default"


def add_command(
    commands: Any, name: str, function: Callable[[argparse.Namespace], None], text: str
) -> argparse.ArgumentParser:
    """Return the parser of a new command, which `function` runs."""
    made: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    made.set_defaults(command=function)
    return made


def add_run_folder(command: argparse.ArgumentParser) -> None:
    """Add what a command needs that goes on with a run, for `load_run`."""
    command.add_argument("out", metavar="FOLDER", help="the folder of the run")
    add_data(command)


def add_data(command: argparse.ArgumentParser) -> None:
    """Add the folder of a data set."""
    command.add_argument("--data", metavar="FOLDER", help="where the data set lies")


def load_run(options: argparse.Namespace) -> Run:
    """Return the run of a folder, with its data where the options say."""
    run = Run.load(options.out)
    return run if options.data is None else replace(run, data=options.data)


def read_changes(pairs: Sequence[str]) -> dict[str, Any]:
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
