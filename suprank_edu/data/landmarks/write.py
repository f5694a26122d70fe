"""Write a rendered set to disk in the layout of Google Landmarks v2 and of its hierarchical extension."""

import csv
import io
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from suprank_edu._extras import needs
from suprank_edu.data.landmarks.draws import uniforms
from suprank_edu.data.landmarks.hierarchy import SUPERCATEGORIES, name_of, nature_of, supercategory_of, word_of
from suprank_edu.data.landmarks.render import render_views

SIZE, SEED, QUALITY = 96, 0, 82
VIEWS, QUERIES = 12, 2
TRAIN_LANDMARKS = range(0, 6 * len(SUPERCATEGORIES))
TEST_LANDMARKS = range(6 * len(SUPERCATEGORIES), 10 * len(SUPERCATEGORIES))


class Photo(NamedTuple):
    """One picture of the set: its id, landmark and view, and the folder it lies in (train, index or test)."""

    id: str
    landmark: int
    view: int
    part: str


def photos() -> list[Photo]:
    """Return every picture of the committed set; of each test landmark the first views are queries.

    Example:
        >>> everything = photos()
        >>> len(everything), everything[0].part, everything[-1].landmark
        (1920, 'train', 159)
    """
    found = []
    for landmark in (*TRAIN_LANDMARKS, *TEST_LANDMARKS):
        for view in range(VIEWS):
            part = "train" if landmark in TRAIN_LANDMARKS else "test" if view < QUERIES else "index"
            found.append(Photo(_id_of(landmark, view), landmark, view, part))
    return found


def path_of(photo: Photo) -> Path:
    """Return where a picture lies under the root: the first three digits of its id are folders."""
    return Path(photo.part, *photo.id[:3], f"{photo.id}.jpg")


def encode(image: Tensor) -> bytes:
    """Return a (3, S, S) uint8 picture as JPEG."""
    with needs("train"):
        from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image.permute(1, 2, 0).cpu().numpy()).save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()


def write(root: str | PathLike[str]) -> int:
    """Write the pictures, the tables and a contact sheet of the committed set, and return the bytes written.

    Args:
        root: a folder, made when missing; what it holds under the same names is replaced.

    Raises:
        OSError: if a file cannot be written.
    """
    folder, everything = Path(root), photos()
    images = render_views([p.landmark for p in everything], [p.view for p in everything], size=SIZE, seed=SEED)
    files = {path_of(photo): encode(image) for photo, image in zip(everything, images, strict=True)}
    files[Path("contact_sheet.jpg")] = encode(_contact_sheet(images.view(-1, VIEWS, 3, SIZE, SIZE)))
    files |= {Path(name): _csv_bytes(*table) for name, table in _tables(everything).items()}
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return sum(map(len, files.values()))


def _id_of(landmark: int, view: int) -> str:
    # Sixteen hexadecimal digits as in GLDv2; the second and third are 0, so that few folders hold the pictures.
    parts = uniforms(SEED, 2, np.array([landmark]), np.array([view]), 12)[0, 8:]
    digits = "".join(f"{int(part * 0x10000):04x}" for part in parts)
    return f"{digits[0]}00{digits[3:]}"


def _tables(everything: Sequence[Photo]) -> dict[str, tuple[Sequence[str], Iterable[Sequence[object]]]]:
    of_part = {part: [p for p in everything if p.part == part] for part in ("train", "index", "test")}
    category_header = ("landmark_id", "category")
    hierarchy_header = (*category_header, "supercategory", "hierarchical_label", "natural_or_human_made")
    return {
        "train.csv": (("id", "url", "landmark_id"), [(p.id, _url_of(p), p.landmark) for p in of_part["train"]]),
        "train_clean.csv": (("landmark_id", "images"), _images_of(of_part["train"], TRAIN_LANDMARKS)),
        "train_label_to_category.csv": (category_header, [(i, _category_of(i)) for i in TRAIN_LANDMARKS]),
        "train_label_to_hierarchical.csv": (hierarchy_header, [_hierarchy_of(i) for i in TRAIN_LANDMARKS]),
        "index.csv": (("id",), [(p.id,) for p in of_part["index"]]),
        "index_image_to_landmark.csv": (("id", "landmark_id"), [(p.id, p.landmark) for p in of_part["index"]]),
        "index_label_to_category.csv": (category_header, [(i, _category_of(i)) for i in TEST_LANDMARKS]),
        "index_label_to_hierarchical.csv": (hierarchy_header, [_hierarchy_of(i) for i in TEST_LANDMARKS]),
        "test.csv": (("id",), [(p.id,) for p in of_part["test"]]),
        "retrieval_solution_v2.1.csv": (("id", "images", "Usage"), _solution(of_part["test"], of_part["index"])),
    }


def _images_of(some: Sequence[Photo], landmarks: Iterable[int]) -> list[tuple[int, str]]:
    return [(i, " ".join(p.id for p in some if p.landmark == i)) for i in landmarks]


def _solution(queries: Sequence[Photo], gallery: Sequence[Photo]) -> list[tuple[str, str, str]]:
    answers = dict(_images_of(gallery, TEST_LANDMARKS))
    return [(q.id, answers[q.landmark], "Private" if q.view % 2 else "Public") for q in queries]


def _url_of(photo: Photo) -> str:
    return f"https://mini-landmarks.example/{photo.id}.jpg"


def _category_of(landmark: int) -> str:
    # The host is reserved for examples: the places do not exist, and nor do these pages.
    return f"https://commons.mini-landmarks.example/wiki/Category:{name_of(landmark, SEED).replace(' ', '_')}"


def _hierarchy_of(landmark: int) -> tuple[object, ...]:
    kind = supercategory_of(landmark)
    return landmark, _category_of(landmark), word_of(landmark), kind, nature_of(kind)


def _csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _contact_sheet(images: Tensor) -> Tensor:
    """Return one picture: a row for each supercategory, three views of each of four landmarks; (L, V, 3, S, S)."""
    rows = []
    for kind in range(len(SUPERCATEGORIES)):
        views = [images[kind + n * len(SUPERCATEGORIES), v] for n in range(4) for v in (2, 5, 9)]
        rows.append(torch.cat(views, dim=2))  # (3, S, 12 S)
    return torch.cat(rows, dim=1)  # (3, 16 S, 12 S)
