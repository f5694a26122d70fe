"""Pictures as addresses that carry their own data, so that a page needs nothing beside it."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from suprank_edu._extras import needs

if TYPE_CHECKING:
    from PIL.Image import Image


def jpeg_address(image: Image, pixels: int, quality: int = 82) -> str:
    """Return the middle square of an image in colour, at most `pixels` a side, as JPEG.

    Example:
        >>> from PIL import Image
        >>> jpeg_address(Image.new("RGB", (40, 30)), 16)[:27]
        'data:image/jpeg;base64,/9j/'
    """
    with needs("train"):
        from PIL import Image as pillow
        from PIL import ImageOps

    whole = image.convert("RGB")
    side = min(pixels, *whole.size)  # a page scales up without more bytes
    file = io.BytesIO()
    ImageOps.fit(whole, (side, side), pillow.Resampling.LANCZOS).save(file, "JPEG", quality=quality, optimize=True)
    return address("jpeg", file.getvalue())


def address(kind: str, file: bytes) -> str:
    """Return the address of an image file, of the kind `"jpeg"` or `"png"`."""
    return f"data:image/{kind};base64," + base64.b64encode(file).decode("ascii")
