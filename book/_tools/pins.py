"""Makes the output of pip-compile fit for every machine: `python pins.py requirements.txt`."""

import re
import sys
from pathlib import Path


def portable(text: str) -> str:
    """Drop what belongs to the machine that resolved the pins.

    That is torch's local version (`+cpu`), and the entry of the project itself, which is a path on that machine,
    with the comment lines under it.
    """
    text = re.sub(r"^(torch==[0-9.]+)\+\w+", r"\1", text, flags=re.MULTILINE)
    return re.sub(r"^suprank-edu @ .*\n(?:    #.*\n)*", "", text, flags=re.MULTILINE)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(portable(path.read_text()))
