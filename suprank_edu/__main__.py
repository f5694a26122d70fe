"""One door to training and search: `suprank-edu --help`, or `python -m suprank_edu --help`."""

import argparse
import sys
from collections.abc import Sequence

from suprank_edu.search.commands.build import add_building
from suprank_edu.search.commands.export import add_export
from suprank_edu.search.commands.find import add_finding
from suprank_edu.training.commands.answer import carry_out, ended_like_ctrl_c
from suprank_edu.training.commands.listing import add_listing
from suprank_edu.training.commands.results import add_claims, add_results
from suprank_edu.training.commands.train import add_training
from suprank_edu.training.commands.trained import add_trained

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
    top = argparse.ArgumentParser(
        prog="suprank-edu",
        description="Train image retrieval on the metric itself, and search photographs with what has been trained.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    training = (add_listing, add_training, add_trained, add_results, add_claims)
    for add in (*training, add_building, add_finding, add_export):
        add(commands)
    return top


def script() -> int:
    """Run the command of the shell, which a queue may end as Ctrl-C does."""
    ended_like_ctrl_c()
    return main()


if __name__ == "__main__":
    sys.exit(script())
