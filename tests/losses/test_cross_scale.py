"""Cross-scale learning against its loops, and against CosFace, which it is where there is one label column."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from pytorch_metric_learning.losses import CosFaceLoss
from strategies import batches, cases, visible
from torch.nn.functional import normalize

from suprank_edu import naive
from suprank_edu.losses import CSLLoss, as_metric_learning_loss, csl

LABELS = torch.tensor([[0, 0, 0], [1, 0, 0], [2, 1, 0], [3, 2, 1]])


def random_batch(items: int = 12, dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    points = torch.randn(items, 5, generator=torch.Generator().manual_seed(0), dtype=dtype)
    return normalize(points, dim=1), LABELS[torch.arange(items) % 4]


def one_own_class(levels: torch.Tensor, top: int) -> torch.Tensor:
    """Levels as proxies have them: an item shares all of them with one class."""
    levels = levels.clamp(max=top - 1)
    levels[:, 0] = top
    return levels


@given(case=cases(max_levels=3), scale=st.sampled_from([1.0, 32.0]))
def test_values_are_those_of_the_loops(case, scale):
    margins = (0.25, 0.35, 0.45)[: case.num_levels]
    levels = one_own_class(case.levels, case.num_levels)
    found = csl(case.scores, levels, margins=margins, scale=scale, valid=case.valid)
    for query in range(len(case.scores)):
        scores, seen, _ = visible(case._replace(levels=levels), query)
        assert found[query].item() == pytest.approx(naive.csl(scores, seen, margins, scale), abs=1e-9)


def test_gradcheck():
    draw = torch.Generator().manual_seed(1)
    scores = torch.rand(3, 6, generator=draw, dtype=torch.float64, requires_grad=True)
    levels = one_own_class(torch.randint(0, 3, (3, 6), generator=draw), 3)
    valid = torch.ones(3, 6, dtype=torch.bool)
    valid[1, 2:4], valid[2, 0] = False, False  # the last item does not see its own class
    assert torch.autograd.gradcheck(lambda s: csl(s, levels, scale=4.0, valid=valid), scores)
    assert not torch.autograd.grad(csl(scores, levels, valid=valid)[2], scores)[0].any()


@given(batch=batches(max_levels=3))
def test_the_module_is_the_loops_over_its_proxies(batch):
    loss = CSLLoss(batch.labels, 4, reduction="none").double()
    scores = batch.embeddings @ normalize(loss.proxies.detach(), dim=1).T
    classes = sorted(set(map(tuple, batch.labels.tolist())))
    assert len(loss.proxies) == len(classes)
    expected = []
    for row, label in zip(scores.tolist(), batch.labels.tolist(), strict=True):
        levels = naive.shared_levels(label, classes)
        expected.append(naive.csl(row, levels, loss.margins))
    assert loss(*batch).tolist() == pytest.approx(expected, abs=1e-9)
    mean = CSLLoss(batch.labels, 4).double()
    mean.load_state_dict(loss.state_dict())
    assert mean(*batch).item() == pytest.approx(sum(expected) / len(expected), abs=1e-9)


def test_with_one_column_it_is_cosface():
    embeddings, labels = random_batch()
    loss, cosface = CSLLoss(labels[:, :1], 5, [0.35]).double(), CosFaceLoss(4, 5, margin=0.35, scale=32)
    cosface.W.data = loss.proxies.detach().T
    assert loss(embeddings, labels[:, 0]).item() == pytest.approx(cosface(embeddings, labels[:, 0]).item(), abs=1e-9)


def test_a_class_that_differs_in_more_columns_is_pushed_harder():
    scores = torch.full((1, 4), 0.5, requires_grad=True)
    (gradient,) = torch.autograd.grad(csl(scores, torch.tensor([[3, 2, 1, 0]])).sum(), scores)
    own, sister, cousin, stranger = gradient[0].tolist()
    assert own < 0 < sister < cousin < stranger
    assert own == pytest.approx(-(sister + cousin + stranger), rel=1e-5)


def test_nothing_is_left_once_every_margin_is_kept():
    assert csl(torch.tensor([[1.0, 0.5, 0.4, 0.3]]), torch.tensor([[3, 2, 1, 0]])).item() < 1e-2
    assert csl(torch.tensor([[1.0, 0.9, 0.4, 0.3]]), torch.tensor([[3, 2, 1, 0]])).item() > 1


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_it_runs_in_float32_inside_autocast(dtype):
    embeddings, labels = random_batch(dtype=torch.float32)
    loss, embeddings = CSLLoss(LABELS, 5), embeddings.to(dtype).requires_grad_()
    with torch.autocast("cpu", dtype=dtype):
        found = loss(embeddings, labels)
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(loss(embeddings.float(), labels).item(), abs=1e-5)
    found.backward()
    for gradient in (embeddings.grad, loss.proxies.grad):
        assert gradient.isfinite().all()
        assert gradient.any()


def test_references_pairs_and_masks_are_left_unused():
    embeddings, labels = random_batch()
    loss = CSLLoss(LABELS, 5).double()
    pairs = (torch.tensor([0]), torch.tensor([4]), torch.tensor([1]))
    mask = torch.zeros(12, 12, dtype=torch.bool)
    assert loss(embeddings, labels, pairs, embeddings, labels, mask).item() == loss(embeddings, labels).item()


def test_it_says_what_it_is_and_is_stored_with_its_classes():
    loss = CSLLoss(LABELS.flip(0).repeat(2, 1), 5)
    assert (
        repr(loss)
        == "CSLLoss(num_classes=4, margins=(0.25, 0.35, 0.45), embedding_size=5, scale=32.0, reduction='mean')"
    )
    assert set(loss.state_dict()) == {"classes", "proxies"}
    assert loss.classes.tolist() == LABELS.tolist()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CSLLoss(LABELS.tolist(), 5), r"`labels`: got list, expected an integer torch.Tensor"),
        (lambda: CSLLoss(LABELS.float(), 5), r"`labels`: got dtype torch.float32, expected an integer dtype"),
        (lambda: CSLLoss(LABELS[:0], 5), r"`labels`: got shape \(0, 3\), expected"),
        (lambda: CSLLoss(torch.tensor([[0, 0], [0, 1]]), 5), r"`labels`: got class 0 of column 0 under two classes"),
        (lambda: CSLLoss(LABELS, 0), r"`embedding_size`: got 0, expected an integer of at least 1"),
        (lambda: CSLLoss(LABELS, 5, [0.1]), r"`margins`: got 1, expected 3, one per label column"),
        (lambda: CSLLoss(LABELS, 5, [0.1, 0.2, float("nan")]), r"`margins`: got nan, expected a finite number"),
        (lambda: CSLLoss(LABELS, 5, scale=0), r"`scale`: got 0, expected a finite number above 0"),
        (lambda: CSLLoss(LABELS, 5, reduction="sum"), r"`reduction`: got 'sum', expected 'mean' or 'none'"),
        (lambda: CSLLoss(LABELS, 5)(torch.eye(5)[:, :4], LABELS[[0] * 5]), r"`embeddings`: got 4 dimensions, expecte"),
        (lambda: CSLLoss(LABELS, 5)(torch.eye(5), LABELS[[0] * 5, :2]), r"`labels`: got 2 columns, expected 3"),
        (
            lambda: CSLLoss(LABELS, 5)(torch.eye(5), torch.tensor([[9, 0, 0]] * 5)),
            r"`labels`: got \[9, 0, 0\], expected classes of the labels that the loss was made with",
        ),
        (lambda: CSLLoss(LABELS, 5)(torch.eye(5) / 0, LABELS[[0] * 5]), r"`embeddings`: got NaN or infinity in 5 of"),
        (lambda: csl(torch.ones(1, 2), torch.tensor([[4, 0]])), r"`levels`: got levels from 0 to 4, expected 0..3"),
        (lambda: csl(torch.ones(1, 2), torch.tensor([[1, 0]]), margins=torch.tensor(0.5)), r"`margins`: got tensor\(0"),
        (lambda: csl(torch.ones(1, 2), torch.tensor([[1, 0]]), margins=()), r"`margins`: got none, expected one per"),
        (lambda: csl(torch.ones(1, 2), torch.tensor([[1, 0]]), scale=-1), r"`scale`: got -1, expected a finite number"),
        (lambda: csl(torch.ones(1, 2), torch.tensor([[1, 0]]), valid=torch.ones(1, 2)), r"`valid`: got torch.float32"),
        (lambda: as_metric_learning_loss(CSLLoss(LABELS, 5)), r"`loss`: got CSLLoss, .* without proxies"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
