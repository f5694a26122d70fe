"""How a command ends, and what it says meanwhile."""

import argparse
import warnings

import pytest

from suprank_edu.training.commands.answer import carry_out


def test_a_warning_is_said_without_the_line_of_a_program() -> None:
    def command(_: argparse.Namespace) -> None:
        said.append(warnings.formatwarning("2 files are left out", UserWarning, "answer.py", 20))

    said: list[str] = []
    before = warnings.formatwarning
    assert carry_out(argparse.Namespace(command=command)) == 0
    assert said == ["warning: 2 files are left out\n"]
    assert warnings.formatwarning is before


def test_a_reader_that_has_seen_enough_is_no_error(capfd: pytest.CaptureFixture[str]) -> None:
    """As `head` does: it closes the pipe, and neither the command nor the end of Python may complain."""

    def command(_: argparse.Namespace) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    assert carry_out(argparse.Namespace(command=command)) == 1
    print("what was still to be written")
    assert capfd.readouterr() == ("", "")
