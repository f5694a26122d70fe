"""`import suprank_edu` stays light: what a name needs is imported when the name is used."""

import subprocess
import sys

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
for module in {modules!r}:
    importlib.import_module(module)
    new = {{name.split(".")[0] for name in set(sys.modules) - before}} & set({heavy!r})
    if new:
        print(module, *sorted(new))
"""
LIGHT = ["", ".losses", ".ranking", ".metrics", ".decomposability", ".whole_set", ".naive"]


def test_importing_the_library_imports_nothing_heavy() -> None:
    script = SCRIPT.format(modules=[f"suprank_edu{name}" for name in LIGHT], heavy=HEAVY)
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == ""


def test_the_oracle_needs_neither_torch_nor_the_package() -> None:
    script = "import sys, suprank_edu.naive; print([m for m in sys.modules if m.startswith('suprank_edu.')])"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert all("suprank_edu.naive" in name for name in eval(answer.stdout)), answer.stdout
