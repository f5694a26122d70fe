"""`import suprank_edu` stays light: what a name needs is imported when the name is used."""

import subprocess
import sys

import pytest

HEAVY = [
    "plotly",
    "ipywidgets",
    "anywidget",
    "faiss",
    "scipy",
    "pandas",
    "PIL",
    "tqdm",
    "kornia",
    "pytorch_metric_learning",
    "transformers",
    "accelerate",
    "IPython",
]
SCRIPT = """
import importlib, sys
import torch, numpy
before = set(sys.modules)
importlib.import_module({module!r})
new = {{name.split(".")[0] for name in set(sys.modules) - before}}
print(" ".join(sorted(new & set({heavy!r}))))
"""


@pytest.mark.parametrize(
    "module", ["suprank_edu", "suprank_edu.losses", "suprank_edu.ranking", "suprank_edu.metrics", "suprank_edu.naive"]
)
def test_importing_the_library_imports_nothing_heavy(module: str) -> None:
    script = SCRIPT.format(module=module, heavy=HEAVY)
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == []


def test_the_oracle_needs_neither_torch_nor_the_package() -> None:
    script = "import sys, suprank_edu.naive; print([m for m in sys.modules if m.startswith('suprank_edu.')])"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert all("suprank_edu.naive" in name for name in eval(answer.stdout)), answer.stdout
