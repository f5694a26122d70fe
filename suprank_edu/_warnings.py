"""Warnings that point at the line which called the library, however deep inside it they are raised."""

import sys
import warnings

# What may lie between that line and the code that warns: a module's `__call__`, `no_grad`, another library's wrapper.
_BETWEEN = {"suprank_edu", "torch", "pytorch_metric_learning"}


def warn(message: str) -> None:
    """Warn of `message` at the nearest line of code that is the user's own."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in _BETWEEN:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)
