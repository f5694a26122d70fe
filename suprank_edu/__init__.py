"""Train image retrieval on the metric itself; each room of the library is imported when it is first used.

Example:
    >>> import suprank_edu
    >>> suprank_edu.losses.SupAPLoss().reduction
    'mean'
"""

import importlib
from types import ModuleType

__version__ = "0.1.0"

# What type checkers see of them is in `__init__.pyi`.
__all__ = [
    "data",
    "decomposability",
    "exercises",
    "explore",
    "losses",
    "metrics",
    "naive",
    "ranking",
    "relevance",
    "retrieval",
    "search",
    "steps",
    "training",
    "whole_set",
]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
