"""The runs that a folder of results lacks, made one after another or several at a time."""

import multiprocessing
from collections.abc import Sequence
from pathlib import Path

from suprank_edu._checks import check_count
from suprank_edu._extras import needs
from suprank_edu._files import read_json
from suprank_edu.training.study.experiment import Experiment


def make_missing(experiments: Sequence[Experiment], folder: Path, device: str | None, processes: int) -> list[Path]:
    """Run the experiments whose files are not in the folder yet.

    Args:
        experiments: in the order in which they are wanted.
        folder: where the files go.
        device: see `suprank_edu.training.fit`.
        processes: runs at a time, each with one thread where there is more than one.

    Returns:
        The files written.

    Raises:
        ValueError: a file that is there is of a run with other settings; `processes` is below 1.
    """
    check_count("processes", processes)
    with needs("train"):
        from tqdm.auto import tqdm

    missing = [(one, folder, device) for one in experiments if not _is_there(one, folder)]
    if processes == 1:
        return [_write(one) for one in tqdm(missing, unit="run")]
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, initializer=_one_thread) as pool:
        return list(tqdm(pool.imap_unordered(_write, missing), total=len(missing), unit="run"))


def _is_there(experiment: Experiment, folder: Path) -> bool:
    path = folder / f"{experiment.name}.json"
    if not path.exists():
        return False
    try:
        differences = experiment.differences(read_json(path))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: got no run of results ({error}), expected one; remove it to make it anew") from None
    if differences:
        raise ValueError(
            f"{path}: got a run with other settings ({'; '.join(differences)}), which no table may mix; give another "
            "folder, or remove it to make it anew"
        )
    return True


def _write(task: tuple[Experiment, Path, str | None]) -> Path:
    experiment, folder, device = task
    return experiment.write(folder, device)


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)
