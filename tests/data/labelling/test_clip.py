"""Zero-shot labels with a tiny CLIP of random weights: nothing is downloaded."""

import builtins
import re

import numpy as np
import pytest
import torch
from PIL import Image

from suprank_edu.data.labelling import (
    Labelling,
    candidates,
    classify,
    clip_embedder,
    embed_images,
    embed_texts,
    load_clip,
    prompts,
)


@pytest.fixture(scope="module")
def model():
    from transformers import CLIPConfig, CLIPModel

    small = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}
    text = small | {
        "vocab_size": 99,
        "max_position_embeddings": 16,
        "bos_token_id": 97,
        "eos_token_id": 98,
        "pad_token_id": 0,
    }
    vision = small | {"image_size": 32, "patch_size": 8}
    torch.manual_seed(0)
    return CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=24)).eval()


def tokenizer(texts, padding, truncation, return_tensors):
    assert padding
    assert truncation
    assert return_tensors == "pt"
    rows = [[97, *(1 + sum(word.encode()) % 90 for word in text.split()), 98] for text in texts]
    width = max(map(len, rows))
    ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    return {"input_ids": ids, "attention_mask": (ids > 0).long(), "token_type_ids": ids}


PICTURES = [Image.new("RGB", (60, 40), (40 * i, 200 - 30 * i, 90)) for i in range(5)]


def test_scores_are_those_of_the_model(model) -> None:
    texts = ["a picture of a castle", "a picture of a lake"]
    tokens = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    pixels = torch.stack([torch.zeros(3, 32, 32) for _ in PICTURES])
    mean, std = torch.tensor([0.48145466, 0.4578275, 0.40821073]), torch.tensor([0.26862954, 0.26130258, 0.27577711])
    for number, picture in enumerate(PICTURES):
        colour = torch.tensor(picture.getpixel((0, 0))) / 255
        pixels[number] = ((colour - mean) / std)[:, None, None]
    with torch.no_grad():
        whole = model(input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"], pixel_values=pixels)
    made = embed_images(model, PICTURES, batch=2) @ embed_texts(model, tokenizer, texts, batch=1).T
    torch.testing.assert_close(
        made * model.logit_scale.exp().item(), whole.logits_per_image.detach(), rtol=1e-4, atol=1e-4
    )


def test_an_image_is_shortened_and_its_centre_cut_out(model) -> None:
    wide = Image.new("RGB", (96, 32), (255, 0, 0))
    wide.paste((0, 0, 255), (32, 0, 64, 32))  # the middle third
    square = Image.new("RGB", (32, 32), (0, 0, 255))
    both = embed_images(model, iter([wide, square, square.resize((320, 320))]))
    torch.testing.assert_close(both[0], both[1])
    torch.testing.assert_close(both[0], both[2])
    torch.testing.assert_close(both.norm(dim=1), torch.ones(3))


def test_zero_shot_takes_the_nearest_prompt(model) -> None:
    texts, labels = prompts(Labelling({"castle": "castle", "hill fort": "castle", "tarn": "lake"}, {}, ()))
    assert texts == ["a picture of a castle", "a picture of a hill fort", "a picture of a tarn"]
    assert labels == ["castle", "castle", "lake"]
    images, references = embed_images(model, PICTURES), embed_texts(model, tokenizer, texts)
    nearest = (images @ references.T).argmax(dim=1).tolist()
    assert classify(images, references, labels, k=1)[0] == [labels[i] for i in nearest]


def test_clip_embeds_names_for_the_clusters(model) -> None:
    embed = clip_embedder(model, tokenizer)
    vectors = embed(["castle", "lake"])
    assert (vectors.shape, vectors.dtype) == ((2, 24), np.float32)
    assert sum(len(c.phrases) for c in candidates({"castle": 2, "lake": 1, "hill castle": 1}, 2, embed=embed)) == 3


def test_arguments_are_checked(model) -> None:
    with pytest.raises(ValueError, match=r"^`images`: got none"):
        embed_images(model, [])
    with pytest.raises(ValueError, match=r"^`texts`: got 'castle', expected one or more texts"):
        embed_texts(model, tokenizer, "castle")
    with pytest.raises(ValueError, match=r"^`texts`: got \[\]"):
        embed_texts(model, tokenizer, [])
    with pytest.raises(ValueError, match=r"^`batch`: got 0"):
        embed_texts(model, tokenizer, ["a"], batch=0)
    with pytest.raises(ValueError, match=r"^`batch`: got 0"):
        embed_images(model, PICTURES, batch=0)
    with pytest.raises(ValueError, match=re.escape("`template`: got 'a picture', expected a text with {} where")):
        prompts(Labelling({}, {}, ()), "a picture")


def test_a_saved_model_is_loaded_from_its_folder(model, tmp_path) -> None:
    from transformers import BertTokenizer

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "castle"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    BertTokenizer(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    model.save_pretrained(tmp_path)
    loaded, made = load_clip(str(tmp_path))
    assert not loaded.training
    torch.testing.assert_close(embed_images(loaded, PICTURES[:1]), embed_images(model, PICTURES[:1]))
    assert set(made(["castle"], padding=True, truncation=True, return_tensors="pt")) >= {"input_ids", "attention_mask"}


def test_transformers_is_named_when_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("transformers"):
            raise ModuleNotFoundError(name, name=name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        ImportError, match=r"the package transformers is missing: pip install \"suprank-edu\[vision\]\""
    ):
        load_clip()


def test_a_device_that_is_not_there_is_said_before_anything_is_loaded() -> None:
    with pytest.raises(ValueError, match=r"^`device`: got 'toaster', expected one that torch has here"):
        load_clip("nowhere", device="toaster")


def test_photographs_are_embedded_upright(model) -> None:
    """A picture on its side with the note that says so is the same picture."""
    upright = Image.new("RGB", (40, 40), "blue")
    upright.paste((255, 0, 0), (0, 0, 40, 20))
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    assert not torch.equal(embed_images(model, [turned]), embed_images(model, [upright]))
    turned.getexif()[0x0112] = 6
    assert torch.equal(embed_images(model, [turned]), embed_images(model, [upright]))


def test_of_a_thread_of_pixels_the_middle_alone_is_made(model, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture of 1 x 100,000 would otherwise grow by the square of what its short side does."""
    made, resize = [], Image.Image.resize

    def noted(image: Image.Image, size: tuple[int, int], *arguments: object, **named: object) -> Image.Image:
        made.append(size)
        return resize(image, size, *arguments, **named)

    monkeypatch.setattr(Image.Image, "resize", noted)
    pixels = np.zeros((1, 2_001, 3), dtype=np.uint8)
    pixels[:, 1_000] = 255
    embed_images(model, [Image.fromarray(pixels), Image.fromarray(pixels.swapaxes(0, 1))])
    side = model.config.vision_config.image_size
    assert made == [(side, side)] * 2
