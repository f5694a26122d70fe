"""The search engine of a folder of photographs: a network, a vector of each photograph, and where it lies."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from suprank_edu._checks import check_count, check_module, check_number
from suprank_edu.data import RetrievalDataset
from suprank_edu.search.answer import Answer
from suprank_edu.search.approximate import Method
from suprank_edu.search.digests import digest_of, digests_of
from suprank_edu.search.growing import Added, grown
from suprank_edu.search.kept import Content, read_index, write_index
from suprank_edu.search.query import Photograph, vector_of
from suprank_edu.search.shelf import Shelf
from suprank_edu.training import embed
from suprank_edu.training.networks.cache import CacheFolder

if TYPE_CHECKING:
    from PIL.Image import Image


class PhotoIndex:
    """A trained network with photographs that it has embedded: searched with a new photograph, and kept in a folder.

    It holds a copy of the network, so that training on does not part it from its vectors.

    Args:
        network: takes `(B, C, S, S)` images with values in 0..1, returns `(B, D)` unit vectors.
        photographs: N photographs with their classes.
        vectors: `(N, D)` unit vectors of them, by that network; `PhotoIndex.build` computes them.
        about: what to remember of the network, such as the recipe it was trained with; numbers and texts for JSON.
        threshold: the score that the best photograph must reach to count as found, see `choose_threshold`.
        approximate: `IVFPQ()` or `HNSW()` searches approximately, which a million photographs want; None exactly.

    Attributes:
        network: the copy, in evaluation mode.
        about: as given; may be set.
        threshold: as given; may be set.

    Raises:
        ValueError: the numbers of photographs and vectors differ, or a vector is not finite or not of norm 1.

    Example:
        >>> from suprank_edu.data import load_samples
        >>> from suprank_edu.training import pretrained
        >>> shop = load_samples("groceries", "train").subset(range(24))
        >>> index = PhotoIndex.build(pretrained(image_size=32), shop)
        >>> index
        PhotoIndex(24 photographs, 1280 dimensions; product: 4, kind: 1, department: 1)
        >>> index.search(shop.items[5], k=1)[0].classes  # the path of a file of the index
        ('Golden Delicious', 'Apple', 'Fruit')
        >>> index.search(shop.items[5], k=1, leave_out_copies=True).copies_left_out
        1
    """

    def __init__(
        self,
        network: nn.Module,
        photographs: RetrievalDataset,
        vectors: Tensor,
        *,
        about: Mapping[str, Any] | None = None,
        threshold: float | None = None,
        approximate: Method | None = None,
    ) -> None:
        check_module("network", network)
        if threshold is not None:
            check_number("threshold", threshold)
        shelf = Shelf.of(photographs, vectors, digests_of(photographs), approximate)
        self._hold(copy.deepcopy(network), shelf, dict(about or {}), threshold)

    def _hold(self, network: nn.Module, shelf: Shelf, about: dict[str, Any], threshold: float | None) -> None:
        self.network = network.eval().requires_grad_(False)
        self.about, self.threshold, self._shelf = about, threshold, shelf
        self._saved: dict[Path, str] = {}  # the folder it is in, and under which name of a save

    @classmethod
    def build(
        cls,
        network: nn.Module,
        photographs: RetrievalDataset,
        *,
        about: Mapping[str, Any] | None = None,
        device: str | torch.device | None = None,
        cache: CacheFolder = None,
        approximate: Method | None = None,
    ) -> PhotoIndex:
        """Embed the photographs and return an index of them.

        Args:
            network: see above; it is left as it was.
            photographs: such as `suprank_edu.data.read("folder", …)`.
            about: see above.
            device: where they are embedded; None leaves the network where it is.
            cache: a folder where the vectors are kept, and found again, see `suprank_edu.training.embed`.
            approximate: see above.

        Raises:
            ValueError: there is no photograph, or the network takes others.
            OSError: a photograph cannot be read.
        """
        check_module("network", network)
        vectors = embed(network, photographs, device=device, cache=cache)
        return cls(network, photographs, vectors, about=about, approximate=approximate)

    @property
    def photographs(self) -> RetrievalDataset:
        """The photographs with their classes and, as long as the files are there, their images."""
        return self._shelf.photographs

    @property
    def vectors(self) -> Tensor:
        """The `(N, D)` float32 unit vectors of the photographs."""
        return self._shelf.vectors

    @property
    def approximate(self) -> Method | None:
        """How it is searched approximately; None where it is searched exactly."""
        return self._shelf.method

    def __len__(self) -> int:
        return len(self.photographs)

    def __repr__(self) -> str:
        classes = repr(self.photographs).partition("; ")[2]
        return f"{type(self).__name__}({len(self):,} photographs, {self.vectors.shape[1]} dimensions; {classes}"

    def add(self, photographs: Added, *, classes: Sequence[str] | None = None, cache: CacheFolder = None) -> int:
        """Embed further photographs and put them at the end; a file with path and bytes of one that is there is not.

        A file that has changed since, or is of another class now, takes the place of what it was. What is new joins an
        approximate search; where something is replaced, that is made anew.

        Args:
            photographs: a data set with the columns of the index, whose classes are known by their names; or paths of
                image files.
            classes: of image files, the name of their class and of those above it, finest first; None makes them
                members of a class "not labelled".
            cache: see `build`.

        Returns:
            How many were new or had changed.

        Raises:
            ValueError: other columns than those of the index, or not as many `classes`.
            OSError: a photograph cannot be read; the index stays as it was.
        """
        self._shelf, count = grown(self._shelf, self.network, photographs, classes, cache)
        return count

    def remove(self, positions: Iterable[int]) -> None:
        """Take photographs out of the index, such as those of `missing`; an approximate search is made anew.

        Raises:
            IndexError: there is no such row.
            ValueError: none would be left, or too few for the approximate search.
        """
        self._shelf = self._shelf.without(positions)

    def missing(self) -> list[int]:
        """Return the rows of the photographs whose files have vanished since they came into the index."""
        return self._shelf.missing()

    def rebuild(self, approximate: Method | None) -> None:
        """Make the approximate search anew, as one should when the index has doubled; None goes back to the exact one.

        Raises:
            ValueError: there are too few photographs for it, or it does not fit the vectors.
        """
        self._shelf = Shelf.of(self.photographs, self.vectors, self._shelf.digests, approximate)

    def search(
        self,
        photograph: Photograph | Image,
        k: int = 10,
        *,
        leave_out_copies: bool = False,
        threshold: float | None = None,
        effort: int | None = None,
        exact: bool = False,
    ) -> Answer:
        """Find the k photographs most like a new one.

        Args:
            photograph: the path of a file, or its bytes; an image of Pillow; a `(C, S, S)` tensor with values in 0..1;
                or a `(D,)` embedding, which is brought to norm 1.
            k: photographs wanted; all where there are fewer.
            leave_out_copies: leave out photographs with the very bytes of the query's file.
            threshold: what the best must reach; None takes that of the index.
            effort: how hard an approximate index looks: lists (`IVFPQ`) or candidates (`HNSW`); None as it was made.
            exact: look at every photograph, in an approximate index too.

        Returns:
            The photographs, best first; of equal scores the one that came first into the index. An approximate search
            may miss some, and may find fewer than k; the scores of those found are exact. `Answer.found` says
            whether the best reaches the threshold, `Answer.missing` names files that have vanished since.

        Raises:
            ValueError: no such kind of photograph, another shape, k below 1, `leave_out_copies` with something that has
                no bytes, or `effort` with an exact search.
            OSError: the file cannot be read as an image.
        """
        check_count("k", k)
        copies = self._shelf.copies_of(digest_of(photograph)) if leave_out_copies else set()
        vector = vector_of(photograph, self.network, self.photographs.mode, self.vectors.shape[1])  # (D,)
        hits = self._shelf.find(vector, k, copies, effort=effort, exact=exact)
        return Answer(hits, self.threshold if threshold is None else threshold, len(copies))

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the index into a folder, whole or not at all: a save that is killed leaves what was there.

        Args:
            folder: a new or empty one, or one of an index, which is replaced.

        Raises:
            ValueError: the folder holds something else, or what somebody else has saved since this index was loaded.
            OSError: it cannot be written.
        """
        path = Path(folder).absolute()
        content = Content(self.network, self._shelf, self.about, self.threshold)
        self._saved = {path: write_index(path, content, self._saved.get(path))}

    @classmethod
    def load(
        cls,
        folder: str | os.PathLike[str],
        *,
        network: nn.Module | None = None,
        photographs: str | os.PathLike[str] | None = None,
    ) -> PhotoIndex:
        """Open the index of a folder; nothing that its files may contain is run.

        Args:
            folder: of `save`.
            network: for an index of a network of your own, one of the same shape, which receives the stored weights.
            photographs: a folder that the photographs have moved to since, at any depth below it; those that are not
                there stay where they were.

        Raises:
            ValueError: the folder holds no index, a damaged one, or one of a newer version of this library.
        """
        path = Path(folder).absolute()
        content, save = read_index(path, network, photographs)
        index = cls.__new__(cls)
        index._hold(*content)
        index._saved = {path: save}
        return index
