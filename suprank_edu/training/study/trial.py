"""The dry run: data, shapes, time and memory of a run, from two steps of full size that write nothing."""

import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from suprank_edu._extras import needs
from suprank_edu.data import RetrievalDataset
from suprank_edu.training.checkpoint import Checkpoints
from suprank_edu.training.study.papers import SETTINGS
from suprank_edu.training.study.runs import Run
from suprank_edu.training.validation import Validation


def trial(
    run: Run, checkpoint_every: int = 100, evaluate: Mapping[str, Any] | None = None, device: str | None = None
) -> dict[str, Any]:
    """Read the data, take two steps of full size and try an evaluation, without writing anything.

    Args:
        run: what would be trained.
        checkpoint_every, evaluate: as in `Run.train`; without `evaluate` the end of a run is tried alone.
        device: see `suprank_edu.training.fit`.

    Returns:
        What a reader of a log wants to know before the long work: sizes, steps, seconds a step, peak memory.

    Raises:
        ValueError: a setting that the run could not work with.
        OSError: a file of the data set is missing, or one of those that were opened cannot be read.
    """
    with needs("train"):
        import humanize

    run.check_folder()
    Checkpoints(run.folder, checkpoint_every)
    protocol = SETTINGS[run.setting].protocol(run.data)
    validation = None if evaluate is None else Validation(protocol, **evaluate)
    prepared = run.prepare(device)
    for dataset in (prepared.dataset, protocol.gallery, protocol.queries):
        _check_files(dataset)
    recipe = prepared.recipe
    short = replace(prepared, recipe=replace(recipe, steps=min(2, recipe.steps)))
    start = time.perf_counter()
    result = short.fit(progress=False, device=device)
    seconds = [entry["seconds"] for entry in result.history]
    first = time.perf_counter() - start - (seconds[-1] - seconds[0])
    protocol.head(recipe.batch_size).evaluate(result.model)
    if validation is not None:
        validation.check(result.model)
    peak = _peak_bytes()
    return {
        "train": repr(prepared.dataset),
        "test": repr(protocol.gallery),
        **({} if protocol.queries is None else {"queries": repr(protocol.queries)}),
        "parameters": sum(p.numel() for p in result.model.parameters()),
        "batch": f"{recipe.batch_size} images of {recipe.image_size} pixels",
        "steps": recipe.steps,
        "loss of the first steps": [round(entry["loss"], 4) for entry in result.history],
        "seconds to the first step": round(first, 2),
        "seconds a step": round(seconds[-1] - seconds[0], 3),
        "peak memory": "not known on this system" if peak is None else humanize.naturalsize(peak, binary=True),
    }


def _check_files(dataset: RetrievalDataset | None) -> None:
    """Raise unless every file of a data set is there."""
    for item in () if dataset is None else dataset.items:
        if not isinstance(item, bytes) and not Path(item).is_file():
            raise FileNotFoundError(f"{item}: the data set lists this image, and there is no such file")


def _peak_bytes() -> int | None:
    if torch.cuda.is_available() and torch.cuda.max_memory_allocated():
        return torch.cuda.max_memory_allocated()
    try:
        import resource
    except ModuleNotFoundError:  # on Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
