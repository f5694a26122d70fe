"""`evaluate` against the loops, whatever the block, the input and the mask; what it refuses."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from evaluations import by_loops, same_bits
from hypothesis import given, settings
from memory import grown_gib
from strategies import batches, label_trees, unit_embeddings

from suprank_edu import naive
from suprank_edu.metrics import evaluate

NAN = math.nan


SMALL = {"ks": (1, 3), "map_at": (2,), "alpha": 0.5}


def assert_agrees(result, expected):
    assert set(result.per_query) == set(expected)
    for key, values in expected.items():
        np.testing.assert_allclose(result.per_query[key], values, atol=1e-12, err_msg=key)
        counted = [value for value in values if not math.isnan(value)]
        assert result.skipped[key] == len(values) - len(counted)
        mean = sum(counted) / len(counted) if counted else NAN
        assert result.mean[key] == pytest.approx(mean, abs=1e-12, nan_ok=True)


@given(batches())
def test_a_batch_against_the_loops(batch):
    result = evaluate(batch.embeddings, batch.labels, **SMALL)
    expected = by_loops(*batch, *batch, hidden=lambda q, g: q == g, **SMALL)
    assert_agrees(result, expected)


@st.composite
def two_sets(draw):
    queries, items = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    labels = draw(label_trees(queries + items, 3))
    embeddings = draw(unit_embeddings(queries + items))
    return embeddings[:queries], labels[:queries], embeddings[queries:], labels[queries:]


@given(two_sets(), st.integers(0, 1000))
def test_a_gallery_with_hidden_pairs_against_the_loops(sets, seed):
    shape = len(sets[0]), len(sets[2])
    valid = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < 0.7
    expected = by_loops(*sets, hidden=lambda q, g: not valid[q, g], **SMALL)
    assert_agrees(evaluate(*sets, **SMALL, valid=valid), expected)
    asked = []

    def mask(queries):
        asked.extend(queries.tolist())
        return valid[queries]

    assert_agrees(evaluate(*sets, **SMALL, valid=mask), expected)
    assert asked == list(range(len(valid)))


@given(batches())
@settings(max_examples=15)
def test_trapezoid_ap_against_the_loops(batch):
    result = evaluate(batch.embeddings, batch.labels, **SMALL, ap="trapezoid")
    hidden = lambda q, g: q == g  # noqa: E731
    assert_agrees(result, by_loops(*batch, *batch, hidden=hidden, ap=naive.trapezoid_ap, **SMALL))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
@pytest.mark.parametrize("chunk_size", [1, 10, 64, 100, 192, 700, 5000])
def test_the_block_size_changes_no_bit(crowd, dtype, chunk_size):
    embeddings, labels = crowd[0].to(dtype), crowd[1]
    whole = evaluate(embeddings, labels, map_at=(5,))
    same_bits(evaluate(embeddings, labels, map_at=(5,), chunk_size=chunk_size), whole)


@pytest.mark.filterwarnings("ignore:`embeddings`. a norm is off")
@pytest.mark.parametrize("width", [1, 2, 7, 33])
def test_the_block_size_changes_no_bit_for_any_width_and_gallery(crowd, width):
    embeddings, labels = crowd
    for size in (1, 5, 65, 300):
        arguments = embeddings[:150, :width], labels[:150], embeddings[-size:, :width], labels[-size:]
        same_bits(evaluate(*arguments, chunk_size=64), evaluate(*arguments, chunk_size=150))


def test_equal_items_have_equal_scores(crowd):
    """Two galleries that differ in the order of equal vectors only: what comes first in a tie is not the luck of it."""
    embeddings, labels = crowd
    ties = embeddings[:7].repeat(100, 1)
    order = torch.randperm(700, generator=torch.Generator().manual_seed(2))
    for dtype in (torch.float32, torch.float64):
        one = evaluate(embeddings.to(dtype), labels, ties.to(dtype), labels)
        other = evaluate(embeddings.to(dtype), labels, ties[order].to(dtype), labels[order])
        same_bits(one, other)


def test_keys_come_in_the_order_of_the_table(crowd):
    result = evaluate(*crowd, ks=(1,), map_at=(10,))
    by_level = ["R@1", "P@1", "Recall@1", "mAP", "mAP@R", "mAP@10"]
    expected = [f"{name}/column{column}" for column in (0, 1) for name in by_level]
    assert list(result.mean) == [*expected, "H-AP", "NDCG", "ASI"]
    one_level = evaluate(crowd[0], crowd[1][:, 0])
    assert next(iter(one_level.mean)) == "R@1/column0"
    assert len(one_level.mean) == 4 * 3 + 2 + 3


def test_an_array_is_as_good_as_a_tensor(crowd):
    embeddings, labels = crowd
    expected = evaluate(embeddings, labels)
    arrays = np.asfortranarray(embeddings.numpy())
    for dtype in (np.int64, np.int32, np.int16, np.uint8):
        same_bits(evaluate(arrays, labels.numpy().astype(dtype)), expected)
    same_bits(evaluate(arrays[::-1][::-1], labels.tolist()), expected)
    same_bits(evaluate(embeddings.clone().requires_grad_(), labels), expected)


def test_queries_without_positives_are_left_out(crowd):
    result = evaluate(*crowd)
    alone = [q for q in range(700) if (crowd[1][:, 0] == crowd[1][q, 0]).sum() == 1]
    assert alone  # class 60 at least
    assert np.flatnonzero(np.isnan(result.per_query["mAP/column0"])).tolist() == alone
    assert result.skipped["mAP/column0"] == len(alone)
    assert result.skipped["mAP/column1"] == result.skipped["H-AP"] == 0


def test_nothing_to_find_gives_nan_and_no_warning(recwarn):
    result = evaluate(torch.eye(3), torch.arange(3))
    assert all(math.isnan(mean) for mean in result.mean.values())
    assert set(result.skipped.values()) == {3}
    assert not recwarn.list


def test_a_perfect_embedding_has_perfect_scores():
    labels = torch.arange(12) // 3
    noise = torch.rand(12, 4, generator=torch.Generator().manual_seed(0)) / 10
    result = evaluate(torch.nn.functional.normalize(torch.eye(4)[labels] + noise, dim=1), labels, ks=(1, 2))
    assert result.mean == pytest.approx(dict.fromkeys(result.mean, 1.0))


def test_the_result_can_be_computed_under_gradients_and_inference_mode(crowd):
    with torch.inference_mode():
        found = evaluate(*crowd)
    same_bits(found, evaluate(*crowd))


def test_progress_is_shown_on_request_only(crowd, capfd, monkeypatch):
    monkeypatch.delenv("SUPRANK_EDU_STATIC", raising=False)
    evaluate(*crowd)
    assert capfd.readouterr() == ("", "")
    evaluate(*crowd, progress=True, chunk_size=64)
    assert "evaluate" in capfd.readouterr().err
    monkeypatch.setenv("SUPRANK_EDU_STATIC", "1")
    evaluate(*crowd, progress=True)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_memory_is_bounded():
    """All scores at once would take 1.6 GB, three times."""
    pytest.importorskip("resource")
    before = """
import torch
from suprank_edu.metrics import evaluate
embeddings = torch.nn.functional.normalize(torch.randn(20_000, 8), dim=1)
evaluate(embeddings[:64], torch.arange(64))
"""
    assert grown_gib(before, "evaluate(embeddings, torch.arange(20_000) // 5)") < 1.2


@pytest.mark.slow
@pytest.mark.nightly
def test_memory_does_not_grow_with_the_blocks():
    """Small tensors that are kept from each block cut up the memory which the next block wants in one piece."""
    pytest.importorskip("resource")
    before = """
import torch
from suprank_edu.metrics import evaluate
embeddings = torch.nn.functional.normalize(torch.randn(6_400, 8), dim=1)
labels = torch.stack([torch.arange(6_400) // 5, torch.zeros(6_400, dtype=torch.int64)], dim=1)
evaluate(embeddings[:640], labels[:640], embeddings, labels, chunk_size=128)
"""
    assert grown_gib(before, "evaluate(embeddings, labels, embeddings, labels, chunk_size=128)") < 0.4


EMBEDDINGS, LABELS = torch.eye(3), torch.tensor([[0, 0], [0, 0], [1, 1]])
TREE = torch.tensor([[0, 0], [0, 1], [1, 1]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluate(EMBEDDINGS[0], LABELS), r"`embeddings`: got shape \(3,\), expected \(N, D\)"),
        (lambda: evaluate(EMBEDDINGS.long(), LABELS), r"`embeddings`: got dtype torch.int64, expected a floating"),
        (lambda: evaluate(EMBEDDINGS[:0], LABELS[:0]), r"`embeddings`: got shape \(0, 3\), expected at least one row"),
        (lambda: evaluate(EMBEDDINGS * NAN, LABELS), r"`embeddings`: got NaN or infinity in 3 of 3 rows"),
        (lambda: evaluate(np.array(["a"]), LABELS), r"`embeddings`: got ndarray of dtype <U1, expected numbers"),
        (lambda: evaluate(EMBEDDINGS, LABELS[:2]), r"`labels`: got shape \(2, 2\), expected \(3,\) or \(3, L\)"),
        (lambda: evaluate(EMBEDDINGS, LABELS.float()), r"`labels`: got dtype torch.float32, expected an integer"),
        (lambda: evaluate(EMBEDDINGS, TREE), r"`labels`: got class 0 of column 0 under two classes of column 1"),
        (lambda: evaluate(EMBEDDINGS, LABELS, EMBEDDINGS), r"`ref_labels`: got None, expected `ref_emb` and"),
        (lambda: evaluate(EMBEDDINGS, LABELS, None, LABELS), r"`ref_emb`: got None, expected `ref_emb` and"),
        (lambda: evaluate(EMBEDDINGS, LABELS, EMBEDDINGS[:, :2], LABELS), r"`ref_emb`: got shape \(3, 2\), expected"),
        (lambda: evaluate(EMBEDDINGS, LABELS, EMBEDDINGS, LABELS[:, 0]), r"`ref_labels`: got 1 columns, expected 2"),
        (lambda: evaluate(EMBEDDINGS, LABELS, ks=()), r"`ks`: got \(\), expected one or more integers"),
        (lambda: evaluate(EMBEDDINGS, LABELS, map_at=(0,)), r"`map_at`: got \(0,\), expected one or more integers"),
        (lambda: evaluate(EMBEDDINGS, LABELS, ks=1), r"`ks`: got 1, expected one or more .* such as \(1,\)"),
        (lambda: evaluate(EMBEDDINGS, LABELS, map_at=5), r"`map_at`: got 5, expected one or more .* such as \(5,\)"),
        (
            lambda: evaluate(EMBEDDINGS, LABELS, device="toaster"),
            r"`device`: got 'toaster', expected one that torch has",
        ),
        (lambda: evaluate([[1.0], [1.0, 2.0]], LABELS[:2]), r"`embeddings`: got no array .* expected rows of equal"),
        (lambda: evaluate(EMBEDDINGS * 1e25, LABELS), r"`embeddings`: got norms of 1\.8e\+19 or more"),
        (lambda: evaluate(EMBEDDINGS, LABELS, alpha=-1), r"`alpha`: got -1, expected a number in 0..20"),
        (lambda: evaluate(EMBEDDINGS, LABELS, ap="area"), r"`ap`: got 'area', expected 'step' or 'trapezoid'"),
        (lambda: evaluate(EMBEDDINGS, LABELS, chunk_size=0), r"`chunk_size`: got 0, expected an integer of at least 1"),
        (lambda: evaluate(EMBEDDINGS, LABELS, valid=torch.eye(3)), r"`valid`: got torch.float32, expected a bool"),
        (lambda: evaluate(EMBEDDINGS, LABELS, valid=torch.ones(3, 2) > 0), r"`valid`: got shape \(3, 2\), expected"),
        (lambda: evaluate(EMBEDDINGS, LABELS, valid=lambda q: torch.ones(2, 3) > 0), r"`valid`: got shape \(2, 3\)"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.cpu
def test_embeddings_that_are_no_unit_vectors_warn():
    with pytest.warns(UserWarning, match="`embeddings`: a norm is off 1 by 1; scores are inner products") as caught:
        evaluate(EMBEDDINGS * 2, LABELS)
    assert caught[0].filename == __file__


def test_numbers_of_numpy_and_unsigned_labels_are_as_good_as_others(tmp_path):
    labels = torch.tensor([0, 0, 1], dtype=torch.uint16)
    found = evaluate(EMBEDDINGS, labels, ks=np.array([1, 2]), map_at=np.arange(1, 3))
    found.save(tmp_path / "evaluation")  # as JSON, which knows no numbers of numpy
    expected = evaluate(EMBEDDINGS, labels.long(), ks=(1, 2), map_at=(1, 2))
    assert found.mean == pytest.approx(expected.mean, nan_ok=True)
