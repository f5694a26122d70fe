"""What a loss on embeddings gives back: gradients, 0 where there is no positive, dtypes, inputs left alone."""

import pytest
import torch
from every_loss import EVERY_MODULE, MODULES, random_batch
from torch.nn.functional import normalize

from suprank_edu.losses import (
    SmoothHAPLoss,
    SupHAPLoss,
    SupNDCGLoss,
)
from suprank_edu.losses.own_scores import own_scores
from suprank_edu.steps import SupStep

pytestmark = pytest.mark.filterwarnings("ignore:`labels`. no query of the batch:UserWarning")


@pytest.mark.parametrize("name", [name for name in MODULES if name != "BlackBoxAP"])  # its value is a staircase
def test_gradcheck_through_the_normalisation(name):
    module, _ = MODULES[name]
    options = {"step": SupStep(tau=0.1)} if name.startswith("Sup") else {"tau": 0.1}
    loss = module(**{} if name == "SoftBinAP" else options)
    embeddings, labels = random_batch(6, 3, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda x: loss(normalize(x, dim=1), labels), embeddings.requires_grad_())


@EVERY_MODULE
def test_gradients_reach_queries_and_references(name):
    module, _ = MODULES[name]
    embeddings, labels = random_batch()
    references, ref_labels = random_batch(seed=1)
    embeddings.requires_grad_(), references.requires_grad_()
    module()(embeddings, labels, ref_emb=references, ref_labels=ref_labels).backward()
    assert embeddings.grad.abs().sum() > 0
    assert references.grad.abs().sum() > 0


@EVERY_MODULE
def test_a_batch_without_any_positive_gives_0_with_a_zero_gradient(name):
    module, _ = MODULES[name]
    embeddings = random_batch()[0].requires_grad_()
    loss = module()(embeddings, torch.arange(12))
    assert loss.item() == 0
    loss.backward()
    assert torch.equal(embeddings.grad, torch.zeros_like(embeddings))


@EVERY_MODULE
def test_one_image_alone_gives_0(name):
    module, _ = MODULES[name]
    embeddings = torch.tensor([[1.0, 0.0]], requires_grad=True)
    loss = module()(embeddings, torch.tensor([4]))
    assert loss.item() == 0
    loss.backward()
    assert not embeddings.grad.any()


@pytest.mark.parametrize("module", [SupHAPLoss, SmoothHAPLoss, SupNDCGLoss])
def test_the_query_may_be_the_only_item_of_its_fine_class(module):
    """Hidden, it still shares more levels with itself than any visible item does."""
    embeddings, _ = random_batch(4)
    loss = module()(embeddings, torch.tensor([[0, 7], [1, 7], [2, 7], [3, 8]]))
    assert loss.isfinite()


@EVERY_MODULE
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.filterwarnings("ignore:.*a norm is off 1")  # of the float32 copy of what was rounded
def test_autocast_gives_a_finite_float32_loss_and_finite_gradients(name, dtype):
    module, _ = MODULES[name]
    network = torch.nn.Linear(8, 8)
    inputs, labels = random_batch(24)
    with torch.autocast("cpu", dtype=dtype):
        embeddings = normalize(network(inputs), dim=1).to(dtype)
        loss = module()(embeddings, labels)
    assert loss.dtype == torch.float32
    assert loss.isfinite()
    alone = module()(embeddings.detach().float(), labels)
    assert loss.item() == pytest.approx(alone.item(), abs=1e-6)  # nothing inside ran in half precision
    loss.backward()
    assert network.weight.grad.isfinite().all()
    assert network.weight.grad.abs().sum() > 0


@EVERY_MODULE
def test_the_inputs_are_left_alone(name):
    module, _ = MODULES[name]
    embeddings, labels = random_batch()
    valid = torch.rand(12, 12, generator=torch.Generator().manual_seed(2)) > 0.3
    before = embeddings.clone(), labels.clone(), valid.clone()
    module()(embeddings.requires_grad_(), labels, valid=valid).backward()
    assert torch.equal(embeddings.detach(), before[0])
    assert torch.equal(labels, before[1])
    assert torch.equal(valid, before[2])


@EVERY_MODULE
def test_int32_labels_are_integers_too(name):
    module, _ = MODULES[name]
    embeddings, labels = random_batch()
    assert module()(embeddings, labels.int()).item() == module()(embeddings, labels).item()


@EVERY_MODULE
def test_double_precision_stays_double(name):
    module, _ = MODULES[name]
    assert module()(*random_batch(dtype=torch.float64)).dtype == torch.float64


def test_scores_of_a_batch_against_itself_have_first_and_second_gradients_also_in_autocast():
    x = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    torch.testing.assert_close(own_scores(x), x @ x.T)
    assert torch.autograd.gradcheck(own_scores, x)
    assert torch.autograd.gradgradcheck(own_scores, x)
    single = x.detach().float().requires_grad_()
    weights = torch.rand(4, 4, generator=torch.Generator().manual_seed(1))  # not symmetric
    scores = own_scores(single)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        (gradient,) = torch.autograd.grad((scores * weights).sum(), single)
    torch.testing.assert_close(gradient, ((weights + weights.T) @ single).detach())
