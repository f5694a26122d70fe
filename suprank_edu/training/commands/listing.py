"""`list` and `show`: what there is to train."""

import argparse
from typing import Any

from suprank_edu._checks import check_one_of
from suprank_edu.training.commands.options import add_command
from suprank_edu.training.study import ABLATIONS, LOSSES, SETTINGS


def add_listing(commands: Any) -> None:
    """Add `list` and `show`."""
    add_command(commands, "list", _list, "settings and losses that are known by name")
    show = add_command(commands, "show", _show, "every number of a setting and a loss, and where it comes from")
    add_setting_and_loss(show)


def add_setting_and_loss(command: argparse.ArgumentParser) -> None:
    """Add the names of a setting and a loss."""
    command.add_argument("setting", metavar="SETTING", help="see `list`")
    command.add_argument("loss", metavar="LOSS", help="see `list`")


def _list(options: argparse.Namespace) -> None:
    networks = [setting.backbone or "small network" for setting in SETTINGS.values()]
    first, second = max(map(len, SETTINGS)) + 2, max(map(len, networks)) + 2
    print("settings: data set, network and budget")
    for (name, setting), network in zip(SETTINGS.items(), networks, strict=True):
        print(f"  {name:{first}}{network:{second}}{setting.source}")
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
