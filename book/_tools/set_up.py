"""Makes `.venv` and installs the pins into it, saying what, how much and how far: `python set_up.py .venv`.

`make` calls it with the interpreter of the new environment. It needs nothing but Python, and asks nothing. The variable
TORCH_INDEX names the package index to take torch from, which is how one gets its CPU build.
"""

import os
import re
import shutil
import subprocess
import sys
import venv
from collections import deque
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "requirements.txt"
SPEAK_EVERY = 50  # packages found or fetched; a log is read, not watched
LARGE = 2e7  # bytes; files of this size are announced one by one
# What pip prints of a package: that it looked it up, has it here as a file or installed, and that it fetches it.
FOUND = re.compile(r"(?:Collecting |Requirement already satisfied: |Processing \S*/)([\w.]+(?:-[a-zA-Z][\w.]*)*)")
FETCHED = re.compile(r"\s*(Downloading|Using cached) (\S+) \(([\d.]+) (kB|MB|GB)\)")
UNITS = {"kB": 1e3, "MB": 1e6, "GB": 1e9}
NO_CARD = """\
set-up: no CUDA card was found here, and torch for Linux brings CUDA along, several GB more. For the CPU build stop now
set-up: (Ctrl-C) and add one variable, TORCH_INDEX, the address of the CPU wheels that pytorch.org's Get Started page
set-up: shows: `make book TORCH_INDEX=…`. Nothing is to be done where pip already knows a place with CPU wheels."""


def say(sentence: str) -> None:
    """Print a line at once, so that it stands in a log when it is true."""
    print(f"set-up: {sentence}", flush=True)


def pins(text: str) -> dict[str, str]:
    """The versions that requirements.txt pins, by name."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, flags=re.MULTILINE))


def has_card() -> bool:
    """Whether a driver of NVIDIA's is here."""
    return shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia").exists()


def make_environment(folder: Path) -> Path:
    """Return the Python of the virtual environment in `folder`, made first where none works."""
    python = folder / "bin" / "python"
    if python.exists() and subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return python
    say(f"creating {folder}")
    try:
        venv.create(folder, clear=True, symlinks=True, with_pip=True)
    except OSError as error:
        sys.exit(f"set-up: {folder} cannot be made ({error.strerror or error}): put the project where you may write")
    except subprocess.CalledProcessError:
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit(f"set-up: {sys.executable} cannot make virtual environments; on Debian: apt-get install python3-venv")
    return python


class Progress:
    """Turns the lines that pip prints into the few that say how far it is."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.found: set[str] = set()
        self.fetched, self.bytes = 0, 0.0

    def read(self, line: str) -> str | None:
        """Take a line of pip's in; return what there is to say."""
        found, fetched = FOUND.match(line), FETCHED.match(line)
        before = len(self.found) + self.fetched
        if found:
            self.found.add(re.sub(r"[-_.]+", "-", found[1]).lower())
        elif fetched and not fetched[2].endswith(".metadata"):
            size = float(fetched[3]) * UNITS[fetched[4]]
            self.fetched, self.bytes = self.fetched + 1, self.bytes + size
            if size >= LARGE and fetched[1] == "Downloading":
                return f"fetching {fetched[2].rpartition('/')[2].partition('-')[0]}, {fetched[3]} {fetched[4]}"
        now = len(self.found) + self.fetched
        return self.state() if now > before and now % SPEAK_EVERY == 0 else None

    def state(self) -> str:
        """How many packages were looked up and how many came, with their size."""
        total = max(self.total, len(self.found))
        return f"{len(self.found)} of {total} packages found, {self.fetched} fetched, {self.bytes / 1e9:.2f} GB"


def run_pip(command: list[str | Path], progress: Progress, site: Path) -> int:
    """Run pip and tell how far it is; return its exit status, and where it failed show what it said at last."""
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert pip.stdout is not None
    last: deque[str] = deque(maxlen=20)
    for line in pip.stdout:
        last.append(line)
        if sentence := progress.read(line):
            say(sentence)
        if line.startswith("Installing collected packages:"):
            tell_installed(pip, site, len(line.split(":")[1].split(",")))
    if pip.wait():
        print("".join(last), end="", flush=True)
    return pip.returncode


def tell_installed(pip: "subprocess.Popen[str]", site: Path, wanted: int) -> None:
    """Count what pip, silent in this part, has put into `site`, until it ends."""
    before = told = packages(site)
    say(f"installing {wanted} packages")
    while True:
        try:
            pip.wait(timeout=5)
            return
        except subprocess.TimeoutExpired:
            if (now := packages(site)) != told:
                told = now
                say(f"{min(now - before, wanted)} of {wanted} installed")


def packages(site: Path) -> int:
    """How many packages are in `site`."""
    return sum(1 for _ in site.glob("*.dist-info"))


def install(python: Path, torch_index: str) -> None:
    """Install the pins, torch first where it has an index of its own, then the project."""
    wanted = pins(PINS.read_text())
    say(f"installing the {len(wanted)} packages of {PINS.name}, about 2.8 GB on disk with the CPU build of torch")
    torch = [f"torch=={wanted['torch']}", "--no-deps", "--index-url", torch_index]
    if torch_index:
        pip_install(python, torch, "torch does not come from TORCH_INDEX; is it the address that pytorch.org shows?")
    elif sys.platform == "linux" and not has_card():
        print(NO_CARD, flush=True)
    again = "pip failed; the same command goes on where this one ended"
    pip_install(python, ["--requirement", PINS], again)
    pip_install(python, ["--quiet", "--no-deps", "--editable", ROOT], again)


def pip_install(python: Path, what: Iterable[str | Path], otherwise: str) -> None:
    """Run `pip install` with `what`; end with the sentence `otherwise` where it fails."""
    (site,) = python.parents[1].glob("lib/python3*/site-packages")
    command = [python, "-m", "pip", "install", "--progress-bar", "off", "--no-color", *what]
    if run_pip(command, Progress(len(pins(PINS.read_text()))), site):
        sys.exit(f"set-up: {otherwise}")


def main(folder: Path) -> None:
    """Make the environment and fill it."""
    if not os.access(folder.resolve().parent, os.W_OK):
        sys.exit(f"set-up: {folder.resolve().parent} is not yours to write: put the project into a folder of your own")
    try:
        install(make_environment(folder), os.environ.get("TORCH_INDEX", ""))
    except KeyboardInterrupt:
        sys.exit("\nset-up: stopped; the same command goes on where this one ended")
    say("ready")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
