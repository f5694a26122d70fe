"""Readers of published sets, each in its own layout, and of anybody's folder: they list and check files."""

from suprank_edu.data.readers.cars196 import read_cars196
from suprank_edu.data.readers.cub import read_cub
from suprank_edu.data.readers.dyml import read_dyml
from suprank_edu.data.readers.folder import read_folder
from suprank_edu.data.readers.gldv2 import read_gldv2
from suprank_edu.data.readers.grocery import read_grocery
from suprank_edu.data.readers.inat2018 import read_inat2018
from suprank_edu.data.readers.inshop import read_inshop
from suprank_edu.data.readers.revisited import RevisitedTruth, read_revisited, read_revisited_truth, revisited_map
from suprank_edu.data.readers.sfm120k import read_sfm120k
from suprank_edu.data.readers.sop import read_sop

__all__ = [
    "RevisitedTruth",
    "read_cars196",
    "read_cub",
    "read_dyml",
    "read_folder",
    "read_gldv2",
    "read_grocery",
    "read_inat2018",
    "read_inshop",
    "read_revisited",
    "read_revisited_truth",
    "read_sfm120k",
    "read_sop",
    "revisited_map",
]
