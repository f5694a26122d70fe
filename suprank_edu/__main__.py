"""One door to training and search: `suprank-edu --help`, or `python -m suprank_edu --help`."""

import argparse
import sys
from collections.abc import Sequence

from suprank_edu.search.__main__ import COMMANDS as SEARCHING
from suprank_edu.training.__main__ import COMMANDS as TRAINING
from suprank_edu.training.commands.answer import carry_out, command_line, ended_like_ctrl_c

EXAMPLES = """\
from a folder of photographs to a search engine, one folder a class, of any depth:
  suprank-edu build pretrained ~/photographs --out shop          a network that has learnt from ImageNet
  suprank-edu search shop apple.jpg --html apple.html            the photographs most like a new one
  suprank-edu run folder sup-ap --data ~/photographs --out runs/mine        train it on your own
  suprank-edu evaluate runs/mine                                 what it is worth
  suprank-edu build runs/mine ~/photographs --out shop           search with it

training: list, show, run, resume, evaluate, export, results, claims
search:   build, add, index, search, threshold, to-lancedb

More examples: python -m suprank_edu.training --help, python -m suprank_edu.search --help.
What a command takes: suprank-edu COMMAND --help.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    return carry_out(parser().parse_args(arguments))


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    about = "Train image retrieval on the metric itself, and search photographs with what has been trained."
    return command_line("suprank-edu", about, EXAMPLES, (*TRAINING, *SEARCHING))


def script() -> int:
    """Run the command of the shell, which a queue may end as Ctrl-C does."""
    ended_like_ctrl_c()
    return main()


if __name__ == "__main__":
    sys.exit(script())
