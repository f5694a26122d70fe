"""Queries that are shared among processes have the values that one process gives them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from metrics import one_of_two
from metrics.one_of_two import drawn

from suprank_edu._precision import without_tf32
from suprank_edu.metrics import Evaluation, evaluate


@pytest.mark.cpu
@pytest.mark.slow
def test_two_processes_give_the_values_of_one(tmp_path: Path) -> None:
    command = [sys.executable, str(one_of_two.__file__)]
    both = [subprocess.Popen([*command, str(rank), tmp_path / "store", tmp_path]) for rank in range(2)]
    assert [one.wait(300) for one in both] == [0, 0]
    for size in (200, 40):
        alone = evaluate(*drawn(size))
        for rank in range(2):
            found = Evaluation.load(tmp_path / f"{rank}-{size}.npz")
            assert list(found.per_query) == list(alone.per_query)
            for key, values in alone.per_query.items():
                np.testing.assert_array_equal(found.per_query[key], values, err_msg=key)


def test_shared_by_a_process_that_is_alone_changes_nothing() -> None:
    whole, shared = evaluate(*drawn(100)), evaluate(*drawn(100), shared=True)
    assert whole.mean == shared.mean


def test_tf32_is_off_inside_and_as_before_after_an_error() -> None:
    settings = torch.backends.cuda.matmul
    new = hasattr(settings, "fp32_precision")
    name, fast, exact = ("fp32_precision", "tf32", "ieee") if new else ("allow_tf32", True, False)
    before, inside = getattr(settings, name), []

    def fail() -> None:
        with without_tf32():
            inside.append(getattr(settings, name))
            raise KeyError

    setattr(settings, name, fast)
    try:
        with pytest.raises(KeyError):
            fail()
        assert inside == [exact]
        assert getattr(settings, name) == fast
    finally:
        setattr(settings, name, before)
