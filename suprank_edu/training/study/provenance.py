"""What a result was made by: device, versions and commit."""

import platform
import subprocess
from pathlib import Path
from typing import Any

import torch
from torch import nn

import suprank_edu


def made_by(model: nn.Module) -> dict[str, Any]:
    """Return the device of a network, the versions in use and the commit of the code, None where it is no checkout.

    Example:
        >>> sorted(made_by(nn.Linear(1, 1)))
        ['commit', 'device', 'versions']
    """
    return {"device": _device(model), "versions": _versions(), "commit": _commit()}


def _device(model: nn.Module) -> str:
    where = next(model.parameters()).device
    if where.type == "cuda":
        return torch.cuda.get_device_name(where)
    threads = torch.get_num_threads()
    return f"CPU, {platform.machine()}, {threads} thread{'s' if threads > 1 else ''}"


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "torch": torch.__version__, "suprank_edu": suprank_edu.__version__}


def _commit() -> str | None:
    """Return the commit of the code, None where it is no checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=12"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None
