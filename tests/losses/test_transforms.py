"""Losses inside torch.compile and torch.func: left as they are by the one, transformed by the other, or a clear no."""

import pytest
import torch
from torch.nn.functional import normalize

from suprank_edu.losses import (
    AtColumn,
    BlackBoxAPLoss,
    CalibrationLoss,
    CSLLoss,
    SupAPLoss,
    SupHAPLoss,
    black_box_ap,
    happier,
    roadmap,
    smooth_ndcg,
    soft_bin_ap,
    sup_ap,
    sup_h_ap,
)
from suprank_edu.ranking import sup_rank

LABELS = torch.arange(16) // 4
FUNCTIONS = [sup_ap, sup_h_ap, smooth_ndcg, soft_bin_ap, black_box_ap]


@pytest.fixture(scope="module")
def case():
    generator = torch.Generator().manual_seed(0)
    return torch.rand(3, 5, 7, generator=generator), torch.randint(0, 3, (5, 7), generator=generator)


@pytest.mark.parametrize(
    "loss",
    [
        SupAPLoss(),
        SupHAPLoss(),
        roadmap(),
        happier(4, 8),
        AtColumn(CalibrationLoss(), 0),
        BlackBoxAPLoss(),
        CSLLoss(LABELS, 8),
        lambda x, y: sup_ap(x @ x.T, y[:, None] == y).mean(),
    ],
)
def test_a_compiled_step_compiles_nothing_of_a_loss(loss):
    torch.manual_seed(0)
    network, images = torch.nn.Linear(8, 8), torch.randn(16, 8)
    graphs = []

    def backend(graph, inputs):
        graphs.append(graph)
        return graph.forward

    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    step = torch.compile(lambda x: loss(normalize(network(x), dim=1), LABELS), backend=backend)
    for _ in range(3):
        value = step(images)
        value.backward()
    assert sum(torch._dynamo.utils.counters["graph_break"].values()) <= 3  # 26 where the compiler looked inside
    assert len(graphs) <= 3
    torch.testing.assert_close(value, loss(normalize(network(images), dim=1), LABELS))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_gradients_by_torch_func_are_those_of_autograd(function, case):
    scores, levels = case
    leaf = scores[0].clone().requires_grad_()
    (expected,) = torch.autograd.grad(function(leaf, levels).sum(), leaf)
    gradient = torch.func.grad(lambda x: function(x, levels).sum())
    torch.testing.assert_close(gradient(scores[0]), expected)
    torch.testing.assert_close(torch.vmap(gradient)(scores)[0], expected)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_vmap_is_a_loop(function, case):
    scores, levels = case
    found = torch.vmap(lambda x: function(x, levels))(scores)
    torch.testing.assert_close(found, torch.stack([function(x, levels) for x in scores]))


def test_a_module_takes_torch_func_grad():
    points = torch.randn(16, 8, generator=torch.Generator().manual_seed(0), requires_grad=True)
    loss = SupAPLoss()
    (expected,) = torch.autograd.grad(loss(normalize(points, dim=1), LABELS), points)
    found = torch.func.grad(lambda x: loss(normalize(x, dim=1), LABELS))(points.detach())
    torch.testing.assert_close(found, expected)


def test_what_no_transform_can_do_says_what_to_do_instead(case):
    scores, levels = case
    with pytest.raises(RuntimeError, match="differentiated once"):
        torch.func.grad(lambda x: torch.func.grad(lambda y: sup_ap(y, levels).sum())(x).square().sum())(scores[0])
    with pytest.raises(RuntimeError, match="take torch.func.grad"):
        torch.func.jvp(lambda x: sup_ap(x, levels), (scores[0],), (scores[1],))
    with pytest.raises(RuntimeError, match="transform a loss on scores"):
        torch.vmap(lambda x: SupAPLoss()(x, LABELS))(torch.zeros(2, 16, 8))
    for transform in (torch.vmap, torch.func.grad):
        with pytest.raises(RuntimeError, match="sup_rank looks at values"):
            transform(lambda x: sup_rank(x, levels)[0].sum())(scores if transform is torch.vmap else scores[0])
