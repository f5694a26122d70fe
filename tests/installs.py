"""Installs the wheel of this tree into new environments, without and with each extra, and uses it: `python tests/installs.py`.

Each environment has nothing else in it. There `pip check` must agree, the Python blocks of the README run, and so does
a line that needs what the extra brings. One line a case: seconds, megabytes, packages. `python tests/installs.py train
data` takes two extras alone; `none` is the library without any. The version of torch is the pinned one, which an
environment's own index may hold as a CPU build (TORCH_INDEX); everything else is the newest that fits.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TRAIN = 'from suprank_edu.data import load_samples; assert load_samples("groceries")[0].size == (128, 128)'
EXPLORE = "from suprank_edu.explore import surrogate_bounds; surrogate_bounds().widget"
USES = {
    "none": "import suprank_edu; assert suprank_edu.losses.SupAPLoss().reduction == 'mean'",
    "train": TRAIN,
    "data": "from suprank_edu.data.labelling import embed_names; embed_names(['castle', 'bridge'])",
    "labelling": "from suprank_edu.data.labelling import sentence_embedder; sentence_embedder()",
    "vision": "from suprank_edu.training.networks import pretrained; pretrained()",
    "lancedb": "import lancedb, pyarrow; from suprank_edu.search import export_lancedb",
    "explore": EXPLORE,
    "chapters": f"{TRAIN}; {EXPLORE}; import torchmetrics",
    "book": f"{TRAIN}; {EXPLORE}; import jupyterlab, jupytext",
    "dev": f"{TRAIN}; {EXPLORE}; import jupyter_book, pytest, hypothesis",
}
# What the README takes as given: a network, and a batch of images with their labels.
BEFORE = """import torch
network, images, labels = torch.nn.Linear(20, 8), torch.randn(64, 20), torch.arange(64) // 4
"""


def python_blocks(text: str) -> str:
    """Return the Python of a page in Markdown, as one program."""
    return "\n".join(re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL))


def install(wheel: Path, extra: str, folder: Path) -> str:
    """Install into a new environment in `folder`, use what is there, and return a line that says what it took."""
    start = time.perf_counter()
    venv.create(folder / "env", symlinks=os.name != "nt", with_pip=True)
    python = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    (torch,) = re.findall(r"^torch==\S+", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)
    index = ["--extra-index-url", os.environ["TORCH_INDEX"]] if os.environ.get("TORCH_INDEX") else []
    wanted = str(wheel) if extra == "none" else f"{wheel}[{extra}]"
    given = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}

    def run(*words: str) -> str:
        command = [str(python), *words]
        return subprocess.run(command, cwd=folder, env=given, check=True, stdout=subprocess.PIPE, text=True).stdout

    run("-m", "pip", "install", "--quiet", *index, torch, wanted)
    seconds = time.perf_counter() - start
    run("-m", "pip", "check")
    (folder / "readme.py").write_text(BEFORE + python_blocks((ROOT / "README.md").read_text()))
    run("readme.py")
    run("-c", USES[extra])
    files = [path for path in (folder / "env").rglob("*") if path.is_file() and not path.is_symlink()]
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    packages = len(run("-m", "pip", "list", "--format=freeze").splitlines())
    return f"installs: {extra:10} {seconds:5.0f} s to install {megabytes:6.0f} MB {packages:4} packages; README and extra run"


def main(extras: list[str]) -> int:
    if unknown := set(extras) - set(USES):
        sys.exit(f"installs: got {', '.join(sorted(unknown))}, expected some of {', '.join(USES)}")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        (wheel,) = Path(folder).glob("*.whl")
        for extra in extras or USES:
            with tempfile.TemporaryDirectory() as place:  # gone before the next is made: some take gigabytes
                try:
                    print(install(wheel, extra, Path(place)), flush=True)
                except subprocess.CalledProcessError as error:
                    print(f"installs: {extra:10} FAILED, {' '.join(error.cmd)[:200]}", flush=True)
                    failed += 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
