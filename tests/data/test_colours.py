"""Colours that a profile (ICC) describes come out as those of sRGB; profiles are made here, byte by byte."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from suprank_edu.data.pixels import decode

WHITE = (0.9642, 1.0, 0.8249)  # D50, the white of all profiles


def numbers(*values: float) -> bytes:
    """Return numbers as a profile writes them: 16 bits before the point and 16 after it."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def profile(space: bytes, connection: bytes, kind: bytes, **tags: bytes) -> bytes:
    """Return a profile: what its pixels are (GRAY, CMYK), what it leads to (XYZ, Lab) and its tags."""
    tags = {"wtpt": b"XYZ \0\0\0\0" + numbers(*WHITE)} | tags
    at, table, content = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        padded = tag + b"\0" * (-len(tag) % 4)
        table += struct.pack(">4sII", name.encode(), at + len(content), len(tag))
        content += padded
    head = struct.pack(">I4xI4s4s4s12x4s28x", at + len(content), 0x02400000, kind, space, connection, b"acsp")
    return (head + numbers(*WHITE)).ljust(128, b"\0") + table + content


def swapped() -> bytes:
    """Return sRGB with red called green: the tags of two columns have changed their names."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"rXYZ", b"?XYZ", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"?XYZ", b"gXYZ", 1)


def linear_grey() -> bytes:
    """Return a profile of grey values that are light itself, without the curve of sRGB."""
    return profile(b"GRAY", b"XYZ ", b"mntr", kTRC=b"curv" + b"\0" * 8)


def inks() -> bytes:
    """Return a profile of inks: cyan alone is the grey of lightness 50, black is black, no ink is white."""
    lightness = [100 - min(100, 50 * c + 100 * k) for c in (0, 1) for _m in (0, 1) for _y in (0, 1) for k in (0, 1)]
    table = b"".join(bytes([round(2.55 * value), 128, 128]) for value in lightness)  # Lab: a = b = 0
    ramp = bytes(range(256))
    head = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + numbers(1, 0, 0, 0, 1, 0, 0, 0, 1)
    return profile(b"CMYK", b"Lab ", b"prtr", A2B0=head + 4 * ramp + table + 3 * ramp)


def encoded(image: Image.Image, kind: str, icc: bytes, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, icc_profile=icc, **options)
    return buffer.getvalue()


def of(item: bytes, mode: str = "RGB") -> list[int]:
    return np.asarray(decode(item, mode), dtype=int)[2, 2].reshape(-1).tolist()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG", "WEBP"])
def test_colours_of_a_profile_become_those_of_srgb(kind: str) -> None:
    options = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    item = encoded(Image.new("RGB", (8, 8), (200, 30, 60)), kind, swapped(), **options)
    assert of(item) == pytest.approx([30, 200, 60], abs=2)
    assert of(item, "L") == pytest.approx([0.299 * 30 + 0.587 * 200 + 0.114 * 60], abs=2)


@pytest.mark.parametrize("mode", ["P", "RGBA"])
def test_colours_of_a_palette_and_under_transparency_too(mode: str) -> None:
    image = Image.new("RGB", (8, 8), (200, 30, 60)).convert(mode, palette=Image.Palette.ADAPTIVE)
    expected = [30, 200, 60]
    if mode == "RGBA":
        image.putalpha(128)
        expected = [round(value * 128 / 255 + 127) for value in expected]  # on white
    assert of(encoded(image, "PNG", swapped())) == pytest.approx(expected, abs=2)


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
@pytest.mark.parametrize("value", [0, 26, 55, 128, 255])
def test_grey_that_is_light_becomes_the_grey_that_the_eye_sees(mode: str, value: int) -> None:
    image = Image.new("L", (8, 8), value).convert("LA" if mode == "LA" else "L")
    if mode == "I;16":
        image = Image.fromarray(np.full((8, 8), 257 * value, dtype=np.uint16))
    light = value / 255
    curve = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055  # of sRGB (IEC 61966-2-1)
    assert of(encoded(image, "PNG", linear_grey())) == pytest.approx([255 * curve] * 3, abs=2)


def test_inks_have_the_colours_that_their_profile_says() -> None:
    for ink, lightness in (((0, 0, 0, 0), 100), ((255, 0, 0, 0), 50), ((0, 0, 0, 255), 0)):
        light = ((lightness + 16) / 116) ** 3 if lightness > 8 else 0
        curve = 1.055 * light ** (1 / 2.4) - 0.055 if light else 0
        found = of(encoded(Image.new("CMYK", (8, 8), ink), "TIFF", inks()))
        assert found == pytest.approx([255 * curve] * 3, abs=3)


@pytest.mark.parametrize("icc", [b"no profile", swapped()[:200], linear_grey(), inks()])
def test_a_profile_that_is_broken_or_of_other_pixels_changes_nothing(
    icc: bytes, recwarn: pytest.WarningsRecorder, capfd: pytest.CaptureFixture[str]
) -> None:
    assert of(encoded(Image.new("RGB", (8, 8), (200, 30, 60)), "TIFF", icc)) == [200, 30, 60]
    heard = [each for each in recwarn.list if each.category is not ResourceWarning]  # an earlier test's, collected late
    assert [str(each.message) for each in heard] == []
    assert capfd.readouterr() == ("", "")


def test_the_profile_counts_where_a_part_is_cut_out_and_the_photograph_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    item = encoded(Image.new("RGB", (8, 6), (200, 30, 60)), "PNG", swapped(), exif=exif)
    found = decode(item, "RGB", box=(0, 0, 8, 4))
    assert found.size == (4, 8)
    assert found.getpixel((1, 1)) == pytest.approx((30, 200, 60), abs=2)
