"""`search` and `threshold`: the list of a photograph, and the score from which on it counts."""

import argparse
from pathlib import Path
from typing import Any

from suprank_edu.search.gather import photographs_in
from suprank_edu.search.index import PhotoIndex
from suprank_edu.search.page import write_page
from suprank_edu.search.threshold import choose_threshold
from suprank_edu.training.commands.options import add_command


def add_finding(commands: Any) -> None:
    """Add `search` and `threshold`."""
    search = add_command(commands, "search", _search, "find the photographs of an index that are most like a new one")
    search.add_argument("index", metavar="INDEX", help="the folder of `build`")
    search.add_argument("photograph", metavar="PHOTO", help="an image file")
    search.add_argument("-k", type=int, default=10, metavar="K", help="how many (default: 10)")
    search.add_argument("--html", type=Path, metavar="FILE", help="write one page of pictures, which needs no network")
    text = "leave out photographs with the very bytes of PHOTO"
    search.add_argument("--leave-out-copies", action="store_true", help=text)
    text = "the score from which on something counts as found; that of the index by default, see `threshold`"
    search.add_argument("--threshold", type=float, metavar="SCORE", help=text)

    text = "how many lists (ivf-pq) or candidates (hnsw) an approximate index looks at; more finds more"
    search.add_argument("--probes", "--effort", dest="effort", type=int, metavar="N", help=text)
    search.add_argument("--exact", action="store_true", help="look at every photograph of an approximate index")

    threshold = add_command(commands, "threshold", _threshold, "choose the score from which on something is found")
    threshold.add_argument("index", metavar="INDEX", help="the folder of `build`; the threshold is kept in it")
    text = "folder of photographs of its classes that are not in it, from another day or another place"
    threshold.add_argument("photographs", metavar="PHOTOS", help=text)
    text = "the least share of what is found that shall have a class in the index; the best F1 by default"
    threshold.add_argument("--precision", type=float, metavar="SHARE", help=text)
    text = "of all photographs that will be asked, the share that has nothing to find (default: 0.5)"
    threshold.add_argument("--share-without", type=float, default=0.5, metavar="SHARE", help=text)
    threshold.add_argument("--split", choices=("train", "val", "test"), help="of PHOTOS; all by default")


def _search(options: argparse.Namespace) -> None:
    index = PhotoIndex.load(options.index)
    if options.effort is not None and index.approximate is None:
        raise ValueError(
            f"`--probes`: got {options.effort} with an index that is searched exactly, expected none; "
            f"`index {options.index} --approximate ivf-pq` makes it approximate"
        )
    answer = index.search(
        options.photograph,
        options.k,
        leave_out_copies=options.leave_out_copies,
        threshold=options.threshold,
        effort=options.effort,
        exact=options.exact,
    )
    if options.html is not None:
        write_page(options.html, options.photograph, answer, index.photographs)
    print(answer)
    if answer.copies_left_out:
        print(f"left out: {answer.copies_left_out} with the bytes of {options.photograph}")
    if options.html is not None:
        print(f"{options.html}: open it in a browser")


def _threshold(options: argparse.Namespace) -> None:
    index = PhotoIndex.load(options.index)
    queries = photographs_in(options.photographs, options.split, like=index.photographs)
    chosen = choose_threshold(index, queries, precision=options.precision, share_without=options.share_without)
    index.threshold = chosen.value
    index.save(options.index)
    print(chosen)
