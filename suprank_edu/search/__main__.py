"""The search from a shell: `suprank-edu --help`, or `python -m suprank_edu.search --help`."""

import argparse
import sys
from collections.abc import Sequence

from suprank_edu.search.commands.build import add_building
from suprank_edu.search.commands.export import add_export
from suprank_edu.search.commands.find import add_finding
from suprank_edu.training.commands.answer import carry_out, command_line, ended_like_ctrl_c

COMMANDS = (add_building, add_finding, add_export)

EXAMPLES = """\
examples:
  python -m suprank_edu.search build pretrained ~/photographs --out shop
  python -m suprank_edu.search search shop apple.jpg --html apple.html
  python -m suprank_edu.search add shop ~/new-photographs
  python -m suprank_edu.search threshold shop ~/photographs-of-another-day
  python -m suprank_edu.search index shop
  python -m suprank_edu.search index shop --approximate ivf-pq
  python -m suprank_edu.search search shop apple.jpg --probes 64
  python -m suprank_edu.search build runs/mine ~/photographs --out shop

The script `suprank-edu` is the same, and trains as well. Photographs lie in one folder a class, of any depth, such as
Fruit/Apple/Gala; or in a folder without classes. An index is a folder, which holds the network too. Where photographs
have moved, `index --photographs FOLDER` says where they lie now.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    return carry_out(parser().parse_args(arguments))


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    about = "Search your own photographs with a trained network."
    return command_line("python -m suprank_edu.search", about, EXAMPLES, COMMANDS)


if __name__ == "__main__":
    ended_like_ctrl_c()
    sys.exit(main())
