"""What a loss was made with, as a checkpoint remembers it."""

import inspect
from dataclasses import is_dataclass
from typing import Any

from torch import nn


def settings_of(loss: object) -> dict[str, str]:
    """Return the numbers, names and steps that a loss and the losses inside it were made with, by attribute.

    Args:
        loss: a module; of anything else nothing is known.

    Example:
        >>> from suprank_edu.losses import SmoothAPLoss
        >>> settings_of(SmoothAPLoss(tau=0.05))["loss.step"]
        'Sigmoid(tau=0.05)'
    """
    modules = loss.named_modules() if isinstance(loss, nn.Module) else ()
    return {
        ".".join(part for part in ("loss", path, name) if part): repr(value)
        for path, module in modules
        for name, value in vars(module).items()
        if _is_setting(module, name, value)
    }


def _is_setting(module: nn.Module, name: str, value: Any) -> bool:
    if name.startswith("_") or name == "training":
        return False
    # Modules of others also keep what they count along the way; what they were made with is named as it was given.
    own = type(module).__module__.startswith("suprank_edu.")
    if not own and name not in inspect.signature(type(module).__init__).parameters:
        return False
    return value is None or isinstance(value, bool | int | float | str | tuple) or is_dataclass(value)
