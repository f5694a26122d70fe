"""Variants of losses by name, each against the definition in plain loops."""

from functools import partial

import pytest
import torch

from suprank_edu import naive
from suprank_edu.losses import CalibrationLoss, SupAPLoss
from suprank_edu.steps import PUBLISHED
from suprank_edu.training.study import ABLATIONS, LOSSES

LABELS = torch.arange(16)[:, None] // torch.tensor([2, 4, 8])


def embeddings() -> torch.Tensor:
    draw = torch.randn(16, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return torch.nn.functional.normalize(draw, dim=1)


def value_of(name: str) -> float:
    return LOSSES[name].make(LABELS, 6, PUBLISHED)(embeddings(), LABELS).item()


def by_loops(loss, column: int | None = 0) -> float:
    """Return the mean over queries, each left out of its gallery; a column counts alone, None counts all levels."""
    scores, columns = embeddings() @ embeddings().T, LABELS.tolist()
    values = []
    for query in range(16):
        others = [item for item in range(16) if item != query]
        shared = naive.shared_levels(columns[query], [columns[item] for item in others])
        levels = shared if column is None else [int(level >= 3 - column) for level in shared]
        values.append(loss([scores[query, item].item() for item in others], levels))
    return sum(values) / len(values)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("continuous", {}),
        ("sigmoid", {"rho": 0.0, "delta": 9.0, "start": 0.0}),
        ("rho0", {"rho": 0.0}),
        ("rho1000", {"rho": 1000.0}),
        ("delta0", {"delta": 0.0}),
        ("delta0.2", {"delta": 0.2}),
        ("tau0.001", {"tau": 0.001}),
        ("tau0.1", {"tau": 0.1}),
    ],
)
def test_steps_are_what_their_names_say(name: str, changed: dict[str, float]) -> None:
    expected = by_loops(lambda scores, levels: naive.sup_ap(scores, levels, partial(naive.sup_step, **changed)))
    assert value_of(f"sup-ap-{name}") == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("tau", [0.03, 0.3])
@pytest.mark.parametrize(
    ("base", "loss", "column"),
    [("recall", naive.sup_recall, 0), ("ndcg", naive.sup_ndcg, None), ("h-ap", naive.sup_h_ap, None)],
)
def test_tau_is_that_of_the_step(base: str, loss, column: int | None, tau: float) -> None:
    step = partial(naive.sup_step, tau=tau)
    expected = by_loops(lambda scores, levels: loss(scores, levels, step=step), column)
    assert value_of(f"sup-{base}-tau{tau:g}") == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("tau", [0.03, 0.3])
@pytest.mark.parametrize(
    ("base", "loss", "column"),
    [("ap", naive.smooth_ap, 0), ("recall", naive.smooth_recall, 0), ("ndcg", naive.smooth_ndcg, None)],
)
def test_tau_is_that_of_the_sigmoid(base: str, loss, column: int | None, tau: float) -> None:
    expected = by_loops(lambda scores, levels: loss(scores, levels, tau=tau), column)
    assert value_of(f"smooth-{base}-tau{tau:g}") == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("name", "column"), [("fine", 0), ("middle", 1), ("coarse", 2)])
def test_the_whole_weight_may_lie_on_one_column(name: str, column: int) -> None:
    weights = [float(c == column) for c in range(3)]

    def loss(scores: list[float], levels: list[int]) -> float:
        relevances = naive.relevance_from_weights(levels, weights)
        return naive.sup_h_ap(scores, levels, relevances=relevances, step=partial(naive.sup_step, offset=1.44))

    assert value_of(f"sup-h-ap-{name}") == pytest.approx(by_loops(loss, None), abs=1e-6)


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.9])
def test_lambda_weighs_the_two_terms(weight: float) -> None:
    rank, pairs = SupAPLoss(PUBLISHED), CalibrationLoss()
    expected = (1 - weight) * rank(embeddings(), LABELS) + weight * pairs(embeddings(), LABELS)
    assert value_of(f"roadmap-weight{weight:g}") == pytest.approx(expected.item(), abs=1e-6)


def test_every_variant_differs_from_the_loss_it_varies_and_has_its_own_name() -> None:
    for name, variant in ABLATIONS.items():
        assert variant.base in LOSSES
        assert name.startswith(f"{variant.base}-")
        assert variant.proxies == LOSSES[variant.base].proxies
        if not variant.proxies:  # proxies are drawn at random
            assert value_of(name) != value_of(variant.base)
    assert len({loss.title for loss in LOSSES.values()}) == len(LOSSES)
