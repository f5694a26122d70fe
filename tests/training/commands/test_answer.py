"""How a command ends, and what it says meanwhile."""

import argparse
import warnings

from suprank_edu.training.commands.answer import carry_out


def test_a_warning_is_said_without_the_line_of_a_program() -> None:
    def command(_: argparse.Namespace) -> None:
        said.append(warnings.formatwarning("2 files are left out", UserWarning, "answer.py", 20))

    said: list[str] = []
    before = warnings.formatwarning
    assert carry_out(argparse.Namespace(command=command)) == 0
    assert said == ["warning: 2 files are left out\n"]
    assert warnings.formatwarning is before
