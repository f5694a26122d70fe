"""`import suprank_edu` stays light: what a name needs is imported when the name is used."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import suprank_edu

HEAVY = [
    "plotly",
    "ipywidgets",
    "anywidget",
    "faiss",
    "scipy",
    "pandas",
    "PIL",
    "tqdm",
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
ADDED = """
import importlib, sys
import torch, numpy
before = set(sys.modules)
for module in {modules!r}:
    importlib.import_module(module)
print(*sorted(set(sys.modules) - before))
"""
LIGHT = ["", ".losses", ".ranking", ".metrics", ".decomposability", ".whole_set", ".naive"]


def test_importing_the_library_imports_nothing_heavy() -> None:
    script = SCRIPT.format(modules=[f"suprank_edu{name}" for name in LIGHT], heavy=HEAVY)
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == ""


def added(*modules: str) -> set[str]:
    """Return the modules that a new process loads for these, beyond those of torch and numpy."""
    script = ADDED.format(modules=modules)
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(answer.stdout.split())


def test_importing_the_package_loads_one_module_and_not_even_torch() -> None:
    """What `python -m benchmarks --only importing` measures in seconds, counted."""
    assert added("suprank_edu") == {"suprank_edu"}
    script = "import sys, suprank_edu; print('torch' in sys.modules or 'numpy' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout == "False\n"


def test_losses_and_metrics_load_their_own_modules_and_no_further_part_of_torch() -> None:
    found = added("suprank_edu.losses", "suprank_edu.metrics")
    own = {name for name in found if name.partition(".")[0] == "suprank_edu"}
    others = {name.partition(".")[0] for name in found - own} - sys.stdlib_module_names
    assert others <= {"numpy"}, "numpy.typing alone; the compiler of torch would take a second and a half"
    assert len(own) <= 80


def test_the_oracle_needs_neither_torch_nor_the_package() -> None:
    script = "import sys, suprank_edu.naive; print([m for m in sys.modules if m.startswith('suprank_edu.')])"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert all("suprank_edu.naive" in name for name in eval(answer.stdout)), answer.stdout


def test_every_public_room_is_an_attribute_for_python_and_for_type_checkers() -> None:
    package = Path(suprank_edu.__file__).parent
    found = {path.stem for path in package.glob("[!_]*.py")} | {
        path.parent.name for path in package.glob("*/__init__.py")
    }
    assert set(suprank_edu.__all__) == found - {"pairwise", "positives"}  # whose names are those of `ranking`
    stub = ast.parse((package / "__init__.pyi").read_text())
    typed = [name.asname for each in stub.body if isinstance(each, ast.ImportFrom) for name in each.names]
    assert typed == suprank_edu.__all__
    script = "import suprank_edu; print(all(hasattr(suprank_edu, name) for name in suprank_edu.__all__))"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout == "True\n"


def test_a_room_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'suprank_edu' has no attribute 'loses'"):
        suprank_edu.loses  # noqa: B018
    assert "losses" in dir(suprank_edu)
