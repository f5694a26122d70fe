import pytest
import torch
from transformers import Dinov2Config, ResNetConfig, ViTConfig

from suprank_edu.data import read
from suprank_edu.training import embed
from suprank_edu.training.networks.backbones import BACKBONES, Backbone, GeM

TOKENS = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 32, "patch_size": 8}
CONFIGS = {
    "resnet": ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic"),
    "vit": ViTConfig(**TOKENS, intermediate_size=32),
    "dinov2": Dinov2Config(**TOKENS, mlp_ratio=2),
}


def make(kind: str, **options: object) -> Backbone:
    torch.manual_seed(0)
    return Backbone(CONFIGS[kind], **{"image_size": 32, "embedding_size": 8} | options).eval()


@pytest.mark.parametrize("kind", CONFIGS)
@pytest.mark.parametrize("pooling", ["average", "max", "gem", "cls"])
def test_every_pooling_is_what_its_name_says(kind: str, pooling: str) -> None:
    if (kind, pooling) == ("resnet", "cls"):
        pytest.skip("has no token")
    model = make(kind, pooling=pooling, embedding_size=None)
    images = torch.rand(2, 3, 32, 32)
    mean, deviation = (torch.tensor(v).view(3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    pixels = (images - mean) / deviation
    with torch.no_grad():
        features = model.features(pixel_values=pixels).last_hidden_state
    for image, vector in zip(features, model(images), strict=True):
        if kind == "resnet":
            places = [image[:, y, x] for y in range(image.shape[1]) for x in range(image.shape[2])]
        else:
            places = list(image[1:])
        if pooling == "cls":
            expected = image[0]
        elif pooling == "average":
            expected = sum(places) / len(places)
        elif pooling == "max":
            expected = torch.stack([max(channel, key=float) for channel in zip(*places, strict=True)])
        else:
            expected = (sum(place.clamp(min=1e-6) ** 3 for place in places) / len(places)) ** (1 / 3)
        assert torch.allclose(vector, expected / expected.norm(), atol=1e-5)


@pytest.mark.parametrize("kind", CONFIGS)
def test_vectors_are_of_norm_one_under_autocast_too(kind: str) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        embeddings = make(kind)(torch.rand(3, 3, 32, 32))
    assert embeddings.dtype == torch.float32
    assert (embeddings.norm(dim=1) - 1).abs().max() < 1e-6


@pytest.mark.parametrize("kind", CONFIGS)
def test_head_norm_and_gradient(kind: str) -> None:
    model = make(kind, layer_norm=True, pooling="gem").train()
    embeddings = model(torch.rand(3, 3, 32, 32))
    assert embeddings.shape == (3, 8)
    assert torch.allclose(embeddings.norm(dim=1), torch.ones(3), atol=1e-5)
    (embeddings[0] @ embeddings[1]).backward()
    assert model.head.weight.grad.abs().sum() > 0
    assert model.gem.p.grad.abs() > 0
    assert sum(p.grad.abs().sum() for p in model.features.parameters() if p.grad is not None) > 0


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_step_reaches_every_weight_that_is_trained(kind: str) -> None:
    """DistributedDataParallel waits for the gradient of each of them."""
    model = make(kind).train()
    embeddings = model(torch.rand(3, 3, 32, 32))
    (embeddings[0] @ embeddings[1]).backward()
    assert [name for name, p in model.named_parameters() if p.requires_grad and p.grad is None] == []


def test_gem_goes_from_mean_to_maximum() -> None:
    places = torch.rand(4, 9, 5) + 0.1
    assert torch.allclose(GeM(p=1.0)(places), places.mean(dim=1), atol=1e-5)
    assert torch.allclose(GeM(p=200.0)(places), places.amax(dim=1), atol=0.03)


def test_several_scales_are_the_mean_of_their_unit_vectors() -> None:
    model, photos = make("resnet"), read("standin").subset(range(6))
    photos.mode = "RGB"
    each = [embed(model, photos, scales=(scale,)) for scale in (1.0, 0.5)]
    expected = torch.nn.functional.normalize(each[0] + each[1])
    assert torch.allclose(embed(model, photos, scales=(1.0, 0.5)), expected, atol=1e-5)
    assert not torch.allclose(each[0], each[1], atol=1e-3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Backbone("resnet5"), "`name`: got 'resnet5', expected 'resnet34'"),
        (lambda: make("vit", pooling="mean"), "`pooling`: got 'mean', expected 'average', 'max', 'gem' or 'cls'"),
        (lambda: make("resnet", pooling="cls"), "`pooling`: got 'cls', expected another one"),
        (lambda: make("vit", image_size=0), "`image_size`: got 0"),
        (lambda: GeM(p=0.0), "`p`: got 0.0"),
        (lambda: embed(make("resnet"), read("standin"), scales=()), r"`scales`: got \(\), expected"),
        (lambda: embed(make("resnet"), read("standin"), scales=(0.0,)), r"`scales`: got \(0.0,\), expected"),
    ],
)
def test_bad_input_is_named(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_pretrained_weights_come_from_the_hub_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import transformers

    asked: list[str] = []

    def from_pretrained(name: str) -> torch.nn.Module:
        asked.append(name)
        return transformers.AutoModel.from_config(CONFIGS["resnet"])

    monkeypatch.setattr(transformers.AutoModel, "from_pretrained", from_pretrained)
    model = Backbone("resnet50", image_size=32)
    assert asked == [BACKBONES["resnet50"].hub] == ["microsoft/resnet-50"]
    assert model(torch.rand(2, 3, 32, 32)).shape == (2, 512)
