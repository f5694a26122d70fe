"""Checks of embeddings, alone and with their labels; the device is read once for all that depends on values."""

from typing import NamedTuple

import torch
from torch import Tensor

from suprank_edu._checks import check_device, check_floating, check_labels, check_tree, detached, split_classes
from suprank_edu._transforms import refused_by_transforms

_NORM_TOLERANCE = 1e-3


def are_unit(norm_error: float, dtype: torch.dtype) -> bool:
    """Return whether vectors whose norms are off 1 by `norm_error` at most count as unit vectors.

    Computed in half precision they are off by its rounding: 0.006 in bfloat16.
    """
    return norm_error <= max(_NORM_TOLERANCE, 2 * torch.finfo(dtype).eps)


def check_embeddings(embeddings: Tensor, name: str = "embeddings") -> float:
    """Raise unless `embeddings` is a finite `(N, D)` tensor; return how far a norm is off 1 at most."""
    check_floating(name, embeddings, 2)
    finite, error = _norms(embeddings).tolist()
    if not finite:
        _raise_not_finite(name, embeddings)
    return float(error)


class Batch(NamedTuple):
    """Checked labels `(Q, L)` and `(G, L)`, and how far a norm is off 1 at most."""

    labels: Tensor
    ref_labels: Tensor
    norm_error: float


def check_batch(
    embeddings: Tensor, labels: Tensor, ref_emb: Tensor | None = None, ref_labels: Tensor | None = None
) -> Batch:
    """Check embeddings and labels of a batch and of its references, reading the device once."""
    check_floating("embeddings", embeddings, 2)
    query_labels = check_labels(labels, len(embeddings))
    check_device("labels", labels, embeddings)
    if (ref_emb is None) != (ref_labels is None):
        missing = "ref_emb" if ref_emb is None else "ref_labels"
        raise ValueError(f"`{missing}`: got None, expected `ref_emb` and `ref_labels` together")
    if ref_emb is None or ref_labels is None:
        gallery_labels, answers = query_labels, [_norms(embeddings), split_classes(query_labels)]
    else:
        gallery_labels = _check_references(embeddings, query_labels, ref_emb, ref_labels)
        both = torch.cat([query_labels, gallery_labels])
        answers = [_norms(embeddings), split_classes(both), _norms(ref_emb)]
    with refused_by_transforms("a module's check of its input"):
        finite, error, split, *ref = torch.cat(answers).tolist()
    if not finite:
        _raise_not_finite("embeddings", embeddings)
    if ref_emb is not None and not ref[0]:
        _raise_not_finite("ref_emb", ref_emb)
    if split:
        check_tree(query_labels if ref_emb is None else both)
    return Batch(query_labels, gallery_labels, max(error, *ref[1:], 0.0))


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


def _norms(embeddings: Tensor) -> Tensor:
    """Return `(2,)` floats on the device: whether all rows are finite, and how far a norm is off 1 at most."""
    # Not read off the norms: squares overflow where the values themselves are still finite.
    values = detached(embeddings)
    extremes = torch.stack(torch.aminmax(values))  # NaN in, NaN out; several times cheaper than isfinite of all
    return torch.stack([extremes.isfinite().all().float(), (values.norm(dim=1) - 1).abs().max().float()])


def _raise_not_finite(name: str, embeddings: Tensor) -> None:
    bad = int((~embeddings.detach().isfinite().all(dim=1)).sum())
    raise ValueError(f"`{name}`: got NaN or infinity in {bad} of {len(embeddings)} rows, expected finite values")
