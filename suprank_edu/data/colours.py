"""From the colours that a profile of an image (ICC) describes to those of sRGB, which networks and screens take."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

from suprank_edu._extras import needs

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsTransform

_MODES = {"L": "RGB", "RGB": "RGB", "RGBA": "RGBA", "CMYK": "RGB"}
"""Modes that a profile may describe, and what they become."""


def to_srgb(image: Image, profile: bytes | None) -> Image:
    """Return an image in the colours of sRGB; one without a profile, or with one that is broken, stays as it is.

    Args:
        image: of any mode; with transparency of mode RGBA.
        profile: the bytes of an ICC profile, or None.
    """
    if not profile or image.mode not in _MODES:
        return image
    grey_below = image.mode == "RGBA" and profile[16:20] == b"GRAY"  # transparent grey has become a colour
    colours = image.convert("L") if grey_below else image
    if (transform := _transform(profile, colours.mode)) is None:
        return image
    found = transform.apply(colours)
    if grey_below:
        found.putalpha(image.getchannel("A"))
    return found


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCmsTransform | None:
    """Return what turns pixels of a mode into sRGB, None where the profile is broken or of other pixels."""
    with needs("train"):
        from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, _MODES[mode])
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
