"""`evaluate` and `export`: what a trained network is worth, and the network itself."""

import argparse
from typing import Any

from suprank_edu.training.commands.options import DEVICE, add_command, add_run_folder, load_run


def add_trained(commands: Any) -> None:
    """Add `evaluate` and `export`."""
    evaluate = add_command(commands, "evaluate", _evaluate, "every metric of a trained network")
    evaluate.add_argument("--device", help=DEVICE)
    evaluate.add_argument("--split", help="of the data set; its test split by default")
    export = add_command(commands, "export", _export, "write the network as a program of torch.export")
    for command in (evaluate, export):
        add_run_folder(command)
        command.add_argument("--which", choices=("last", "best"), default="last", help="which checkpoint")
    export.add_argument("path", metavar="FILE.pt2", help="the file to write")


def _evaluate(options: argparse.Namespace) -> None:
    print(load_run(options).evaluate(options.which, options.split, options.device))


def _export(options: argparse.Namespace) -> None:
    load_run(options).export(options.path, options.which)
    print(f"{options.path}: read it with torch.export.load(...).module()")
