"""Photographs put onto a shelf: those that are new or have changed are embedded, the others are there already."""

import os
from collections.abc import Iterable, Sequence

from torch import nn

from suprank_edu.data import RetrievalDataset
from suprank_edu.search.digests import digests_of
from suprank_edu.search.joining import joined, loose, renumbered
from suprank_edu.search.shelf import Shelf
from suprank_edu.training import embed
from suprank_edu.training.networks.cache import CacheFolder

Added = RetrievalDataset | Iterable[str | os.PathLike[str]]


def grown(
    shelf: Shelf, network: nn.Module, photographs: Added, classes: Sequence[str] | None, cache: CacheFolder
) -> tuple[Shelf, int]:
    """Return a shelf with further photographs, and how many were new or had changed; see `PhotoIndex.add`."""
    if not isinstance(photographs, RetrievalDataset):
        photographs = loose(photographs, shelf.photographs, classes)
    digests = digests_of(photographs)
    new, replaced = shelf.news(photographs, digests, renumbered(shelf.photographs, photographs)[0])
    if not new:
        return shelf, 0
    chosen = photographs.subset(new)
    whole = joined(shelf.photographs, chosen)  # refused before anything is embedded
    return shelf.extended(whole, embed(network, chosen, cache=cache), digests[new], replaced), len(new)
