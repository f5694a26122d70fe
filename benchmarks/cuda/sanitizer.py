"""Our kernels under compute-sanitizer, where it is installed: reads and writes out of bounds, races, barriers.

Writes `sanitizer.json`. On a CPU, and where there is no sanitizer, the kernels run without it, and the file says so.
"""

import os
import shutil
import subprocess
import sys
import time
from typing import Any

from benchmarks.cuda.machine import ROOT, Options, options

TOOLS = ("memcheck", "racecheck", "synccheck")
_PROGRAM = "/usr/local/cuda/bin/compute-sanitizer"


def run(given: Options) -> bool:
    """Look with one tool after another while there is time; return whether none has found anything."""
    program = shutil.which("compute-sanitizer") or (_PROGRAM if os.path.exists(_PROGRAM) else None)
    if given.device.type != "cuda":
        program = None
    kernels = [sys.executable, "-m", "benchmarks.cuda.kernels", f"--device={given.device.type}", f"--out={given.out}"]
    found: dict[str, Any] = {"sanitizer": program or "not there: the kernels ran without it", "tools": {}}
    for tool in TOOLS if program else ("none",):
        if not given.has_time(3):
            found["tools"][tool] = {"status": "no time was left"}
            continue
        checked = [program, "--tool", tool, "--error-exitcode", "9", *kernels] if program else kernels
        start = time.monotonic()
        try:
            # Each tensor in memory of its own, so that one step beyond its end is seen.
            environment = os.environ | {"PYTORCH_NO_CUDA_MEMORY_CACHING": "1", "TORCHINDUCTOR_COMPILE_THREADS": "1"}
            left = given.until - start
            done = subprocess.run(checked, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=left)
            status, said = done.returncode, (done.stdout + done.stderr)[-4000:]
        except subprocess.TimeoutExpired:
            status, said = "out of time", ""
        found["tools"][tool] = {"status": status, "seconds": round(time.monotonic() - start, 1), "said": said}
        print(f"{tool}: {status}", said[-600:], sep="\n", flush=True)
        given.write("sanitizer", found)
    return all(each["status"] in (0, "out of time", "no time was left") for each in found["tools"].values())


if __name__ == "__main__":
    sys.exit(0 if run(options(__doc__)) else 1)
