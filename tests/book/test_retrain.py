"""What the training chapter claims holds on another machine too: here, one thread and other vector instructions."""

import os
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = ROOT / "book" / "13_training_for_real.md"
RUN = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=3600, kernel_name="python3", resources={"metadata": {"path": sys.argv[2]}}).execute()
"""


@pytest.mark.nightly
def test_its_claims_hold_with_one_thread_and_other_kernels(tmp_path: Path) -> None:
    notebook = jupytext.read(CHAPTER)
    claims = [cell for cell in notebook.cells if cell.cell_type == "code" and "assert " in cell.source]
    assert claims, "the chapter asserts nothing"
    path = tmp_path / "chapter.ipynb"
    jupytext.write(notebook, path)
    other = {"OMP_NUM_THREADS": "1", "ATEN_CPU_CAPABILITY": "avx2", "SUPRANK_EDU_STATIC": "1"}
    answer = subprocess.run(
        [sys.executable, "-c", RUN, str(path), str(CHAPTER.parent)],
        env=os.environ | other,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
