"""`to-lancedb`: an index as a database that other programs can read."""

import argparse
from typing import Any

from suprank_edu.search.index import PhotoIndex
from suprank_edu.search.lance import TABLE, export_lancedb
from suprank_edu.training.commands.options import add_command


def add_export(commands: Any) -> None:
    """Add `to-lancedb`."""
    export = add_command(commands, "to-lancedb", _export, "write an index as a database of LanceDB")
    export.add_argument("index", metavar="INDEX", help="the folder of `build`")
    export.add_argument("folder", metavar="FOLDER", help="the folder of the database, a new one")


def _export(options: argparse.Namespace) -> None:
    index = PhotoIndex.load(options.index)
    export_lancedb(index, options.folder)
    print(f'{options.folder}: {len(index):,} rows; lancedb.connect("{options.folder}").open_table("{TABLE}")')
