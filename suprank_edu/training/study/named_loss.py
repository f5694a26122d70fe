"""What a loss known by name is: how tables write it, how it is made, and what is tuned apart."""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor, nn

from suprank_edu.steps import SupStep


class NamedLoss(NamedTuple):
    """How tables and figures write a loss, and how it is made: of the labels trained on, D and a step.

    Attributes:
        title: the name in tables and figures.
        make: what makes it.
        proxies: whether it has proxies, which have a learning rate of their own.
        base: of a variant, the loss whose rates it takes where they were chosen in other results.
    """

    title: str
    make: Callable[[Tensor, int, SupStep], nn.Module]
    proxies: bool = False
    base: str | None = None
