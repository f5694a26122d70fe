"""Networks with pretrained features: what comes out, whichever network is given."""

from pathlib import Path

import numpy as np
import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn
from transformers import ResNetConfig

from suprank_edu.data import load_samples, read
from suprank_edu.training import EfficientNetLite0, embed, features, load_images, pretrained, weights_hash
from suprank_edu.training.networks import backbones
from suprank_edu.training.networks.backbones import Backbone


class Maps(nn.Module):
    """A network of one's own, with its normalisation inside."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, 5, 3)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps: torch.Tensor = self.layer(2 * images - 1)
        return maps


def test_vectors_are_the_features_at_norm_one_and_a_head_takes_them() -> None:
    images = torch.rand(2, 3, 64, 64)
    network = pretrained(image_size=64).eval()
    with torch.no_grad():
        features = network.features(images)
        assert features.shape == (2, 1280)
        assert torch.allclose(network(images), features / features.norm(dim=1, keepdim=True), atol=1e-6)
        with_head = pretrained(embedding_size=7, image_size=64).eval()
        expected = with_head.head(network(images))
        assert torch.allclose(with_head(images), expected / expected.norm(dim=1, keepdim=True), atol=1e-5)
        assert torch.equal(with_head(with_head.pooled(images)), with_head(images))


def test_its_normalisation_of_pixels_is_inside() -> None:
    """Written out: 127 and 128 of 255, the pixels of the published EfficientNet-Lite."""
    features = EfficientNetLite0().eval()
    images = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        maps = features.network.extract_features((images - 127 / 255) / (128 / 255))
        assert torch.allclose(features(images), maps.mean(dim=(2, 3)), atol=1e-4)
        assert torch.allclose(features.logits(images), features.network._fc(features(images)))


@pytest.mark.parametrize("size", [63, 64])
def test_maps_and_gradients_are_those_of_the_package_to_the_last_bit(size: int) -> None:
    ours = EfficientNetLite0().network
    theirs = EfficientNet.from_name("efficientnet-lite0", image_size=None, drop_connect_rate=0.0)
    theirs.load_state_dict(ours.state_dict())
    theirs.to(memory_format=torch.channels_last)
    images = torch.rand(2, 3, size, size).contiguous(memory_format=torch.channels_last)
    found = []
    for network in (ours, theirs):
        maps = network.extract_features(images)  # in training mode: batch norm has a gradient of its own
        maps.square().sum().backward()
        found.append([maps.detach(), *(weight.grad for weight in network.parameters() if weight.grad is not None)])
    assert len(found[0]) == len(found[1]) > 100
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


def test_frozen_features_are_the_same_in_training_and_evaluation_but_for_batch_norm() -> None:
    features = EfficientNetLite0().train()
    for module in features.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    images = torch.rand(3, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(features(images), features(images)), "no random depth"
        assert torch.allclose(features(images), features.eval()(images))


def test_a_network_of_ones_own_has_its_maps_averaged() -> None:
    torch.manual_seed(0)
    own = Maps()
    network = pretrained(own, embedding_size=4, image_size=16).eval()
    images = torch.rand(2, 3, 16, 16)
    with torch.no_grad():
        mean = own(images).flatten(2).mean(dim=2)
        expected = network.head(mean / mean.norm(dim=1, keepdim=True))
        assert torch.allclose(network(images), expected / expected.norm(dim=1, keepdim=True), atol=1e-6)


def test_a_network_of_the_hub_is_made_by_the_same_call(monkeypatch: pytest.MonkeyPatch) -> None:
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic")
    made = backbones._network
    monkeypatch.setattr(backbones, "_network", lambda name: made(config))  # no hub is asked in a test
    network = pretrained("resnet50", embedding_size=4, image_size=32).eval()
    images = torch.rand(2, 3, 32, 32)
    assert isinstance(network, Backbone)
    assert torch.equal(network(network.pooled(images)), network(images))


def test_what_cannot_be_a_network_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^`network`: got 'resnet9000', expected 'efficientnet-lite0', 'resnet34'"):
        pretrained("resnet9000")
    with pytest.raises(ValueError, match=r"^`network`: gave shape \(1, 48, 16\) .* expected \(B, C\)"):
        pretrained(nn.Flatten(1, 2), image_size=16)
    with pytest.raises(ValueError, match="^`image_size`: got 0"):
        pretrained(image_size=0)


def test_the_hash_tells_weights_apart_and_nothing_else() -> None:
    one, other = pretrained(image_size=64), pretrained(image_size=128)
    assert weights_hash(one) == weights_hash(other) == weights_hash(one.to(memory_format=torch.contiguous_format))
    assert weights_hash(pretrained(embedding_size=2)) != weights_hash(one)
    small = nn.Linear(2, 2)
    before = weights_hash(small)
    with torch.no_grad():
        small.weight[0, 0] += 1e-6
    assert weights_hash(small) != before


def test_grey_images_are_refused() -> None:
    with pytest.raises(ValueError, match="`dataset`: got images of 1 channels, expected 3"):
        embed(pretrained(image_size=32), read("standin").subset([0]))


IMAGENET = {"Granny Smith": 948, "Lemon": 951}  # of the 1,000 classes, in the order of their synsets
STORED = {
    "Granny-Smith_005.jpg": {250: 0.00532, 500: 0.0, 1034: 0.16965, 1279: 0.03556},
    "Lemon_004.jpg": {250: 0.02253, 500: 0.0, 560: 0.16093, 1279: 0.04902},
    "Banana_004.jpg": {100: 0.01666, 250: 0.00943, 659: 0.15427, 777: 0.01165, 1279: 0.01391},
}


@pytest.fixture(scope="module")
def groceries():
    return load_samples("groceries", "test")


def rows_of(groceries, *files: str) -> list[int]:
    names = [Path(groceries.name_of(row)).name for row in range(len(groceries))]
    return [names.index(file) for file in files]


def test_features_of_three_photographs_are_what_they_were(groceries) -> None:
    """A change of the weights, the pixels, the padding or the pooling shows here."""
    found = features(pretrained(image_size=128), groceries.subset(rows_of(groceries, *STORED))).vectors
    for vector, stored in zip(found, STORED.values(), strict=True):
        assert vector[list(stored)] == pytest.approx(list(stored.values()), abs=2e-4)
        assert vector.argmax() == max(stored, key=stored.get)


@pytest.mark.parametrize(("product", "least"), [("Granny Smith", 6), ("Lemon", 3)])
def test_photographs_are_seen_as_what_they_are(groceries, product: str, least: int) -> None:
    """Of six photographs, how many have their class of ImageNet among the first five."""
    product_ids = groceries.labels[:, 0]
    rows = [row for row in range(len(groceries)) if groceries.class_names[0][product_ids[row]] == product]
    images = load_images(groceries, 128, rows).float() / 255
    with torch.no_grad():
        first_five = EfficientNetLite0().eval().logits(images).topk(5).indices
    assert int((first_five == IMAGENET[product]).any(dim=1).sum()) >= least


def test_pixels_of_imagenet_would_see_less(groceries) -> None:
    """What the package's own page shows, mean and deviation of ImageNet, costs on bananas and oranges."""
    network = EfficientNetLite0().eval()
    classes = {"Banana": 954, "Orange": 950, "Granny Smith": 948, "Lemon": 951}
    names = np.array(groceries.class_names[0])[groceries.labels[:, 0]]
    mean, deviation = (torch.tensor(v).view(3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    right = {"inside": 0, "of ImageNet": 0}
    for name, expected in classes.items():
        images = load_images(groceries, 128, np.flatnonzero(names == name).tolist()).float() / 255
        with torch.no_grad():
            other = network.network((images - mean) / deviation)
            for way, logits in (("inside", network.logits(images)), ("of ImageNet", other)):
                right[way] += int((logits.argmax(dim=1) == expected).sum())
    assert right["inside"] > right["of ImageNet"]
