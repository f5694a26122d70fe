"""What the figures were measured on, and what every part of `make cuda` is told."""

import argparse
import json
import os
import platform
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from suprank_edu._files import replacing

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Options:
    """What a part is told.

    Args:
        device: where it computes.
        out: the folder of what it writes.
        small: sizes that take no time, for a rehearsal.
        until: when it should end, a time of `time.monotonic`.
        chosen: what else stood on the command line.
    """

    device: torch.device
    out: Path
    small: bool
    until: float
    chosen: list[str]

    def has_time(self, seconds: float = 0.0) -> bool:
        """Return whether so many seconds are left."""
        return time.monotonic() + seconds < self.until

    def write(self, name: str, found: Any) -> None:
        """Write what was found so far as JSON; a part that is broken off keeps what it had."""
        with replacing(self.out / f"{name}.json", text=True) as file:
            file.write(json.dumps(found, indent=1) + "\n")


def options(doc: str | None, words: list[str] | None = None) -> Options:
    """Read the command line of a part."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda", help="cuda, or cpu for a rehearsal")
    parser.add_argument("--out", type=Path, help="folder of the results; benchmarks/results/DEVICE where not given")
    parser.add_argument("--small", action="store_true", help="sizes that take no time")
    parser.add_argument("--seconds", type=float, default=3600.0, help="when to end, keeping what there is")
    parser.add_argument("chosen", nargs="*", help="parts, tests or runs, where not all are wanted")
    given = parser.parse_args(words)
    device = torch.device(given.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        parser.error(f"--device: torch {torch.__version__} finds no CUDA card here")
    out = given.out or ROOT / "benchmarks" / "results" / device.type
    out.mkdir(parents=True, exist_ok=True)
    return Options(device, out.resolve(), given.small, time.monotonic() + given.seconds, given.chosen)


def machine(device: torch.device, carried: Path | None = None) -> dict[str, Any]:
    """Return card, driver, versions and commit; the commit is the bundle's where there is no checkout.

    Args:
        device: where the figures are measured.
        carried: the folder of the bundle, in which `commit` may lie.
    """
    about: dict[str, Any] = {"device": device.type, "python": platform.python_version(), "torch": torch.__version__}
    about |= {"cores": os.cpu_count(), "commit": commit(carried)}
    if device.type != "cuda":
        return about
    card = torch.cuda.get_device_properties(device)
    about |= {
        "card": card.name,
        "gib": round(card.total_memory / 2**30, 1),
        "multiprocessors": card.multi_processor_count,
    }
    about |= {"capability": f"{card.major}.{card.minor}", "driver": driver(), "cuda": torch.version.cuda}
    return about | {"cudnn": torch.backends.cudnn.version(), "triton": triton_version()}


def commit(carried: Path | None) -> str | None:
    """Return the commit of the code."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    if shutil.which("git") and (found := said(command)):
        return found
    noted = carried / "commit" if carried is not None else None
    return noted.read_text().strip() if noted is not None and noted.is_file() else None


def driver() -> str | None:
    """Return the version of the card's driver, as `nvidia-smi` has it."""
    if not shutil.which("nvidia-smi"):
        return None
    lines = said(["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]).splitlines()
    return lines[0] if lines else None


def said(command: list[str]) -> str:
    """Return what a command prints, nothing where it fails."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def triton_version() -> str | None:
    """Return the version of the compiler of kernels."""
    try:
        import triton
    except ImportError:
        return None
    return str(triton.__version__)
