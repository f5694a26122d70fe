"""Images of every mode, format and orientation come out as a viewer shows them; damaged ones are named in one line."""

import io
import random
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageFile, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from suprank_edu.data import RetrievalDataset
from suprank_edu.data.pixels import add_heic, check_file, decode, looks_like_image, to_mode

# A ramp with a corner of another grey, so that every turn and mirror image is another one.
GREY = np.add.outer(np.arange(12), 8 * np.arange(20)).astype(np.uint8)  # (12, 20)
GREY[:3, :3] = 255
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2], axis=2)  # (12, 20, 3)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def dataset_of(*items: bytes | Path, mode: str = "RGB", **options: object) -> RetrievalDataset:
    labels = np.zeros(len(items), dtype=int)
    about = {"column_names": ["all"], "class_names": [["one"]], "licence": "CC0", "source": "made up"}
    return RetrievalDataset(items, labels, **about, mode=mode, **options)


STORED = {  # mode → formats that keep it without loss, and options
    "1": ("PNG", "TIFF", "BMP", "GIF"),
    "L": ("PNG", "TIFF", "BMP", "PPM", "WEBP", "GIF", "JPEG2000"),
    "P": ("PNG", "TIFF", "BMP", "GIF"),
    "LA": ("PNG", "TIFF", "WEBP", "JPEG2000"),
    "RGB": ("PNG", "TIFF", "BMP", "PPM", "WEBP", "JPEG2000"),
    "RGBA": ("PNG", "TIFF", "WEBP", "JPEG2000"),
    "I;16": ("PNG", "TIFF", "JPEG2000"),
}


@pytest.mark.parametrize(("mode", "kind"), [(mode, kind) for mode in STORED for kind in STORED[mode]])
def test_a_file_without_loss_gives_its_pixels(mode: str, kind: str) -> None:
    colour, expected = mode in ("RGB", "RGBA"), COLOUR
    if mode == "I;16":
        image = Image.fromarray(GREY.astype(np.uint16) * 257)
    elif mode == "P":
        image = Image.fromarray(GREY).convert("P")
    else:
        image = Image.fromarray(COLOUR if colour else GREY).convert(mode)
    if mode == "1":
        expected = np.asarray(image.convert("RGB"))
    elif not colour:
        expected = np.repeat(GREY[:, :, None], 3, axis=2)
    options = {"lossless": True} if kind == "WEBP" else {}
    found = decode(encoded(image, kind, **options), "RGB")
    assert found.mode == "RGB"
    assert np.array_equal(np.asarray(found), expected)
    assert np.array_equal(np.asarray(decode(encoded(image, kind, **options), "L")), np.asarray(found.convert("L")))


def test_sixteen_bits_are_scaled_and_rounded() -> None:
    values = np.array([[0, 128, 129, 257, 32767, 65535]], dtype=np.uint16)
    expected = [[0, 0, 1, 1, 127, 255]]
    assert [[round(v / 65535 * 255) for v in row] for row in values.tolist()] == expected
    for image in (
        Image.fromarray(values),
        Image.fromarray(values.astype(np.int32)),
        Image.fromarray(values.astype(">u2")),
    ):
        assert image.mode in ("I", "I;16", "I;16B")
        assert np.asarray(to_mode(image, "L")).tolist() == expected


@pytest.mark.parametrize("mode", ["I", "F"])
def test_pixels_of_which_nothing_says_what_is_white_are_refused(mode: str) -> None:
    item = encoded(Image.new(mode, (4, 4), 70_000), "TIFF")
    with pytest.raises(OSError, match=r"^image 0: cannot be read as an image \(pixels of 32 bits"):
        dataset_of(item)[0]


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_inks_become_their_colours(kind: str) -> None:
    inks = np.array([[[0, 0, 0, 0], [0, 255, 255, 0], [0, 0, 0, 255], [255, 0, 0, 0]]], dtype=np.uint8)
    tiles = Image.fromarray(inks.repeat(16, axis=0).repeat(16, axis=1), mode="CMYK")
    found = np.asarray(decode(encoded(tiles, kind), "RGB"))[8, 8::16]  # the middles of white, red, black and cyan
    assert np.abs(found.astype(int) - [[255, 255, 255], [255, 0, 0], [0, 0, 0], [0, 255, 255]]).max() < 8


def transparent(mode: str) -> bytes:
    """A PNG of black on nothing, in a mode that has transparency: its hidden colour is red or dark grey."""
    if mode in ("RGBA", "LA"):
        hidden, shown = ((255, 0, 0, 0), (0, 0, 0, 255)) if mode == "RGBA" else ((40, 0), (0, 255))
        image = Image.new(mode, (20, 12), hidden)
        image.paste(shown, (5, 3, 15, 9))
        return encoded(image)
    grey = Image.new("L", (20, 12), 40)
    grey.paste(0, (5, 3, 15, 9))
    if mode != "I;16":
        return encoded(grey.convert(mode), transparency=(40, 40, 40) if mode == "RGB" else 40)
    item = encoded(Image.fromarray(np.asarray(grey).astype(np.uint16)))
    key = b"tRNS" + struct.pack(">H", 40)  # not every Pillow writes it in this mode: behind the header, of 33 bytes
    return item[:33] + struct.pack(">I", 2) + key + struct.pack(">I", zlib.crc32(key)) + item[33:]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "RGB", "L", "P", "I;16"])
def test_transparent_pixels_are_white_whatever_colour_they_hide(mode: str) -> None:
    item = transparent(mode)
    expected = np.full((12, 20), 255)
    expected[3:9, 5:15] = 0
    for wanted in ("L", "RGB"):
        found = np.asarray(decode(item, wanted)).reshape(12, 20, -1)
        assert (found == expected[:, :, None]).all()


def test_half_transparent_pixels_are_mixed_with_white() -> None:
    item = encoded(Image.new("RGBA", (2, 2), (0, 100, 200, 128)), "WEBP", lossless=True, exact=True)
    expected = [round(value * 128 / 255 + 255 * 127 / 255) for value in (0, 100, 200)]
    assert np.abs(np.asarray(decode(item, "RGB"), dtype=int) - expected).max() <= 1


TURNS = {  # EXIF orientation → what was done to the upright picture when it was stored
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", TURNS)
def test_photographs_of_a_turned_phone_come_upright(kind: str, orientation: int) -> None:
    smooth = np.kron(COLOUR[:3, :5], np.ones((16, 16, 1), dtype=np.uint8))  # JPEG keeps blocks of one colour
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored = Image.fromarray(np.ascontiguousarray(TURNS[orientation](smooth)))
    found = decode(encoded(stored, kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {})), "RGB")
    assert found.size == (80, 48)
    assert np.abs(np.asarray(found).astype(int) - smooth).mean() < 6


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
def test_a_picture_is_shown_though_its_notes_are_damaged() -> None:
    exif = b"Exif\0\0II*\0\xff\xff\xff\xff"
    found = decode(encoded(Image.fromarray(COLOUR), "PNG", exif=exif), "RGB")
    assert np.array_equal(np.asarray(found), COLOUR)


def test_the_picture_of_the_caller_is_left_as_it_is() -> None:
    image = Image.fromarray(COLOUR)
    image.getexif()[ExifTags.Base.Orientation] = 6
    assert to_mode(image, "RGB").size == (12, 20)
    assert image.size == (20, 12)


def test_a_box_is_cut_from_the_stored_picture() -> None:
    item = encoded(Image.fromarray(COLOUR))
    [cut] = dataset_of(item, boxes=[[2, 1, 9, 8]])
    assert np.array_equal(np.asarray(cut), COLOUR[1:8, 2:9])


def test_a_large_photograph_is_not_decoded_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = np.add.outer(np.arange(1500), np.arange(2000))[:, :, None] // [14, 20, 28]
    item = encoded(Image.fromarray(gradient.astype(np.uint8)), "JPEG", quality=95)
    decoded = []
    load = JpegImageFile.load
    monkeypatch.setattr(JpegImageFile, "load", lambda image: (decoded.append(image.size), load(image))[1])
    dataset = dataset_of(item)
    whole, part = dataset[0], dataset.image(0, min_side=64)
    assert {size for size in decoded if size != (2000, 1500)} == {(250, 188)}  # 1/64 of the pixels
    small, expected = (ImageOps.fit(image, (64, 64)) for image in (part, whole))
    assert np.abs(np.asarray(small).astype(int) - np.asarray(expected)).max() <= 2
    assert dataset.image(0, min_side=751).size == (2000, 1500), "never below twice what is wanted, unless it is smaller"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of what it passes over
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "PPM", "JPEG2000", "ICO", "TGA"])
def test_whatever_is_damaged_is_named_in_one_line(kind: str, tmp_path: Path) -> None:
    """Cut anywhere, or with bytes changed, a file gives a picture or an `OSError` of one line, and nothing else."""
    draw = random.Random(kind)
    whole = encoded(Image.fromarray(COLOUR.repeat(3, axis=0).repeat(3, axis=1)), kind)
    refused = []
    for trial in range(150):
        content = bytearray(whole[: draw.randrange(len(whole))] if trial % 2 else whole)
        for _ in range(0 if trial % 2 else 3):
            content[draw.randrange(min(len(content), 400))] = draw.randrange(256)
        path = tmp_path / f"{trial}.{kind.lower()}"
        path.write_bytes(content)
        try:
            dataset_of(path)[0].load()
        except OSError as error:
            refused.append((f"{path}: cannot be read as an image (", str(error)))
    assert len(refused) > 20
    for beginning, message in refused:
        assert message.startswith(beginning)
        assert "\n" not in message


def test_what_is_no_image_is_said_without_an_address_in_memory() -> None:
    with pytest.raises(OSError, match=r"^image 0: cannot be read as an image \(of no format that Pillow knows\)$"):
        dataset_of(b"no image at all")[0]
    with pytest.raises(OSError, match=r"^nowhere\.jpg: cannot be read as an image \(.*No such file"):
        dataset_of(Path("nowhere.jpg"))[0]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "PPM", "JPEG2000", "ICO", "TGA"])
def test_a_look_at_the_header_refuses_no_whole_file(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "any name"
    image = Image.fromarray(COLOUR.repeat(2, axis=0).repeat(2, axis=1))  # an ICO is 16 pixels high at least
    path.write_bytes(encoded(image, kind) + b"junk behind the end")
    check_file(path)
    check_file(path, pixels=True)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "MPO"])
def test_a_file_without_its_end_is_cut_off_though_a_thumbnail_within_has_one(kind: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "\xff\xd9 IEND"
    thumbnail = exif.tobytes() + encoded(Image.fromarray(COLOUR), kind)
    image = Image.fromarray(COLOUR.repeat(9, axis=0).repeat(9, axis=1))
    path = tmp_path / "photograph"
    whole = encoded(image, kind, exif=thumbnail)
    path.write_bytes(whole)
    check_file(path, pixels=True)
    cut = len(whole) * 9 // 10
    for content in (whole[:cut], whole[:cut] + bytes(len(whole) - cut)):
        path.write_bytes(content)
        with pytest.raises(OSError, match=r"^cut off$"):
            check_file(path)


def test_what_pillow_leaves_to_others_is_no_photograph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    page = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n"
    film = bytes([0, 0, 1, 0xB3, 0x16, 0, 0xF0, 0x24]) + bytes(64)
    for content, reason in ((page, "of the format EPS"), (film, "of the format MPEG"), (b"", "empty")):
        path.write_bytes(content)
        with pytest.raises(OSError, match=f"^{reason}"):
            check_file(path)
    path.write_bytes(encoded(Image.new("F", (4, 4)), "TIFF"))
    with pytest.raises(OSError, match="^pixels of 32 bits"):
        check_file(path)
    path.write_bytes(encoded(Image.new("1", (100, 100)), "PNG"))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(OSError, match="^of more pixels than `PIL.Image.MAX_IMAGE_PIXELS` allows$"):
        check_file(path)


@pytest.mark.parametrize(("kind", "channels"), [(2, 3), (4, 2), (6, 4)])
def test_sixteen_bits_a_channel_are_scaled_too(kind: int, channels: int) -> None:
    """A PNG of colour, of grey with alpha or of colour with alpha, written by hand: Pillow writes none."""
    values = np.linspace(0, 65535, 16, dtype=np.uint16)
    pixels = np.repeat(values[:, None], channels, axis=1)
    if channels in (2, 4):
        pixels[:, -1] = 65535
    rows = b"\0" + pixels.astype(">u2").tobytes()

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 1, 16, kind, 0, 0, 0))
    item = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    found = np.asarray(decode(item, "RGB"), dtype=int)[0]  # (16, 3)
    assert np.abs(found - values[:, None] / 65535 * 255).max() <= 1


@pytest.fixture
def heic_stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[bytes]:
    """A package of the name that reads HEIC, which adds a format of its own to Pillow; gives a file of that format."""

    class Grey(ImageFile.ImageFile):
        format = "STAND-IN"

        def _open(self) -> None:
            self._mode, self._size = "L", (2, 1)
            self.tile = [("raw", (0, 0, 2, 1), 8, "L")]

    def register_heif_opener() -> None:
        Image.register_open("STAND-IN", Grey, lambda prefix: prefix.startswith(b"STAND-IN"))
        Image.register_extension("STAND-IN", ".heic")

    Image.init()
    for table in ("OPEN", "EXTENSION", "ID"):
        monkeypatch.setattr(Image, table, getattr(Image, table).copy())
    monkeypatch.setitem(sys.modules, "pillow_heif", SimpleNamespace(register_heif_opener=register_heif_opener))
    add_heic.cache_clear()
    yield b"STAND-IN" + bytes([40, 200])
    add_heic.cache_clear()


def test_what_the_package_for_heic_reads_is_an_image_where_it_is_installed(heic_stand_in: bytes) -> None:
    assert looks_like_image("IMG_0001.HEIC")
    assert np.asarray(decode(heic_stand_in, "L")).tolist() == [[40, 200]]


def test_without_the_package_heic_is_no_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    monkeypatch.setattr(Image, "EXTENSION", {k: v for k, v in Image.EXTENSION.items() if k not in (".heic", ".heif")})
    add_heic.cache_clear()
    assert not looks_like_image("IMG_0001.HEIC")
    add_heic.cache_clear()


@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_a_heic_is_known_by_how_it_begins_whatever_its_name(
    brand: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    add_heic.cache_clear()
    path = tmp_path / "IMG_1.jpg"
    path.write_bytes(content := b"\0\0\0\x18ftyp" + brand + bytes(100))
    for item in (path, str(path), content):
        with pytest.raises(OSError, match="pillow-heif is installed"):
            decode(item, "RGB")
    with pytest.raises(OSError, match="pillow-heif is installed"):
        check_file(path)
    path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))  # a film begins like this
    with pytest.raises(OSError, match="Pillow knows$"):
        decode(path, "RGB")
    add_heic.cache_clear()


def test_a_real_heic_is_decoded() -> None:
    heif = pytest.importorskip("pillow_heif")
    image = Image.new("RGB", (64, 48), (200, 30, 60))
    buffer = io.BytesIO()
    heif.from_pillow(image).save(buffer, quality=100)
    found = decode(buffer.getvalue(), "RGB")
    assert found.size == (64, 48)
    assert found.getpixel((20, 20)) == pytest.approx((200, 30, 60), abs=4)
