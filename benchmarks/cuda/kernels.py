"""Every engine once, forward and backward, at sizes with ragged edges: what the sanitizer looks at.

python -m benchmarks.cuda.kernels [--device cuda]
"""

import sys

import torch

from benchmarks.cuda.engines import ENGINES, drawn, engines_on, wait
from benchmarks.cuda.machine import Options, options
from suprank_edu.steps import Sigmoid, Step, SupStep

SIZES = [(3, 1, 5), (2, 33, 130), (5, 17, 257)]
STEPS: tuple[Step, ...] = (SupStep(), Sigmoid())


def run(given: Options) -> None:
    """Run them; hidden columns and padded rows among them."""
    names = engines_on(given.device)
    for size in SIZES:
        rows, columns = drawn(*size, given.device)
        rows[0, -1], columns[-1, -1] = torch.inf, -torch.inf
        for step in STEPS:
            for name in names:
                leaf = rows.clone().requires_grad_()
                sums = ENGINES[name](leaf, columns.clone().requires_grad_(), step)
                sums.sum().backward()
                wait(given.device)
                assert sums.isfinite().all()
    print(f"kernels: {', '.join(names)} at {len(SIZES)} sizes")


if __name__ == "__main__":
    run(options(__doc__))
    sys.exit(0)
