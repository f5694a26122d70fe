"""What a program needs in a process of its own, whatever the process that asks has held."""

import subprocess
import sys

# Linux's getrusage starts a child at its parent's peak, under which the child could grow unseen.
PEAK = """
def peak_gib():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 2**20
    except FileNotFoundError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
"""


def grown_gib(before: str, work: str) -> float:
    """Run ``before`` and then ``work`` in a new process; return the GiB by which its peak grew during ``work``."""
    return float(_printed(f"{PEAK}\n{before}\nheld = peak_gib()\n{work}\nprint(peak_gib() - held)"))


def peak_gib(work: str) -> float:
    """Run ``work`` in a new process; return its peak in GiB."""
    return float(_printed(f"{PEAK}\n{work}\nprint(peak_gib())"))


def _printed(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
