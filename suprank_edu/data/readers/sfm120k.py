"""SfM-120k: landmarks grouped by structure from motion (Radenović, Tolias, Chum, TPAMI 2019)."""

from suprank_edu._checks import check_one_of
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers._files import ListFile, Origin, Root, find_root
from suprank_edu.data.readers._mat import entries, read_mat
from suprank_edu.data.readers._tables import Listing, number_classes, to_dataset

ORIGIN = Origin(
    "sfm120k",
    "SfM-120k",
    "http://cmp.felk.cvut.cz/cnnimageretrieval/",
    "no licence stated; photographs from Flickr, see the source",
)


def read_sfm120k(root: Root = None, split: str = "train", *, check_files: bool = True) -> RetrievalDataset:
    """Read SfM-120k, whose classes are 3-D models.

    Args:
        root: the folder of `retrieval-SfM-120k-imagenames-clusterids.mat` and `ims`; None takes
            `$SUPRANK_EDU_DATA/sfm120k`.
        split: `"train"`, all there is.
        check_files: whether to look that each image exists.

    Returns:
        Labels: one column, the cluster.

    Raises:
        FileNotFoundError: if the folder, the list or a listed image is missing.
        ValueError: if the list is damaged, or there is no such split.
    """
    check_one_of("split", split, ["train"])
    folder = find_root(ORIGIN, root)
    file = ListFile(ORIGIN, folder, "retrieval-SfM-120k-imagenames-clusterids.mat")
    mat = read_mat(file, "cids", "cluster")
    names = entries(file, "cids", mat["cids"], str)
    clusters = entries(file, "cluster", mat["cluster"], int)
    if len(clusters) != len(names):
        raise file.error(None, f"{len(clusters)} entries in `cluster`", f"{len(names)}, as in `cids`")
    short = next((entry for entry, name in enumerate(names, 1) if len(name) < 6), None)
    if short is not None:
        raise file.error(short, f"the name {names[short - 1]!r}", "at least six characters")
    listing = Listing(
        file,
        split,
        ImagePaths.from_relative(folder, [f"ims/{n[-2:]}/{n[-4:-2]}/{n[-6:-4]}/{n}" for n in names]),
        range(1, len(names) + 1),
        number_classes([clusters]),
        ("cluster",),
        [[f"cluster {cluster}" for cluster in clusters]],
    )
    return to_dataset(listing, complete=False, check_files=check_files)
