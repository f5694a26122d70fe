"""The small network, against the same network written down in the order of the textbooks."""

import torch
from torch.nn import functional

from suprank_edu.training.networks.models import SmallCNN


def test_the_maximum_before_the_relu_gives_the_same_bits_as_behind_it() -> None:
    torch.manual_seed(0)
    network = SmallCNN(image_size=16, in_channels=3, channels=(8, 16), embedding_size=4)
    images, pull = torch.rand(6, 3, 16, 16), torch.randn(6, 4)
    (network(images) * pull).sum().backward()
    found = [parameter.grad.clone() for parameter in network.parameters()]
    network.zero_grad()
    maps = (1 - images).contiguous(memory_format=torch.channels_last)
    for stage in network.stages:
        maps = functional.max_pool2d(functional.relu(stage[1](stage[0](maps))), 2)
    (functional.normalize(network.head(maps.flatten(1))) * pull).sum().backward()
    for gradient, parameter in zip(found, network.parameters(), strict=True):
        assert gradient.abs().max() > 0
        assert torch.equal(gradient, parameter.grad)
