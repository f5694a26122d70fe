"""Agreement with the authors' published implementation, to 1e-6 in value and gradient.

The values in tests/golden come from that code in float64: losses with the query among its own positives, metrics
without it. `level` there is the label column, `R@k` the hit rate, `TR@k` recall with the min(k, R) normaliser.
"""

import pytest
import torch

from suprank_edu import losses, metrics, naive
from suprank_edu.relevance import relevance, shared_levels
from suprank_edu.steps import SupStep

CASES = ["batch_two_levels", "batch_three_levels", "memory_two_levels", "well_trained"]
EVERY_CASE = pytest.mark.parametrize("case", CASES)
RENAMED = {"at_k": "ks", "temp": "temperature", "level": "column"}
OF_THE_STEP = ("tau", "rho", "delta", "start", "offset")
TOLERANCE = {"atol": 1e-6, "rtol": 0.0}


def make(entry):
    options = {RENAMED.get(name, name): value for name, value in entry["params"].items()}
    if entry["loss"] != "Calibration":
        options["include_self"] = True
    if entry["loss"].startswith("Sup"):
        options["step"] = SupStep(**{name: options.pop(name) for name in OF_THE_STEP if name in options})
    return getattr(losses, entry["loss"] + "Loss")(**options)


def test_loss_and_gradients(golden_loss, golden):
    case, entry = golden_loss
    arrays, index = golden[case], entry["index"]
    embeddings = arrays["embeddings"].clone().requires_grad_()
    references = {}
    if "ref_embeddings" in arrays:
        references["ref_emb"] = arrays["ref_embeddings"].clone().requires_grad_()
        references["ref_labels"] = arrays["ref_labels"]
    value = make(entry)(embeddings, arrays["labels"], **references)
    assert value.item() == pytest.approx(entry["value"], abs=1e-6)
    value.backward()
    torch.testing.assert_close(embeddings.grad, arrays[f"grad_{index}"], **TOLERANCE)
    if references:
        torch.testing.assert_close(references["ref_emb"].grad, arrays[f"ref_grad_{index}"], **TOLERANCE)


def task(arrays):
    """Scores, levels and the mask of what a metric sees: a query is left out of its own gallery."""
    own = "ref_embeddings" not in arrays
    gallery = arrays["embeddings"] if own else arrays["ref_embeddings"]
    scores = arrays["embeddings"] @ gallery.T
    levels = shared_levels(arrays["labels"], None if own else arrays["ref_labels"])
    return scores, levels, ~torch.eye(len(scores), dtype=torch.bool) if own else None


def by_key(module, name, scores, levels, relevant, valid):
    """The metric that a golden key names, from the library (tensors) or from the loops (lists)."""
    masked = {} if valid is None else {"valid": valid}
    title, _, rest = name.partition("/")
    base, _, k = title.partition("@")
    if title == "mAP@R":
        return module.ap_at_r(scores, relevant, **masked)
    if base == "AP":
        return module.average_precision(scores, relevant, int(k) if k else None, **masked)
    if k:
        function = {"R": module.hit_rate_at_k, "P": module.precision_at_k, "TR": module.recall_at_k}[base]
        return function(scores, relevant, int(k), **masked)
    if title == "H-AP":
        alpha = float(rest.removeprefix("alpha"))
        option = naive.relevance(levels, alpha) if module is naive else alpha
        return module.h_ap(scores, levels, option, **masked)
    return {"NDCG": module.ndcg, "ASI": module.asi}[title](scores, levels, **masked)


def min_level(name, num_levels):
    return num_levels - int(name[-1]) if "/level" in name else 1


@EVERY_CASE
def test_metrics(case, golden):
    arrays = golden[case]
    scores, levels, valid = task(arrays)
    names = [key.removeprefix("metric:") for key in arrays if key.startswith("metric:")]
    assert len(names) >= 33
    for name in names:
        relevant = levels >= min_level(name, arrays["labels"].shape[1])
        found = by_key(metrics, name, scores, levels, relevant, valid)
        torch.testing.assert_close(found, arrays["metric:" + name], **TOLERANCE, msg=f"{name} differs")


@EVERY_CASE
def test_metrics_of_the_loops(case, golden):
    """The oracle itself, on a few queries: it must not agree with the library alone."""
    arrays = golden[case]
    scores, levels, valid = task(arrays)
    for key, expected in arrays.items():
        if key.startswith("metric:"):
            name = key.removeprefix("metric:")
            for query in (0, 7):
                seen = slice(None) if valid is None else valid[query]
                row, row_levels = scores[query][seen].tolist(), levels[query][seen].tolist()
                relevant = [int(level >= min_level(name, arrays["labels"].shape[1])) for level in row_levels]
                found = by_key(naive, name, row, row_levels, relevant, None)
                assert found == pytest.approx(expected[query].item(), abs=1e-6), name


@EVERY_CASE
def test_losses_of_the_loops(case, golden):
    """The oracle's Sup-AP and Sup-NDCG at the published setting."""
    arrays = golden[case]
    scores, levels, _ = task(arrays)
    rows = list(zip(scores.tolist(), levels.tolist(), strict=True))

    def step(t):
        return naive.sup_step(t, offset=1.44)

    expected = {
        "SupAPLoss": [naive.sup_ap(row, of, step, min_level=arrays["labels"].shape[1]) for row, of in rows],
        "SupNDCGLoss": [naive.sup_ndcg(row, of, step) for row, of in rows],
    }
    for name, values in expected.items():
        references = {}
        if "ref_embeddings" in arrays:
            references = {"ref_emb": arrays["ref_embeddings"], "ref_labels": arrays["ref_labels"]}
        loss = getattr(losses, name)(step=SupStep(offset=1.44), include_self=True, reduction="none")
        found = loss(arrays["embeddings"], arrays["labels"], **references)
        assert found.tolist() == pytest.approx(values, abs=1e-9)


@EVERY_CASE
def test_the_list_by_score_holds_these_levels(case, golden):
    arrays = golden[case]
    scores, levels, valid = task(arrays)
    for query in range(len(scores)):
        seen = slice(None) if valid is None else valid[query]
        found = naive.ranked(scores[query][seen].tolist(), levels[query][seen].tolist())
        assert found == arrays["sorted_level"][query].tolist()


@EVERY_CASE
@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
def test_relevance_after_its_other_normaliser(case, alpha, golden):
    """The published code divides the level by L − 1, in float32, and tells the relevance of each level 0..L."""
    arrays = golden[case]
    _, levels, valid = task(arrays)
    num_levels = arrays["labels"].shape[1]
    found = relevance(levels, alpha, num_levels, valid) * (num_levels / (num_levels - 1)) ** alpha
    expected = arrays[f"relevance_alpha{alpha}"].gather(1, levels)  # (Q, G)
    seen = torch.ones_like(levels, dtype=torch.bool) if valid is None else valid
    torch.testing.assert_close(found[seen].double(), expected[seen], **TOLERANCE)
