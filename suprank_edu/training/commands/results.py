"""`results` and `claims`: losses compared over seeds, and what that says of the papers."""

import argparse
from pathlib import Path
from typing import Any

from suprank_edu.data.folders import shipped_folder
from suprank_edu.training.commands.options import DEVICE, add_command, read_changes
from suprank_edu.training.study import as_text, fill, load_results, table
from suprank_edu.training.study.claims import SETS, as_markdown, judge_claims, read_claims
from suprank_edu.training.study.experiment import PROXY_RATE


def add_results(commands: Any) -> None:
    """Add `results`."""
    results = add_command(commands, "results", _results, "compare losses over seeds: make the runs that a folder lacks")
    results.add_argument("out", metavar="FOLDER", help="one file a run; its table is printed in the end")
    results.add_argument("--setting", metavar="SETTING", help="see `list`; left out, the table is printed as it is")
    results.add_argument("--losses", nargs="+", default=[], metavar="LOSS", help="see `list`")
    results.add_argument("--seeds", type=int, default=5, help="default: 5; 0 searches rates alone")
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
    results.add_argument("--device", help=DEVICE)
    results.add_argument("--processes", type=int, default=1, help="runs at a time, one thread each (default: 1)")


def add_claims(commands: Any) -> None:
    """Add `claims`."""
    text = "what the results say of the papers' claims, written down beforehand"
    claims = add_command(commands, "claims", _claims, text)
    text = "of results, with claims.md in it; the one that comes with the library by default"
    claims.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help=text)
    claims.add_argument("--sets", nargs="+", default=SETS, metavar="SET", help="folders in it; all by default")


def _results(options: argparse.Namespace) -> None:
    if options.setting is not None:
        changes = tuple(read_changes(options.set).items())
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
