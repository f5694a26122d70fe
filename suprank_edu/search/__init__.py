"""A trained network and its photographs as a search engine: built, added to, searched, and kept in a folder."""

from suprank_edu.search.answer import Answer, Hit
from suprank_edu.search.approximate import HNSW, IVFPQ, measure_recall
from suprank_edu.search.index import PhotoIndex
from suprank_edu.search.lance import export_lancedb
from suprank_edu.search.processes import embed_in_processes
from suprank_edu.search.threshold import Threshold, choose_threshold, threshold_of

__all__ = [
    "HNSW",
    "IVFPQ",
    "Answer",
    "Hit",
    "PhotoIndex",
    "Threshold",
    "choose_threshold",
    "embed_in_processes",
    "export_lancedb",
    "measure_recall",
    "threshold_of",
]
