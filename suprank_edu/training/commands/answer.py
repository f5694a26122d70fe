"""How a command line is made, and how a command ends: with its result, what was wrong, or how to go on."""

import argparse
import contextlib
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from suprank_edu.training.commands.train import resume, run
from suprank_edu.training.learner import TrainingError


def command_line(
    prog: str, description: str, examples: str, adding: Sequence[Callable[[Any], None]]
) -> argparse.ArgumentParser:
    """Return the parser of a command line, to whose commands each of `adding` adds its own."""
    top = argparse.ArgumentParser(
        prog=prog, description=description, epilog=examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for add in adding:
        add(commands)
    return top


def carry_out(options: argparse.Namespace) -> int:
    """Run the command of parsed options; return the exit status."""
    try:
        with _plain_warnings():
            options.command(options)
    except BrokenPipeError:  # whoever reads has seen enough, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still flushes as it ends
        return 1
    except OSError as error:
        known = error.filename is not None and error.filename2 is None and error.strerror is not None
        print(f"error: {f'{error.filename}: {error.strerror}' if known else error}", file=sys.stderr)
        return 1
    except (ValueError, TrainingError, ImportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        again = f"suprank-edu resume {options.out}" if options.command in (run, resume) else None
        print(f"broken off; go on with: {again or 'the same command'}", file=sys.stderr)
        return 130
    return 0


@contextlib.contextmanager
def _plain_warnings() -> Iterator[None]:
    """Let warnings come as text: whoever sits at a shell has no line of a program that they could point at."""
    before = warnings.formatwarning
    warnings.formatwarning = lambda message, *_, **__: f"warning: {message}\n"
    try:
        yield
    finally:
        warnings.formatwarning = before


def ended_like_ctrl_c() -> None:
    """Let a queue end this process as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
