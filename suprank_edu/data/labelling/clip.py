"""Step (e), zero-shot: CLIP embeds images and prompts, so that a name alone can label a picture.

The functions take a model, so that any CLIP of `transformers` serves; `load_clip` gets the paper's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from suprank_edu._checks import check_count, usable_device
from suprank_edu._extras import needs
from suprank_edu.data.labelling.decisions import Labelling
from suprank_edu.data.labelling.names import Embed
from suprank_edu.data.pixels import to_mode

if TYPE_CHECKING:
    import PIL.Image

PROMPT = "a picture of a {}"
_MEAN, _STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
Tokenizer = Callable[..., Mapping[str, Tensor]]


def load_clip(name: str = "openai/clip-vit-large-patch14", device: str | torch.device = "cpu") -> tuple[Any, Tokenizer]:
    """Load a CLIP model and its tokenizer from the hub or a folder; ViT-L/14, as in the paper, takes 1.7 GB.

    Args:
        name: the model on the hub, or a folder.
        device: where it shall compute.

    Raises:
        ImportError: transformers is not installed.
        ValueError: torch has no such device here.
    """
    where = usable_device(device)
    with needs("vision"):
        from transformers import AutoTokenizer, CLIPModel

    model = CLIPModel.from_pretrained(name).eval().to(where)
    return model, AutoTokenizer.from_pretrained(name)


def prompts(labelling: Labelling, template: str = PROMPT) -> tuple[list[str], list[str]]:
    """Return a prompt for each phrase that the review kept, and the supercategory it stands for.

    Args:
        labelling: what the review came to.
        template: a text with `{}` where the phrase goes.

    Raises:
        ValueError: a template without `{}`.

    Example:
        >>> prompts(Labelling({"hill castle": "castle"}, {}, ()))
        (['a picture of a hill castle'], ['castle'])
    """
    if "{}" not in template:
        raise ValueError(f"`template`: got {template!r}, expected a text with {{}} where the name goes")
    return [template.replace("{}", phrase) for phrase in labelling.supercategory], list(
        labelling.supercategory.values()
    )


def embed_texts(model: Any, tokenizer: Tokenizer, texts: Sequence[str], batch: int = 256) -> Tensor:
    """Embed texts with CLIP.

    Args:
        model: a `transformers.CLIPModel`.
        tokenizer: texts → `input_ids` and `attention_mask`, called as tokenizers of transformers are.
        texts: N texts.
        batch: texts at a time.

    Returns:
        `(N, D)` unit vectors on the CPU.

    Raises:
        ValueError: no text, or `batch` below 1.
    """
    check_count("batch", batch)
    if isinstance(texts, str) or len(texts) == 0:
        raise ValueError(f"`texts`: got {texts!r}, expected one or more texts")
    made = []
    for start in range(0, len(texts), batch):
        some = list(texts[start : start + batch])
        tokens = tokenizer(some, padding=True, truncation=True, return_tensors="pt")
        with torch.no_grad():
            given = {key: tokens[key].to(model.device) for key in ("input_ids", "attention_mask")}
            made.append(_features(model.get_text_features(**given)))
    return torch.cat(made)  # (N, D)


def clip_embedder(model: Any, tokenizer: Tokenizer) -> Embed:
    """Return CLIP as a function names → unit vectors, for `candidates`."""

    def embed(names: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        return embed_texts(model, tokenizer, names).numpy()

    return embed


def embed_images(model: Any, images: Iterable[PIL.Image.Image], batch: int = 64) -> torch.Tensor:
    """Embed images with CLIP: shorter side to the model's size, centre cut out, normalised as CLIP was trained.

    Args:
        model: a `transformers.CLIPModel`.
        images: N PIL images; an iterator is read a batch at a time.
        batch: images at a time.

    Returns:
        `(N, D)` unit vectors on the CPU.

    Raises:
        ValueError: no image, or `batch` below 1.
    """
    check_count("batch", batch)
    size = int(model.config.vision_config.image_size)
    made: list[Tensor] = []
    waiting: list[Tensor] = []

    def flush() -> None:
        if waiting:
            with torch.no_grad():
                made.append(_features(model.get_image_features(pixel_values=torch.stack(waiting).to(model.device))))
            waiting.clear()

    for image in images:
        waiting.append(_pixels(image, size))
        if len(waiting) == batch:
            flush()
    flush()
    if not made:
        raise ValueError("`images`: got none, expected one or more images")
    return torch.cat(made)  # (N, D)


def _pixels(image: PIL.Image.Image, size: int) -> Tensor:
    from PIL import Image as pillow

    image = to_mode(image, "RGB")
    scale = size / min(image.size)
    width, height = (max(size, round(side * scale)) for side in image.size)
    left, top = (width - size) // 2, (height - size) // 2
    # The middle alone is made: of a picture of 1 x 100,000 pixels the whole would take 15 GB.
    across, down = image.width / width, image.height / height
    middle = left * across, top * down, (left + size) * across, (top + size) * down
    small = image.resize((size, size), pillow.Resampling.BICUBIC, box=middle)
    cut = np.asarray(small, dtype=np.float32) / 255  # (size, size, 3)
    normal = (torch.from_numpy(cut) - torch.tensor(_MEAN)) / torch.tensor(_STD)  # (size, size, 3)
    return normal.permute(2, 0, 1)  # (3, size, size)


def _features(output: Any) -> Tensor:
    # transformers 5 wraps the projected features; earlier versions return them bare.
    features: Tensor = output if isinstance(output, Tensor) else output.pooler_output
    return torch.nn.functional.normalize(features.float(), dim=1).cpu()
