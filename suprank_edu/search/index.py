"""The search engine of a folder of photographs: a network, a vector of each photograph, and where it lies."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from suprank_edu._checks import check_count, check_module, check_number
from suprank_edu._embedding_checks import are_unit, check_embeddings
from suprank_edu.data import RetrievalDataset
from suprank_edu.retrieval import ExactIndex, search
from suprank_edu.search.answer import Answer, Hit
from suprank_edu.search.digests import Digests, digest_of, digests_of
from suprank_edu.search.joining import joined, loose
from suprank_edu.search.kept import Content, read_index, write_index
from suprank_edu.search.query import vector_of
from suprank_edu.training import embed
from suprank_edu.training.networks.cache import CacheFolder

if TYPE_CHECKING:
    from PIL.Image import Image

Photograph = str | os.PathLike[str] | bytes | Tensor | np.ndarray[Any, Any]


class PhotoIndex:
    """A trained network with photographs that it has embedded: searched with a new photograph, and kept in a folder.

    It holds a copy of the network, so that training on does not part it from its vectors.

    Args:
        network: takes `(B, C, S, S)` images with values in 0..1, returns `(B, D)` unit vectors.
        photographs: N photographs with their classes.
        vectors: `(N, D)` unit vectors of them, by that network; `PhotoIndex.build` computes them.
        about: what to remember of the network, such as the recipe it was trained with; numbers and texts for JSON.
        threshold: the score that the best photograph must reach to count as found, see `choose_threshold`.
        digests: `(N,)` sha256 of the photographs' bytes; None reads them.

    Attributes:
        network: the copy, in evaluation mode.
        photographs: their classes and, as long as the files are there, their images.
        vectors: `(N, D)` float32.
        about: as given; may be set.
        threshold: as given; may be set.

    Raises:
        ValueError: the numbers of photographs and vectors differ, or a vector is not finite or not of norm 1.

    Example:
        >>> from suprank_edu.data import read
        >>> from suprank_edu.training import SmallCNN
        >>> glyphs = read("standin", split="test")
        >>> index = PhotoIndex.build(SmallCNN(image_size=16, channels=(4, 8)), glyphs.subset(range(0, 480, 2)))
        >>> index
        PhotoIndex(240 photographs, 128 dimensions; character: 24, alphabet: 3)
        >>> len(index.search(glyphs[1], k=5)), index.search(index.vectors[3], k=1).positions
        (5, [3])
    """

    def __init__(
        self,
        network: nn.Module,
        photographs: RetrievalDataset,
        vectors: Tensor,
        *,
        about: Mapping[str, Any] | None = None,
        threshold: float | None = None,
        digests: Digests | None = None,
    ) -> None:
        check_module("network", network)
        error = check_embeddings(vectors, "vectors")
        if len(vectors) != len(photographs):
            raise ValueError(f"`vectors`: got {len(vectors)}, expected {len(photographs)}, one of each photograph")
        if not are_unit(error, vectors.dtype):
            raise ValueError(f"`vectors`: got norms that are off 1 by up to {error:.2g}, expected unit vectors")
        if threshold is not None:
            check_number("threshold", threshold)
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.about, self.threshold = dict(about or {}), threshold
        self._hold(photographs, vectors, digests_of(photographs) if digests is None else digests)
        self._saved: tuple[Path, str] | None = None  # the folder it is in, and under which name of a save

    def _hold(self, photographs: RetrievalDataset, vectors: Tensor, digests: Digests) -> None:
        self.photographs, self._digests = photographs, digests
        self._exact = ExactIndex(vectors)

    @classmethod
    def build(
        cls,
        network: nn.Module,
        photographs: RetrievalDataset,
        *,
        about: Mapping[str, Any] | None = None,
        device: str | torch.device | None = None,
        cache: CacheFolder = None,
    ) -> PhotoIndex:
        """Embed the photographs and return an index of them.

        Args:
            network: see above; it is left as it was.
            photographs: such as `suprank_edu.data.read("folder", …)`.
            about: see above.
            device: where they are embedded; None leaves the network where it is.
            cache: a folder where the vectors are kept, and found again, see `suprank_edu.training.embed`.

        Raises:
            ValueError: there is no photograph, or the network takes others.
            OSError: a photograph cannot be read.
        """
        check_module("network", network)
        return cls(network, photographs, embed(network, photographs, device=device, cache=cache), about=about)

    @property
    def vectors(self) -> Tensor:
        """The `(N, D)` float32 unit vectors of the photographs."""
        return self._exact.gallery

    def __len__(self) -> int:
        return len(self.photographs)

    def __repr__(self) -> str:
        classes = repr(self.photographs).partition("; ")[2]
        return f"{type(self).__name__}({len(self):,} photographs, {self.vectors.shape[1]} dimensions; {classes}"

    def add(
        self,
        photographs: RetrievalDataset | Iterable[str | os.PathLike[str]],
        *,
        classes: Sequence[str] | None = None,
        cache: CacheFolder = None,
    ) -> int:
        """Embed further photographs and put them at the end; a file with path and bytes of one that is there is not.

        A file that has changed since takes the place of what it was.

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
        if not isinstance(photographs, RetrievalDataset):
            photographs = loose(photographs, self.photographs, classes)
        digests = digests_of(photographs)
        known = {name: row for row, name in enumerate(_places(self.photographs))}
        old = [known.get(name, -1) for name in _places(photographs)]  # (M,)
        new = [row for row, place in enumerate(old) if place < 0 or self._digests[place] != digests[row]]
        if not new:
            return 0
        whole = joined(self.photographs, chosen := photographs.subset(new))  # refused before anything is embedded
        added = embed(self.network, chosen, cache=cache)
        replaced = {old[row] for row in new}
        keep = [row for row in range(len(self)) if row not in replaced]
        rows = keep + list(range(len(self), len(self) + len(new)))
        vectors = torch.cat([self.vectors[keep], added])  # (N', D)
        self._hold(whole.subset(rows), vectors, np.concatenate([self._digests[keep], digests[new]]))
        return len(new)

    def remove(self, positions: Iterable[int]) -> None:
        """Take photographs out of the index, such as those of `missing`.

        Raises:
            IndexError: there is no such row.
            ValueError: none would be left.
        """
        gone = set(positions)
        if outside := [row for row in gone if not 0 <= row < len(self)]:
            raise IndexError(f"`positions`: got {outside[0]}, expected rows in 0..{len(self) - 1}")
        keep = [row for row in range(len(self)) if row not in gone]
        if not keep:
            raise ValueError(f"`positions`: got all {len(self)} photographs, expected to leave one; remove the folder")
        self._hold(self.photographs.subset(keep), self.vectors[keep], self._digests[keep])

    def missing(self) -> list[int]:
        """Return the rows of the photographs whose files have vanished since they came into the index."""
        return [row for row in range(len(self)) if not self._is_there(row)]

    def _is_there(self, row: int) -> bool:
        item = self.photographs.items[row]
        return isinstance(item, bytes) or os.path.exists(item)

    def search(
        self,
        photograph: Photograph | Image,
        k: int = 10,
        *,
        leave_out_copies: bool = False,
        threshold: float | None = None,
    ) -> Answer:
        """Find the k photographs most like a new one.

        Args:
            photograph: the path of a file, or its bytes; an image of Pillow; a `(C, S, S)` tensor with values in 0..1;
                or a `(D,)` embedding, which is brought to norm 1.
            k: photographs wanted; all where there are fewer.
            leave_out_copies: leave out photographs with the very bytes of the query's file.
            threshold: what the best must reach; None takes that of the index.

        Returns:
            The photographs, best first; of equal scores the one that came first into the index. `Answer.found` says
            whether the best reaches the threshold, `Answer.missing` names files that have vanished since.

        Raises:
            ValueError: no such kind of photograph, another shape, k below 1, or `leave_out_copies` with something that
                has no bytes.
            OSError: the file cannot be read as an image.

        Example:
            >>> from suprank_edu.data import load_samples
            >>> from suprank_edu.training import pretrained
            >>> shop = load_samples("groceries", "train").subset(range(24))
            >>> index = PhotoIndex.build(pretrained(image_size=32), shop)
            >>> query = shop.items[5]  # the path of a file of the index
            >>> first = index.search(query, k=1)[0]
            >>> first.position, first.classes
            (5, ('Golden Delicious', 'Apple', 'Fruit'))
            >>> index.search(query, k=1, leave_out_copies=True).copies_left_out
            1
        """
        check_count("k", k)
        copies: set[int] = set()
        if leave_out_copies:
            copies = set(np.flatnonzero(self._digests == digest_of(photograph)).tolist())
        vector = vector_of(photograph, self.network, self.photographs.mode, self.vectors.shape[1])  # (D,)
        scores, rows = search(vector[None], self._exact, min(k + len(copies), len(self)))
        pairs = zip(scores[0].tolist(), rows[0].tolist(), strict=True)
        found = [(score, row) for score, row in pairs if row not in copies][:k]
        hits = tuple(self._hit(rank, score, row) for rank, (score, row) in enumerate(found, start=1))
        return Answer(hits, self.threshold if threshold is None else threshold, len(copies))

    def _hit(self, rank: int, score: float, row: int) -> Hit:
        data = self.photographs
        ids = data.labels[row].tolist()
        classes = tuple(names[i] for names, i in zip(data.class_names, ids, strict=True))
        return Hit(rank, score, row, data.name_of(row), classes, self._is_there(row))

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the index into a folder, whole or not at all: a save that is killed leaves what was there.

        Args:
            folder: a new or empty one, or one of an index, which is replaced.

        Raises:
            ValueError: the folder holds something else, or an index that somebody else has saved since this one was
                loaded.
            OSError: it cannot be written.
        """
        path = Path(folder).absolute()
        known = self._saved[1] if self._saved is not None and self._saved[0] == path else None
        content = Content(self.network, self.photographs, self.vectors, self._digests, self.about, self.threshold)
        self._saved = path, write_index(path, content, known)

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
            photographs: the folder of the photographs, where it has moved since.

        Raises:
            ValueError: the folder holds no index, a damaged one, or one of a newer version of this library.
        """
        path = Path(folder).absolute()
        content, save = read_index(path, network, photographs)
        index = cls(*content[:3], about=content.about, threshold=content.threshold, digests=content.digests)
        index._saved = path, save
        return index


def _places(photographs: RetrievalDataset) -> list[str | None]:
    """Return the absolute path of each photograph, None of one that is no file."""
    return [None if isinstance(item, bytes) else os.path.abspath(item) for item in photographs.items]
