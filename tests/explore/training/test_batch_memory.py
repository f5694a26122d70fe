"""What a batch takes and shows: measured bytes measured again, sums by hand, and the place of the closest by chance."""

import random
import re
from typing import Any

import pytest
import torch

from suprank_edu.explore import Explorer, batch_memory
from suprank_edu.explore.training.batch_memory import NETWORKS, OTHERS, closest, needs
from suprank_edu.training import Backbone, SmallCNN

START = {"network": "ResNet-50, 224 pixels", "batch_size": 128, "at_once": 4096, "memory_size": 0, "processes": 1}


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return batch_memory()


def kept_bytes(model: torch.nn.Module, images: torch.Tensor) -> int:
    """Bytes that autograd keeps for backward, each storage once, without the network's own numbers."""
    own = {value.data_ptr() for value in model.state_dict().values()}
    seen: dict[int, tuple[int, Any]] = {}

    def pack(kept: torch.Tensor) -> torch.Tensor:
        if kept.data_ptr() not in own:
            storage = kept.untyped_storage()
            seen[storage.data_ptr()] = (storage.nbytes(), kept)  # kept, so that its address stays its own
        return kept

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda kept: kept):
        model(images)
    return sum(count for count, _ in seen.values())


def test_the_small_network_takes_what_is_said() -> None:
    net, model = NETWORKS["SmallCNN, 32 pixels"], SmallCNN(image_size=32).train()
    assert kept_bytes(model, torch.rand(16, 1, 32, 32)) / 16 == pytest.approx(net.per_image, rel=0.01)
    assert (sum(p.numel() for p in model.parameters()), model.embedding_size) == (net.weights, net.embedding_size)


@pytest.mark.slow
@pytest.mark.nightly
def test_the_large_networks_take_what_is_said() -> None:
    from transformers import ResNetConfig, ViTConfig

    small = ViTConfig(hidden_size=384, num_attention_heads=6, intermediate_size=1536)
    for name, model in (
        ("ResNet-50, 224 pixels", Backbone(ResNetConfig(), embedding_size=512, layer_norm=True)),
        ("ViT-S, 224 pixels", Backbone(small, embedding_size=None, pooling="cls")),
    ):
        net = NETWORKS[name]
        assert kept_bytes(model.train(), torch.rand(2, 3, 224, 224)) / 2 == pytest.approx(net.per_image, rel=0.01)
        assert (sum(p.numel() for p in model.parameters()), model.embedding_size) == (net.weights, net.embedding_size)


def test_the_sums_are_those_by_hand() -> None:
    now = needs("ResNet-50, 224 pixels", 1024, 16, 4096, 4)
    assert now.graph == 16 * 86.0e6
    assert now.scores == 1024 * (1024 + 4096) * 4  # on every process the whole batch against everything
    assert now.memory == 4096 * 512 * 4
    assert now.weights == 4 * 4 * 24_557_120
    assert now.together == now.graph + now.scores + now.memory + now.weights
    assert now.passes == 2
    assert needs("ResNet-50, 224 pixels", 1024, 256, 0, 4).passes == 1  # a process's share is 256
    assert needs("ResNet-50, 224 pixels", 4096, 16, 59550, 1).in_sight == OTHERS


def test_the_closest_in_sight_is_the_mean_of_random_draws() -> None:
    draw = random.Random(0)
    for seen in (31, 127, 1023):
        places = [min(draw.sample(range(1, OTHERS + 1), seen)) for _ in range(3000 if seen < 500 else 600)]
        assert sum(places) / len(places) == pytest.approx(closest(seen), rel=0.12)
    assert closest(OTHERS) == 1


def test_dots_and_marks_are_where_the_numbers_are(explorer: Explorer) -> None:
    p = START | {"memory_size": 4096, "at_once": 16}
    now, data = needs(**p), explorer.figure.describe(**p)["data"]
    parts, together, labels, both, alone = data[2], data[3], data[4], data[6], data[7]
    assert parts["x"] == pytest.approx([now.weights, now.graph, now.scores, now.memory], rel=6e-4)
    assert together["x"] == pytest.approx([now.together], rel=6e-4)
    assert labels["text"] == ["393 MB", "1.38 GB", "2.16 MB", "8.39 MB", "1.78 GB"]
    assert (alone["x"], alone["y"]) == ([127], [closest(127)])
    assert (both["x"], both["y"]) == ([127 + 4096], [closest(127 + 4096)])
    assert explorer.figure.describe(**START)["data"][2]["x"][3] is None  # no memory, no dot


def test_the_words_are_true_for_every_setting(explorer: Explorer) -> None:
    seen = set()
    for p in explorer.grid():
        now, (graph, sums, sight) = needs(**p), explorer.readout(**p).split("\n")
        assert f"Graph: {now.at_once:,} images" in graph
        assert ("embedded twice" in graph) == (p["batch_size"] // p["processes"] > p["at_once"])
        card = re.search(r"fits on a card of (\d+) GB", sums)
        fitting = [c for c in (8, 24, 80) if now.together <= c * 1e9]
        assert ([int(card.group(1))] if card else []) == fitting[:1]
        assert ("memory:" in sums) == (p["memory_size"] > 0)
        assert ("very closest" in sight) == (now.in_sight == OTHERS)
        seen.add(len(fitting))
    assert seen == {0, 1, 2, 3}
    assert explorer.readout(**START).split("\n") == [
        "Graph: 128 images × 86 MB = 11 GB. One pass: each image is embedded once.",
        "Scores: 128 × (128 + 0) × 4 bytes = 65.5 kB. Together 11.4 GB: fits on a card of 24 GB.",
        "Each query sees 127 of 59,550 others: the closest of them is, on average, the 465th closest of the set.",
    ]
