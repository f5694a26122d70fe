"""Search: exact (faiss on a CPU, torch on CUDA) and approximate (faiss), behind one function; in parts, merged."""

from suprank_edu.retrieval.approximate import ApproximateIndex, search_recall
from suprank_edu.retrieval.exact import ExactIndex, search
from suprank_edu.retrieval.hnsw import hnsw_index
from suprank_edu.retrieval.ivfpq import ivfpq_index
from suprank_edu.retrieval.shards import search_shards

__all__ = [
    "ApproximateIndex",
    "ExactIndex",
    "hnsw_index",
    "ivfpq_index",
    "search",
    "search_recall",
    "search_shards",
]
