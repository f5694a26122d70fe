"""Tables of results: a folder with one file a run, filled run after run, and the means over seeds."""

from __future__ import annotations

import json
import math
import multiprocessing
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any

import numpy as np

import suprank_edu
from suprank_edu.training.experiment import Experiment

if TYPE_CHECKING:
    import pandas as pd

CHOSEN_BY = "mAP@R/level0"
"""The metric on the validation classes by which the learning rate of every loss is chosen."""

COLUMNS = ("R@1/level0", "mAP@R/level0", "H-AP", "NDCG", "ASI", "mild", "gap/train", "gap/test")
"""What the table shows: metrics on unseen classes, the share of mild mistakes, and the decomposability gap."""

NAMES = {
    "sup-ap": "Sup-AP",
    "sup-recall": "Sup-R@k",
    "sup-ndcg": "Sup-NDCG",
    "sup-h-ap": "Sup-H-AP",
    "roadmap": "ROADMAP, pairs",
    "roadmap-proxies": "ROADMAP, proxies",
    "road-recall": "ROAD-R@k, pairs",
    "road-recall-proxies": "ROAD-R@k, proxies",
    "road-ndcg": "ROAD-NDCG",
    "happier": "HAPPIER",
    "happier-f": "HAPPIER-F",
    "smooth-ap": "SmoothAP",
    "smooth-recall": "Smooth-R@k",
    "smooth-ndcg": "Smooth-NDCG",
    "triplet": "triplet",
    "contrastive": "contrastive",
    "multi-similarity": "multi-similarity",
    "fastap": "FastAP",
    "softmax": "softmax",
    "proxy-nca": "ProxyNCA",
    "arcface": "ArcFace",
}
"""How tables and figures write the losses of ``suprank_edu.training.named_losses.LOSSES``."""


@dataclass(frozen=True)
class Interval:
    """The mean over seeds and half the width of its 95 % interval (Student's t).

    Attributes:
        mean: the mean; NaN without a run.
        half: half the width; NaN with a single run.
        runs: how many values.

    Example:
        >>> print(Interval.of([0.70, 0.72, 0.71, 0.69, 0.73]))
        0.710 ± 0.020
    """

    mean: float
    half: float
    runs: int

    @staticmethod
    def of(values: Sequence[float]) -> Interval:
        """Return the interval of independent values; NaN (no mistake that could be mild) is left out."""
        from scipy.stats import t

        values = [value for value in values if not math.isnan(value)]
        count = len(values)
        if count < 2:
            return Interval(values[0] if values else math.nan, math.nan, count)
        half = float(t.ppf(0.975, count - 1)) * stdev(values) / math.sqrt(count)
        return Interval(fmean(values), half, count)

    @property
    def sign(self) -> int:
        """1 or −1 where the interval lies above or below 0; 0 where it holds 0, or where there is none."""
        return int(math.copysign(1, self.mean)) if abs(self.mean) > self.half else 0

    def __str__(self) -> str:
        return f"{self.mean:.3f}" if math.isnan(self.half) else f"{self.mean:.3f} ± {self.half:.3f}"


def results_folder(name: str) -> Path:
    """Return the folder of a table that comes with the library: ``omniglot``, ``rendered-landmarks``, ….

    Raises:
        FileNotFoundError: there is no such folder.

    Example:
        >>> results_folder("omniglot-drawings").name
        'omniglot-drawings'
    """
    package = Path(suprank_edu.__file__).parent
    # A wheel carries the results inside the package; in a clone, or an editable install, they lie with the book.
    for folder in (package / "book_results" / name, package.parent / "book" / "results" / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"`name`: got {name!r}, expected a folder of book/results")


def load_results(folder: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """Read every run of a folder that :func:`fill` writes, by file name.

    Raises:
        FileNotFoundError: the folder holds no run.
        ValueError: a file is no JSON; the message names it.
    """
    paths = sorted(Path(folder).glob("*/*.json"))
    if not paths:
        raise FileNotFoundError(f"`folder`: got {folder}, which holds no results, expected test/*.json")
    found = []
    for path in paths:
        try:
            found.append(json.loads(path.read_text(encoding="utf-8")))
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}: got no JSON ({error}), expected a run of results") from None
    return found


def chosen_lr(results: Iterable[dict[str, Any]], loss: str) -> float:
    """Return the learning rate of a loss with the best ``CHOSEN_BY`` on the validation classes.

    Raises:
        ValueError: the loss has no validation run.
    """
    runs = [run for run in results if run["loss"] == loss and run["on"] == "validation"]
    if not runs:
        raise ValueError(f"`loss`: got {loss!r}, which has no validation run, expected one or more")
    best = max(runs, key=lambda run: float(run["metrics"][CHOSEN_BY]))
    return float(best["lr"])


def value_of(run: dict[str, Any], column: str) -> float:
    """Return what a run has in a column: ``mild``, ``gap/train``, ``gap/test`` or a metric of the evaluation."""
    if column.startswith("gap/"):
        return float(run["gap"].get(column.removeprefix("gap/"), math.nan))
    return float(run["mild"] if column == "mild" else run["metrics"][column])


def table(results: Iterable[dict[str, Any]], columns: Sequence[str] = COLUMNS) -> dict[str, dict[str, Interval]]:
    """Return, for each loss with test runs, the interval of each column over its seeds."""
    of_loss: dict[str, list[dict[str, Any]]] = {}
    for run in results:
        if run["on"] == "test":
            of_loss.setdefault(run["loss"], []).append(run)
    return {
        loss: {column: Interval.of([value_of(run, column) for run in runs]) for column in columns}
        for loss, runs in of_loss.items()
    }


def paired(results: Iterable[dict[str, Any]], column: str, loss: str, other: str) -> Interval:
    """Return the interval of ``loss`` minus ``other`` in a column, seed by seed, over the seeds that both have.

    Runs of one seed share batches and augmentation, so that what a seed does to both cancels out.

    Raises:
        ValueError: they have no seed in common.
    """
    values: dict[str, dict[int, float]] = {loss: {}, other: {}}
    for run in results:
        if run["on"] == "test" and run["loss"] in values:
            values[run["loss"]][run["seed"]] = value_of(run, column)
    common = sorted(values[loss].keys() & values[other].keys())
    if not common:
        raise ValueError(
            f"`other`: got {other!r}, which has no test run with a seed of {loss!r}, expected at least one"
        )
    return Interval.of([values[loss][seed] - values[other][seed] for seed in common])


def load_rankings(folder: str | os.PathLike[str], seeds: int = 1) -> dict[str, dict[str, np.ndarray[Any, Any]]]:
    """Read what the first seed of each loss retrieved, by loss in the order of ``NAMES``.

    Args:
        folder: holds results.
        seeds: losses with fewer test runs are left out.

    Returns:
        For each loss ``retrieved`` ``(Q, k)``, positions in the test split, best first, and ``ap`` and ``h_ap``
        ``(Q,)``.

    Raises:
        FileNotFoundError: the folder holds no such file.
    """
    found = {}
    for path in Path(folder).glob("test/*_seed0.npz"):
        loss = path.name.removesuffix("_seed0.npz")
        if len(list(path.parent.glob(f"{loss}_seed*.json"))) >= seeds:
            with np.load(path, allow_pickle=False) as arrays:
                found[loss] = dict(arrays.items())
    if not found:
        raise FileNotFoundError(f"`folder`: got {folder}, which holds no rankings, expected test/*_seed0.npz")
    return {loss: found[loss] for loss in NAMES if loss in found}


def as_text(rows: dict[str, dict[str, Interval]]) -> str:
    """Return a table as text, the best mAP@R first."""
    columns = list(next(iter(rows.values())))
    order = sorted(rows, key=lambda loss: -rows[loss].get(CHOSEN_BY, rows[loss][columns[0]]).mean)
    lines = ["  ".join([f"{'loss':20}", "seeds", *(f"{column:>15}" for column in columns)])]
    for loss in order:
        cells = [f"{rows[loss][column]!s:>15}" for column in columns]
        lines.append("  ".join([f"{loss:20}", f"{rows[loss][columns[0]].runs:5}", *cells]))
    return "\n".join(lines)


def as_frame(rows: dict[str, dict[str, Interval]]) -> pd.DataFrame:
    """Return a table as a pandas DataFrame, the best mAP@R first: names, numbers of seeds, means with intervals."""
    import pandas as pd

    columns = list(next(iter(rows.values())))
    order = sorted(rows, key=lambda loss: -rows[loss].get(CHOSEN_BY, rows[loss][columns[0]]).mean)
    cells = {  # no-break spaces keep an interval on one line
        NAMES[loss]: {"seeds": rows[loss][columns[0]].runs}
        | {column: str(rows[loss][column]).replace(" ", "\u00a0") for column in columns}
        for loss in order
    }
    frame = pd.DataFrame.from_dict(cells, orient="index")
    return frame.rename(columns=lambda column: column.replace("/level0", "").replace("gap/", "gap, "))


def fill(
    folder: str | os.PathLike[str],
    setting: str,
    losses: Sequence[str],
    *,
    seeds: int = 5,
    lrs: Sequence[float] = (),
    chosen_in: str | os.PathLike[str] | None = None,
    changes: Sequence[tuple[str, Any]] = (),
    device: str | None = None,
    processes: int = 1,
) -> list[Path]:
    """Make every run of a table that is not in the folder yet; broken off, it goes on when called again.

    First each loss is trained with each learning rate and judged on held-out training classes, with seed 0; then with
    the best of them on all training classes, with every seed, and judged on the unseen classes.

    Args:
        folder: where the files go.
        setting: the data set and the budget.
        losses: names of losses.
        seeds: how many, from 0.
        lrs: the learning rates to choose from; one alone is taken as it is.
        chosen_in: instead of choosing, take the learning rates that were chosen in this other folder.
        changes: settings of the recipe that differ, for every run.
        device: see :func:`suprank_edu.training.fit`.
        processes: runs at a time, each with one thread where there is more than one.

    Returns:
        The files written.

    Raises:
        ValueError: neither ``lrs`` nor ``chosen_in`` is given, or both, or a name is not known.
    """
    if bool(lrs) == (chosen_in is not None):
        raise ValueError(f"`lrs`: got {tuple(lrs)} with chosen_in={chosen_in}, expected exactly one of the two")
    changes = tuple(changes)
    trials = [Experiment(setting, loss, lr, 0, "validation", changes) for loss in losses for lr in lrs]
    written = _make(trials if len(lrs) > 1 else [], Path(folder), device, processes)
    known = load_results(chosen_in or folder) if len(lrs) != 1 else []
    rate = {loss: lrs[0] if len(lrs) == 1 else chosen_lr(known, loss) for loss in losses}
    tests = [Experiment(setting, loss, rate[loss], seed, "test", changes) for seed in range(seeds) for loss in losses]
    return written + _make(tests, Path(folder), device, processes)


def _make(experiments: Sequence[Experiment], folder: Path, device: str | None, processes: int) -> list[Path]:
    from tqdm.auto import tqdm

    missing = [(one, folder, device) for one in experiments if not (folder / f"{one.name}.json").exists()]
    if processes == 1:
        return [_write(one) for one in tqdm(missing, unit="run")]
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, initializer=_one_thread) as pool:
        return list(tqdm(pool.imap_unordered(_write, missing), total=len(missing), unit="run"))


def _write(task: tuple[Experiment, Path, str | None]) -> Path:
    experiment, folder, device = task
    return experiment.write(folder, device)


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)
