"""How a network is judged on a data set: one protocol, for evaluation along the way, at the end and in tables."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from suprank_edu.data import RetrievalDataset
from suprank_edu.metrics import Evaluation, evaluate
from suprank_edu.training.networks.cache import CacheFolder
from suprank_edu.training.networks.embed import embed, features
from suprank_edu.training.networks.embedding_network import EmbeddingNetwork


@dataclass(frozen=True)
class Embedded:
    """Embeddings and labels of queries and gallery; no gallery where the queries are their own.

    Args:
        embeddings: `(Q, D)` unit vectors.
        labels: `(Q, L)`.
        ref_emb: `(G, D)` unit vectors, or None.
        ref_labels: `(G, L)`, or None.
    """

    embeddings: Tensor
    labels: Tensor
    ref_emb: Tensor | None = None
    ref_labels: Tensor | None = None

    def evaluate(self, ks: tuple[int, ...], shared: bool = False) -> Evaluation:
        """Return every metric of them; `shared` as in `suprank_edu.metrics.evaluate`."""
        return evaluate(self.embeddings, self.labels, self.ref_emb, self.ref_labels, ks=ks, shared=shared)


@dataclass(frozen=True)
class Protocol:
    """Which images are ranked for which queries, and what is reported.

    Args:
        gallery: images and labels.
        queries: what is looked for in the gallery; None makes each image of it a query against all others.
        ks: of R@k, P@k and Recall@k.
        scales: at which images are embedded, see `embed`.

    Example:
        >>> from suprank_edu.data import read
        >>> from suprank_edu.training import SmallCNN
        >>> glyphs = read("standin", split="test")
        >>> visits = Protocol(glyphs.subset(range(0, 40, 2)), queries=glyphs.subset(range(1, 40, 2)), ks=(1,))
        >>> len(visits.evaluate(SmallCNN(image_size=16, channels=(4, 8))))
        20
    """

    gallery: RetrievalDataset
    queries: RetrievalDataset | None = None
    ks: tuple[int, ...] = (1, 2, 4, 8)
    scales: tuple[float, ...] = (1.0,)

    def evaluate(
        self, model: nn.Module, device: str | torch.device | None = None, *, shared: bool = False
    ) -> Evaluation:
        """Return every metric of a network; `device` moves it there first, `shared` as in `Embedded.evaluate`."""
        return self.embed(model, device).evaluate(self.ks, shared)

    def embed(self, model: nn.Module, device: str | torch.device | None = None) -> Embedded:
        """Return the embeddings and labels of queries and gallery under a network, on its device."""

        def embedded(dataset: RetrievalDataset) -> tuple[Tensor, Tensor]:
            rows = embed(model, dataset, scales=self.scales, device=device)
            where = next((parameter.device for parameter in model.parameters()), rows.device)
            return rows.to(where), torch.from_numpy(dataset.labels).to(where)

        if self.queries is None:
            return Embedded(*embedded(self.gallery))
        return Embedded(*embedded(self.queries), *embedded(self.gallery))

    def features(
        self, model: EmbeddingNetwork, device: str | torch.device | None = None, cache: CacheFolder = None
    ) -> Protocol:
        """Return the same with the features of images in their place; see `suprank_edu.training.features`.

        Raises:
            ValueError: images are embedded at several scales, of which features are not kept.
        """
        if self.scales != (1.0,):
            raise ValueError(f"`scales`: got {self.scales}, expected (1.0,): features are computed at one scale")
        gallery = features(model, self.gallery, device=device, cache=cache)
        if self.queries is None:
            return replace(self, gallery=gallery)
        return replace(self, gallery=gallery, queries=features(model, self.queries, device=device, cache=cache))

    def head(self, count: int) -> Protocol:
        """Return the same with the first images of gallery and queries alone."""
        return replace(
            self,
            gallery=self.gallery.subset(range(min(count, len(self.gallery)))),
            queries=self.queries and self.queries.subset(range(min(count, len(self.queries)))),
        )

    def has_positives(self, column: int) -> bool:
        """Return whether any query has an image of its class, in a label column, to find."""
        gallery = self.gallery.labels[:, column]
        if self.queries is None:
            return len(np.unique(gallery)) < len(gallery)
        return bool(np.isin(self.queries.labels[:, column], gallery).any())
