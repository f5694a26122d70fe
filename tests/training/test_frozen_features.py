"""A head trained on frozen features, and the whole network after it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from suprank_edu.data import VectorDataset, load_samples
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import LinearHead, Protocol, Recipe, SmallCNN, Validation, embed, features, fit, pretrained

RECIPE = Recipe(steps=4, batch_size=8, per_class=2, image_size=32, embedding_size=6, head_only=1.0, lr=1e-2)
PLAIN = {"rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 0.0}


def own_network(embedding_size: int | None = 6) -> nn.Module:
    torch.manual_seed(1)
    layers = nn.Sequential(nn.Conv2d(3, 8, 3, stride=4), nn.BatchNorm2d(8), nn.ReLU())
    return pretrained(layers, embedding_size=embedding_size, image_size=32)


@pytest.fixture(scope="module")
def pictures():
    return load_samples("mini_landmarks").subset(range(64))


def test_a_head_on_vectors_learns_to_tell_classes_apart() -> None:
    draw = np.random.default_rng(0)
    signal = np.eye(8)[np.arange(160) % 8] + 0.1 * draw.normal(size=(160, 8))
    vectors = VectorDataset(np.hstack([signal, 2 * draw.normal(size=(160, 8))]), np.arange(160) % 8)
    recipe = Recipe(steps=100, batch_size=32, embedding_size=8, lr=3e-2)
    before = Protocol(vectors).evaluate(LinearHead(16, 8)).mean["mAP/column0"]
    result = fit(recipe, vectors, SupAPLoss(), progress=False, device="cpu")
    assert isinstance(result.model, LinearHead)
    after = Protocol(vectors).evaluate(result.model).mean["mAP/column0"]
    assert before < 0.3
    assert after > 0.8, "noise, twice as large as the signal, is projected away"


def test_frozen_features_are_computed_once_and_the_head_alone_learns(pictures) -> None:
    network = own_network()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    seen = []
    network.features.register_forward_hook(lambda module, taken, given: seen.append(len(given)))
    fit(RECIPE, pictures, SupAPLoss(), model=network, progress=False, device="cpu")
    assert sum(seen) == len(pictures)
    changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"head.weight", "head.bias"}


def test_the_result_is_that_of_the_head_on_the_features(pictures) -> None:
    """The same batches on vectors that were made before, without the network."""
    network = own_network()
    alone = LinearHead(8, 6)
    alone.head.load_state_dict(network.head.state_dict())
    vectors = VectorDataset(embed(own_network(None), pictures), images=pictures)
    one = fit(RECIPE, pictures, SupAPLoss(), model=network, progress=False, device="cpu")
    other = fit(replace(RECIPE, head_only=0.0), vectors, SupAPLoss(), model=alone, progress=False, device="cpu")
    assert torch.allclose(one.model.head.weight, other.model.head.weight, atol=1e-6)
    assert [entry["loss"] for entry in one.history] == pytest.approx([entry["loss"] for entry in other.history])


def test_evaluation_along_the_way_takes_features_too(pictures) -> None:
    network = own_network()
    seen = []
    network.features.register_forward_hook(lambda module, taken, given: seen.append(len(given)))
    protocol = Protocol(pictures.subset(range(0, 64, 2)), pictures.subset(range(1, 64, 2)))
    result = fit(RECIPE, pictures, SupAPLoss(), model=network, validation=Validation(protocol, every=1), progress=False)
    assert len(result.evaluations) == 4
    assert sum(seen) == 2 * len(pictures)
    expected = protocol.evaluate(result.model).mean
    assert result.evaluations[-1] == pytest.approx({"step": 4} | expected, nan_ok=True)


def test_the_whole_network_goes_on_from_the_head(pictures) -> None:
    network = own_network()
    fit(RECIPE, pictures, SupAPLoss(), model=network, progress=False, device="cpu")
    head, mean = network.head.weight.clone(), network.features[1].running_mean.clone()
    recipe = replace(RECIPE, head_only=0.0, freeze_batch_norm=True, **PLAIN)
    result = fit(recipe, pictures, SupAPLoss(), model=network, progress=False, device="cpu")
    assert not torch.equal(result.model.head.weight, head)
    assert not torch.equal(result.model.features[0].weight, own_network().features[0].weight)
    assert torch.equal(result.model.features[1].running_mean, mean)


def test_what_has_no_features_apart_is_refused(pictures) -> None:
    with pytest.raises(ValueError, match="`head_only`: got 1 with a SmallCNN, expected a network with features apart"):
        fit(RECIPE, pictures, SupAPLoss(), model=SmallCNN(32, 3), progress=False)
    with pytest.raises(ValueError, match=r"`scales`: got \(1.0, 0.5\), expected \(1.0,\)"):
        Protocol(pictures, scales=(1.0, 0.5)).features(own_network())
    with pytest.raises(ValueError, match=r"`head_only`: got 1.1, expected a number in \[0, 1\]"):
        replace(RECIPE, head_only=1.1)
    assert isinstance(features(own_network(), pictures), VectorDataset)
