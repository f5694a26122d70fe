"""Training from a shell: `suprank-edu --help`, or `python -m suprank_edu.training --help`."""

import argparse
import sys
from collections.abc import Sequence

from suprank_edu.training.commands.answer import carry_out, command_line, ended_like_ctrl_c
from suprank_edu.training.commands.listing import add_listing
from suprank_edu.training.commands.results import add_claims, add_results
from suprank_edu.training.commands.train import add_training
from suprank_edu.training.commands.trained import add_trained

COMMANDS = (add_listing, add_training, add_trained, add_results, add_claims)

EXAMPLES = """\
examples:
  python -m suprank_edu.training list
  python -m suprank_edu.training show sop roadmap
  python -m suprank_edu.training run omniglot sup-ap --out runs/sup-ap --set steps=100 --dry-run
  python -m suprank_edu.training run omniglot sup-ap --out runs/sup-ap --evaluate-every 100 --tensorboard
  python -m suprank_edu.training resume runs/sup-ap
  python -m suprank_edu.training evaluate runs/sup-ap
  python -m suprank_edu.training export runs/sup-ap network.pt2
  python -m suprank_edu.training results table --setting omniglot --losses sup-ap triplet --lrs 7e-4 2e-3 6e-3
  python -m suprank_edu.training run folder sup-ap --data ~/photographs --out runs/mine
  python -m suprank_edu.training run grocery happier --data ~/GroceryStoreDataset/dataset --out runs/shop --fine-tune
  python -m suprank_edu.training claims --sets groceries
  accelerate launch --num_processes 4 -m suprank_edu.training run sop happier --data ~/sop --out runs/happier

The script `suprank-edu` is the same, and searches as well. Data lie in --data, or in the folder of the set's name under
$SUPRANK_EDU_DATA.
A run that was broken goes on with `resume`, from its last checkpoint, and ends as if it had not been. One that is
complete takes no more steps, since its learning rate has come to its end: a longer run is a new one. One that stopped
early goes on with a larger --patience. With --tensorboard curves go into the run's folder, or into a folder
of your own; see them with: tensorboard --logdir runs

`folder` is any folder of class folders. Photographs train a head on the frozen features of a pretrained network, which
takes seconds, and with --fine-tune the whole network after it.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    return carry_out(parser().parse_args(arguments))


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    about = "Train an embedding network with a ranking loss, with the settings of the papers."
    return command_line("python -m suprank_edu.training", about, EXAMPLES, COMMANDS)


if __name__ == "__main__":
    ended_like_ctrl_c()
    sys.exit(main())
