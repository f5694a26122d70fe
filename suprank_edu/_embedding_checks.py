"""Checks of embeddings, alone and with their labels; the device is read once for all that depends on values."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from suprank_edu._checks import check_device, check_floating, detached
from suprank_edu._label_checks import check_labels, check_tree, split_classes
from suprank_edu._looks import Looking, look

_NORM_TOLERANCE = 1e-3
_SQUARE_OVERFLOWS = {torch.float64: 1e154}  # norms whose products are infinite; in float32 and below:
_SQUARE_OVERFLOWS_FLOAT32 = 1.8e19


def are_unit(norm_error: float, dtype: torch.dtype) -> bool:
    """Return whether vectors whose norms are off 1 by `norm_error` at most count as unit vectors.

    Computed in half precision they are off by its rounding: 0.006 in bfloat16.
    """
    return norm_error <= max(_NORM_TOLERANCE, 2 * torch.finfo(dtype).eps)


def check_embeddings(embeddings: Tensor, name: str = "embeddings") -> float:
    """Raise unless `embeddings` is a finite `(N, D)` tensor whose scores are finite in float32.

    Returns:
        How far a norm is off 1 at most.
    """
    check_floating(name, embeddings, 2)
    error = _norm_error(name, embeddings, _extremes(embeddings).tolist())
    _check_norms(name, error, torch.float32)
    return error


def _check_norms(name: str, norm_error: float, dtype: torch.dtype) -> None:
    """Raise where scores would overflow in `dtype`: infinite ones cannot be ranked."""
    most = _SQUARE_OVERFLOWS.get(dtype, _SQUARE_OVERFLOWS_FLOAT32)
    if norm_error >= most:
        raise ValueError(
            f"`{name}`: got norms of {most:.3g} or more, whose scores overflow, expected unit vectors; apply "
            "torch.nn.functional.normalize first"
        )


class Batch(NamedTuple):
    """Checked labels `(Q, L)` and `(G, L)`, and how far a norm is off 1 at most."""

    labels: Tensor
    ref_labels: Tensor
    norm_error: float


def check_batch(
    embeddings: Tensor, labels: Tensor, ref_emb: Tensor | None = None, ref_labels: Tensor | None = None
) -> Batch:
    """Check embeddings and labels of a batch and of its references, reading the device once."""
    own, other = check_shapes(embeddings, labels, ref_emb, ref_labels)
    return Batch(own, other, look(check_values(embeddings, own, ref_emb, other))[0])


def check_shapes(
    embeddings: Tensor, labels: Tensor, ref_emb: Tensor | None = None, ref_labels: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Check what no value decides, without reading the device; return the labels `(Q, L)` and `(G, L)`."""
    check_floating("embeddings", embeddings, 2)
    query_labels = check_labels(labels, len(embeddings))
    check_device("labels", labels, embeddings)
    if (ref_emb is None) != (ref_labels is None):
        missing = "ref_emb" if ref_emb is None else "ref_labels"
        raise ValueError(f"`{missing}`: got None, expected `ref_emb` and `ref_labels` together")
    if ref_emb is None or ref_labels is None:
        return query_labels, query_labels
    return query_labels, _check_references(embeddings, query_labels, ref_emb, ref_labels)


def check_values(
    embeddings: Tensor, labels: Tensor, ref_emb: Tensor | None, ref_labels: Tensor, *also: Tensor
) -> Looking[tuple[float, list[float]]]:
    """Check values of what `check_shapes` has let pass, when the device is looked at.

    Returns:
        How far a norm is off 1 at most, and the numbers of the `(N,)` tensors `also`, read on the way.
    """
    every = labels if ref_emb is None else torch.cat([labels, ref_labels])
    vectors = [embeddings] if ref_emb is None else [embeddings, ref_emb]
    answers = [split_classes(every), *map(_extremes, vectors), *also]
    split, *rest = yield torch.cat([answer.double() for answer in answers])
    errors = [_norm_error("embeddings", embeddings, rest[:4])]
    if ref_emb is not None:
        errors.append(_norm_error("ref_emb", ref_emb, rest[4:8]))
    for name, error in zip(("embeddings", "ref_emb"), errors, strict=False):
        _check_norms(name, error, embeddings.dtype)
    if split:
        check_tree(every)
    return max(errors), rest[4 * len(vectors) :]


def _check_references(embeddings: Tensor, labels: Tensor, ref_emb: Tensor, ref_labels: Tensor) -> Tensor:
    check_floating("ref_emb", ref_emb, 2)
    check_device("ref_emb", ref_emb, embeddings)
    if ref_emb.shape[1] != embeddings.shape[1]:
        raise ValueError(
            f"`ref_emb`: got shape {tuple(ref_emb.shape)}, expected (G, {embeddings.shape[1]}), as wide as `embeddings`"
        )
    checked = check_labels(ref_labels, len(ref_emb), "ref_labels")
    check_device("ref_labels", ref_labels, embeddings)
    if checked.shape[1] != labels.shape[1]:
        raise ValueError(
            f"`ref_labels`: got {checked.shape[1]} columns, expected {labels.shape[1]}, the levels of `labels`"
        )
    return checked


def _extremes(embeddings: Tensor) -> Tensor:
    """Return `(4,)` floats on the device: the least and the largest value, and the least and the largest norm."""
    values = detached(embeddings)  # NaN in, NaN out
    return torch.stack([*torch.aminmax(values), *torch.aminmax(values.norm(dim=1))])


def _norm_error(name: str, embeddings: Tensor, extremes: Sequence[float]) -> float:
    """Raise unless the extreme values of `embeddings` are finite; return how far a norm is off 1 at most."""
    low, high, shortest, longest = extremes
    # Not read off the norms: squares overflow where the values themselves are still finite.
    if not (math.isfinite(low) and math.isfinite(high)):
        bad = int((~embeddings.detach().isfinite().all(dim=1)).sum())
        raise ValueError(f"`{name}`: got NaN or infinity in {bad} of {len(embeddings)} rows, expected finite values")
    return max(longest - 1, 1 - shortest)
