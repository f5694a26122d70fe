"""Omniglot: handwritten characters of many alphabets (Lake, Salakhutdinov, Tenenbaum, Science 2015).

The two "background small" archives hold 4,840 distinct drawings of 242 characters from 8 alphabets; Greek and
Latin lie in both. Drawings are read straight from the archives, which are never unpacked.
"""

import re
from os import PathLike
from pathlib import Path
from typing import Literal

from suprank_edu._checks import check_one_of
from suprank_edu.data.archives import download, read_zip
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.folders import cache_folder, data_folder

Split = Literal["train", "test"]

URL = "https://raw.githubusercontent.com/brendenlake/omniglot/master/python"
ARCHIVES = {
    "images_background_small1.zip": "f38eb80f801274ac2b4dff5b24289016bfaba4a7d5bb50deebf27104ad6cb8a4",
    "images_background_small2.zip": "3ccaa407515a8778e5d0861875af38b17e418f301ad5bb3b5a6b65d901a41c7f",
}
ALPHABETS = {
    "train": ("Balinese", "Early_Aramaic", "Greek", "Korean", "Latin"),
    "test": ("Japanese_(katakana)", "Sanskrit", "Tagalog"),
}
_MEMBER = re.compile(r"[^/]+/(?P<alphabet>[^/]+)/(?P<character>character\d+)/(?P<drawing>[^/]+\.png)")


def read_omniglot(root: str | PathLike[str] | None = None, split: Split = "train") -> RetrievalDataset:
    """Read one split of Omniglot, downloading it once if it is not at hand.

    Train and test share no alphabet, so that the test split measures retrieval of characters never seen.

    Args:
        root: the folder of the two archives (or the folder above `omniglot`), to which a missing archive is
            downloaded. None reads `$SUPRANK_EDU_DATA/omniglot`, which is never written to, and otherwise the
            platform's cache folder.
        split: `"train"` (Balinese, Early_Aramaic, Greek, Korean, Latin) or `"test"` (Japanese_(katakana),
            Sanskrit, Tagalog).

    Returns:
        Grey drawings of 105 × 105 pixels, dark ink on white; labels: column 0 the character, column 1 the
        alphabet, both counted from 0 within the split.

    Raises:
        DownloadError: if an archive is missing and cannot be downloaded.
        ArchiveError: if an archive is not the published one.
        ValueError: if there is no such split.
    """
    check_one_of("split", split, ALPHABETS)
    return _to_dataset(_drawings(find_archives(root), split), split)


def find_archives(root: str | PathLike[str] | None) -> list[Path]:
    """Return the paths of both archives, downloaded where they are missing."""
    if root is not None:
        base = Path(root).expanduser()
        folders = [base / "omniglot", base] if (base / "omniglot").is_dir() else [base]
    else:
        folders = [folder for folder in (data_folder("omniglot"), cache_folder("omniglot")) if folder]
    paths = []
    for name, checksum in ARCHIVES.items():
        found = next((folder / name for folder in folders if (folder / name).is_file()), None)
        if found is None:
            found = folders[-1] / name
            download(f"{URL}/{name}", found, checksum)
        paths.append(found)
    return paths


def _drawings(paths: list[Path], split: Split) -> dict[tuple[str, str, str], bytes]:
    """Return (alphabet, character, drawing) → PNG bytes of a split, each drawing once, in sorted order."""
    drawings: dict[tuple[str, str, str], bytes] = {}
    for path in paths:
        for name, content in read_zip(path, ARCHIVES[path.name], suffix=".png").items():
            match = _MEMBER.fullmatch(name)
            if match is not None and match["alphabet"] in ALPHABETS[split]:
                drawings[match["alphabet"], match["character"], match["drawing"]] = content
    return dict(sorted(drawings.items()))


def _to_dataset(drawings: dict[tuple[str, str, str], bytes], split: Split) -> RetrievalDataset:
    characters = sorted({key[:2] for key in drawings})
    alphabets = sorted({alphabet for alphabet, _ in characters})
    character_ids = {character: i for i, character in enumerate(characters)}
    alphabet_ids = {alphabet: i for i, alphabet in enumerate(alphabets)}
    return RetrievalDataset(
        list(drawings.values()),
        [[character_ids[key[:2]], alphabet_ids[key[0]]] for key in drawings],
        column_names=("character", "alphabet"),
        class_names=[["/".join(character) for character in characters], alphabets],
        licence="MIT",
        source=f"Omniglot, {split} alphabets, https://github.com/brendenlake/omniglot (as published)",
        mode="L",
        names=["/".join(key) for key in drawings],
    )
