"""Files as they should not be: what a broken disk, a broken-off download or somebody who means harm leaves."""

import random


def damaged(content: bytes, seed: int) -> bytes:
    """Return `content` cut, with bytes changed, put in or taken out; each seed another damage."""
    draw = random.Random(seed)
    changed, start = bytearray(content), draw.randrange(len(content))
    stop = start + draw.randrange(1, 40)
    some = draw.randbytes(len(content[start:stop]))
    for _ in range(draw.randrange(1, 4)):
        changed[draw.randrange(len(content))] = draw.randrange(256)
    ways = [
        content[:start],
        bytes(changed),
        content[:start] + bytes(len(some)) + content[stop:],
        content[:start] + some + content[stop:],
        content[:start] + some + content[start:],
        content[:start] + content[stop:],
        content + content,
        content + some,
        b"",
    ]
    return ways[draw.randrange(len(ways))]
