"""A set block by block against the plain call on all of it at once."""

from functools import partial

import pytest
import torch

from suprank_edu.decomposability import gap
from suprank_edu.losses import smooth_ap, sup_ap, sup_h_ap, sup_ndcg, sup_recall
from suprank_edu.metrics import average_precision, h_ap, ndcg
from suprank_edu.relevance import shared_levels
from suprank_edu.whole_set import for_every_query

ITEMS = 40
BATCHES = torch.randperm(ITEMS, generator=torch.Generator().manual_seed(1)).split(8)


def a_set(seed=0, items=ITEMS):
    generator = torch.Generator().manual_seed(seed)
    embeddings = torch.nn.functional.normalize(torch.randn(items, 6, generator=generator))
    fine = torch.randint(10, (items,), generator=generator)
    return embeddings, torch.stack([fine + 3, fine // 3 - 2, fine // 6], dim=1)


FUNCTIONS = {
    "Sup-AP": sup_ap,
    "Smooth-AP": smooth_ap,
    "Sup-NDCG": sup_ndcg,
    "Sup-H-AP": sup_h_ap,
    "AP": average_precision,
    "NDCG": ndcg,
    "H-AP": h_ap,
    "gap": partial(gap, batches=BATCHES, metric=average_precision),
    "Sup-R@k": partial(sup_recall, ks=(1, 4)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("chunk_size", [None, 7, 1])
def test_a_set_against_itself(name, chunk_size):
    embeddings, labels = a_set()
    found = for_every_query(FUNCTIONS[name], embeddings, labels, chunk_size=chunk_size)
    others = ~torch.eye(ITEMS, dtype=torch.bool)
    expected = FUNCTIONS[name](embeddings @ embeddings.T, shared_levels(labels), valid=others)
    # Products of other heights round the last bit of a score differently, and SupStep is steep.
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5, equal_nan=True)


@pytest.mark.parametrize("column", [0, 1, 2])
def test_one_column_of_labels(column):
    embeddings, labels = a_set()
    found = for_every_query(sup_ap, embeddings, labels, column=column, chunk_size=9)
    agree = labels[:, column, None] == labels[None, :, column]
    expected = sup_ap(embeddings @ embeddings.T, agree, valid=~torch.eye(ITEMS, dtype=torch.bool))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_queries_against_another_gallery_see_all_of_it():
    (queries, labels), (gallery, ref_labels) = a_set(0, 13), a_set(1)
    found = for_every_query(sup_h_ap, queries, labels, gallery, ref_labels, chunk_size=5)
    expected = sup_h_ap(queries @ gallery.T, shared_levels(labels, ref_labels))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("column", [None, 1])
def test_some_of_the_queries_have_the_values_that_they_have_among_all(column):
    embeddings, labels = a_set()
    only = torch.tensor([31, 0, 7, 7, 39])
    found = for_every_query(FUNCTIONS["gap"], embeddings, labels, column=column, only=only, chunk_size=2)
    expected = for_every_query(FUNCTIONS["gap"], embeddings, labels, column=column)[only]
    torch.testing.assert_close(found, expected, equal_nan=True)
    (gallery, ref_labels), size = a_set(1), [1, 2]
    found = for_every_query(sup_h_ap, embeddings, labels, gallery, ref_labels, only=torch.tensor(size))
    torch.testing.assert_close(found, sup_h_ap(embeddings[size] @ gallery.T, shared_levels(labels[size], ref_labels)))


def test_values_have_no_gradient_and_half_precision_is_widened():
    embeddings, labels = a_set()
    found = for_every_query(sup_ap, embeddings.half().requires_grad_(), labels)
    assert not found.requires_grad
    assert found.dtype == torch.float32


def test_progress_is_shown_unless_outputs_are_static(monkeypatch, capsys):
    monkeypatch.delenv("SUPRANK_EDU_STATIC", raising=False)
    for_every_query(sup_ap, *a_set(), chunk_size=10, progress=True)
    assert "4/4" in capsys.readouterr().err
    monkeypatch.setenv("SUPRANK_EDU_STATIC", "1")
    for_every_query(sup_ap, *a_set(), chunk_size=10, progress=True)
    assert capsys.readouterr().err == ""


EMBEDDINGS, LABELS = a_set()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: for_every_query(sup_ap, EMBEDDINGS, LABELS[:3]), r"`labels`: got shape \(3, 3\), expected \(40,\)"),
        (lambda: for_every_query(sup_ap, EMBEDDINGS * torch.nan, LABELS), r"`embeddings`: got NaN or infinity"),
        (lambda: for_every_query(sup_ap, EMBEDDINGS, LABELS, column=3), r"`column`: got 3, expected a label column in"),
        (lambda: for_every_query(sup_ap, EMBEDDINGS, LABELS, chunk_size=0), r"`chunk_size`: got 0, expected"),
        (lambda: for_every_query(sup_ap, EMBEDDINGS, LABELS, only=[0, 1]), r"`only`: got list, expected one or more"),
        (lambda: for_every_query(sup_ap, EMBEDDINGS, LABELS, only=torch.ones(40).bool()), r"`only`: got torch.bool of"),
        (lambda: for_every_query(sup_ap, EMBEDDINGS, LABELS, only=torch.arange(0)), r"`only`: got .* shape \(0,\), expe"),
        (lambda: for_every_query(sup_ap, EMBEDDINGS, LABELS, only=torch.tensor([3, 40])), r"from 3 to 40, expected 0..39"),
        (lambda: for_every_query(sup_ap, EMBEDDINGS, LABELS, EMBEDDINGS), r"`ref_labels`: got None, expected"),
        (lambda: for_every_query(lambda s, v, valid: s, EMBEDDINGS, LABELS), r"`function`: got shape \(40, 40\), expec"),
    ],
)  # fmt: skip
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
