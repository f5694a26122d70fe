"""From an image file of any kind to pixels as they are meant to be seen: upright, in 8 bits, in sRGB, on white."""

from __future__ import annotations

import contextlib
import io
import mmap
import os
from collections.abc import Iterator
from functools import cache
from os import PathLike
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from suprank_edu._extras import needs
from suprank_edu.data.colours import to_srgb

if TYPE_CHECKING:
    from PIL.Image import Image

Item = bytes | str | PathLike[str]
Box = tuple[float, float, float, float]

# What Pillow opens and then leaves to other programs: page descriptions, films, measurements.
_NO_PICTURES = frozenset({"BUFR", "EMF", "EPS", "GRIB", "HDF5", "MPEG", "WMF"})
_ENDS = {"JPEG": b"\xff\xd9", "MPO": b"\xff\xd9", "PNG": b"IEND"}
HEIC_ENDINGS = (".heic", ".heif")
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
HEIC_HINT = "HEIC is read where the package pillow-heif is installed"
_WHICH_WHITE = "pixels of 32 bits, of which nothing says which value is white; save it with 8 or 16 bits"


@cache
def add_heic() -> None:
    """Let Pillow read HEIC, once a process, where the package for it is installed, which no extra asks for."""
    with contextlib.suppress(ImportError):
        from pillow_heif import register_heif_opener

        register_heif_opener()


@contextlib.contextmanager
def opened(item: Item | BinaryIO) -> Iterator[Image]:
    """Open one image, of which Pillow reads the header alone.

    Args:
        item: the encoded image, or its file, or the path of that.

    Raises:
        OSError: here or in the block, the file is missing, damaged or no image; one line says why.
    """
    with needs("train"):
        from PIL import Image as pillow
        from PIL import UnidentifiedImageError

    add_heic()
    try:
        with pillow.open(io.BytesIO(item) if isinstance(item, bytes) else item) as image:
            if image.format in _NO_PICTURES:
                raise OSError(f"of the format {image.format}, which Pillow cannot show by itself")
            yield image
    except UnidentifiedImageError:
        raise OSError(f"of no format that Pillow knows{f' ({HEIC_HINT})' if _is_heic(item) else ''}") from None
    except pillow.DecompressionBombError:
        raise OSError("of more pixels than `PIL.Image.MAX_IMAGE_PIXELS` allows") from None
    except Exception as error:  # Pillow's readers of damaged files raise almost anything
        of_system = error.strerror if isinstance(error, OSError) else None
        why = of_system or str(error).partition("\n")[0] or type(error).__name__
        raise OSError(why) from error


def _is_heic(item: Item | BinaryIO) -> bool:
    """Return whether a file begins as a HEIC does: phones and messengers also name one `.jpg`."""
    if isinstance(item, bytes):
        begin = item[:12]
    elif isinstance(item, str | PathLike):
        with open(item, "rb") as file:
            begin = file.read(12)
    else:
        item.seek(0)
        begin = item.read(12)
    return begin[4:8] == b"ftyp" and begin[8:] in _HEIC_BRANDS


def decode(item: Item, mode: str, *, box: Box | None = None, min_side: int | None = None) -> Image:
    """Decode one image.

    Args:
        item: the encoded image, or the path of its file.
        mode: the PIL mode wanted, `"L"` or `"RGB"`.
        box: left, upper, right and lower edge in pixels of the stored image, to which it is cut; None: all of it.
        min_side: a JPEG without box may come smaller, its shorter side at least twice this many pixels; None: as it is.

    Returns:
        The image, turned as its EXIF orientation says, its colours those of sRGB, with white where it is transparent;
        see `to_mode`.

    Raises:
        OSError: the file is missing, damaged or no image; one line says why.
    """
    with opened(item) as image:
        if min_side is not None and box is None:
            # JPEG decodes at 1/2, 1/4 or 1/8 of the size for a part of the time; the rest is resized as ever.
            image.draft(None, (2 * min_side, 2 * min_side))
        return to_mode(image if box is None else image.crop(box), mode)


def looks_like_image(name: str) -> bool:
    """Return whether a name has the ending of a format that Pillow reads, in letters of any case.

    Example:
        >>> looks_like_image("IMG_0001.JPG"), looks_like_image("notes.txt")
        (True, False)
    """
    with needs("train"):
        from PIL import Image as pillow

    add_heic()
    kind = pillow.registered_extensions().get(os.path.splitext(name)[1].lower())
    return kind in pillow.OPEN and kind not in _NO_PICTURES


def check_file(path: str | PathLike[str], *, pixels: bool = False) -> None:
    """Raise unless a file begins as an image does and, a JPEG or PNG, is not cut off; nothing is decoded.

    Args:
        path: of the file.
        pixels: decode it all the same: damage in between shows only then.

    Raises:
        OSError: it cannot be opened, is no image, or has no end; one line says why.
    """
    if os.stat(path).st_size == 0:
        raise OSError("empty")
    with open(path, "rb") as file, opened(file) as image:
        if image.mode == "F":
            raise OSError(_WHICH_WHITE)
        if end := _ENDS.get(image.format or ""):
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                # Behind the header, which may hold a thumbnail with an end of its own; junk may follow the end.
                if content.rfind(end, file.tell()) < 0:
                    raise OSError("cut off")
        if pixels:
            to_mode(image, "RGB")


def to_mode(image: Image, mode: str) -> Image:
    """Return an image upright, in 8 bits and the colours of sRGB, and with white where it is transparent.

    Args:
        image: of any mode. Grey values of 16 bits are scaled, so that 65,535 is white. A colour profile (ICC) that is
            broken counts as none.
        mode: the PIL mode wanted, `"L"` or `"RGB"`.

    Raises:
        ValueError: pixels of 32 bits, of which nothing says which value is white, or a mode that Pillow cannot convert.

    Example:
        >>> from PIL import Image
        >>> to_mode(Image.new("RGBA", (1, 1), (255, 0, 0, 0)), "RGB").getpixel((0, 0))
        (255, 255, 255)
    """
    with needs("train"):
        from PIL import ExifTags, ImageOps
        from PIL import Image as pillow

    image.load()
    with contextlib.suppress(Exception):  # damaged notes about a picture that is whole
        if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:  # else it would be copied
            image = ImageOps.exif_transpose(image)
    profile = image.info.get("icc_profile")
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return to_srgb(_eight_bits(image), profile).convert(mode)
    if image.has_transparency_data:
        white = pillow.new("RGBA", image.size, "white")
        return pillow.alpha_composite(white, to_srgb(image.convert("RGBA"), profile)).convert(mode)
    if profile and image.mode == "P":
        image = image.convert("RGB")
    return to_srgb(image, profile).convert(mode)


def _eight_bits(image: Image) -> Image:
    with needs("train"):
        from PIL import Image as pillow

    values = np.asarray(image)  # (H, W)
    if image.mode == "F" or values.min() < 0 or values.max() > 0xFFFF:
        raise ValueError(_WHICH_WHITE)
    grey = (values.astype(np.int32) * 255 + 0x7FFF) // 0xFFFF  # rounded
    grey[values == image.info.get("transparency", -1)] = 255
    return pillow.fromarray(grey.astype(np.uint8))
