"""Search: exact (faiss on a CPU, torch on CUDA) and approximate (faiss), behind one function."""

from suprank_edu.retrieval.approximate import ApproximateIndex, hnsw_index, ivfpq_index, search_recall
from suprank_edu.retrieval.exact import ExactIndex, search

__all__ = ["ApproximateIndex", "ExactIndex", "hnsw_index", "ivfpq_index", "search", "search_recall"]
