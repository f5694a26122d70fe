# Set-up: installs the library where it is missing, as on Colab (under a minute); elsewhere it only says what is here.
import importlib.util
import os
import subprocess
import sys
from importlib.metadata import version

REPOSITORY = "https://github.com/OWNER/suprank-edu"
if not getattr(importlib.util.find_spec("suprank_edu"), "origin", None):
    print("installing suprank-edu ...")
    kept = [f"{name}=={version(name)}" for name in ("torch", "numpy") if importlib.util.find_spec(name)]
    for source in ("", f" @ git+{REPOSITORY}"):  # the package index, then the repository
        command = [sys.executable, "-m", "pip", "install", "-q", f"suprank-edu[chapters]{source}", *kept]
        no_prompt = os.environ | {"GIT_TERMINAL_PROMPT": "0"}
        pip = subprocess.run(command, env=no_prompt, capture_output=True, text=True)
        if pip.returncode == 0:
            break
    else:
        raise ImportError(
            f"{pip.stderr[-1000:]}\nsuprank-edu is neither on pip's index nor at {REPOSITORY}. Put a copy of the"
            ' project on this machine, run  %pip install "FOLDER[chapters]"  with its folder, then this cell again.'
        )
    importlib.invalidate_caches()

import torch

import suprank_edu

device = torch.cuda.get_device_name() if torch.cuda.is_available() else "the CPU"
print(f"suprank-edu {suprank_edu.__version__}, torch {torch.__version__}, Python {sys.version.split()[0]}, on {device}")
