"""Second derivatives are refused by every engine, also where torch would leave a term out without a word."""

import pytest
import torch
from torch.nn.functional import normalize

from suprank_edu.losses import CalibrationLoss, SmoothAPLoss, SupAPLoss
from suprank_edu.pairwise import direct_sums, fused_sums, sorted_sums
from suprank_edu.steps import SupStep

ENGINES = [direct_sums, sorted_sums, pytest.param(fused_sums, marks=pytest.mark.slow)]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_refuses_a_graph_of_its_gradient(engine):
    rows, columns = torch.rand(2, 3, requires_grad=True), torch.rand(2, 4, requires_grad=True)
    sums = engine(rows, columns, SupStep())
    with pytest.raises(RuntimeError, match="create_graph=True.* differentiated once"):
        torch.autograd.grad(sums.square().sum(), rows, create_graph=True)


@pytest.mark.parametrize("loss", [SupAPLoss(step=SupStep(tau=0.1)), SmoothAPLoss(tau=0.1)])
def test_a_gradient_penalty_on_a_ranking_loss_is_refused(loss):
    points = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
    value = loss(normalize(points, dim=1), torch.tensor([0, 0, 1, 1, 2, 2]))
    (gradient,) = torch.autograd.grad(value, points, create_graph=True)
    with pytest.raises(RuntimeError, match="differentiated once"):
        torch.autograd.grad(gradient.square().sum(), points)


def test_losses_of_the_other_library_keep_their_second_derivative():
    points = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
    labels = torch.tensor([0, 0, 1, 1, 2, 2])
    assert torch.autograd.gradgradcheck(lambda x: CalibrationLoss()(x, labels), (points,))
