"""The labelling pipeline of H-GLDv2: from landmarks and their Wikimedia categories to a hierarchy.

(a) `read_categories` → (b) `WikimediaClient.parents`, `mine` → (c) `candidates` → (d) `ReviewLog`, `replay` →
(e) `vote_of_parents`, `label_from_images` → (f) `hierarchical_labels`, `write_labels`, `statistics` →
(g) `measure_stages`. "Optimization of Rank Losses for Image Retrieval" describes the original, made with CLIP.
"""

from suprank_edu.data.labelling.categories import read_categories, title_of, url_of
from suprank_edu.data.labelling.clip import clip_embedder, embed_images, embed_texts, load_clip, prompts
from suprank_edu.data.labelling.clusters import Candidate, candidates, cluster_vectors
from suprank_edu.data.labelling.decisions import Decision, Labelling, Review, ReviewLog, replay
from suprank_edu.data.labelling.export import (
    HierarchicalLabel,
    hierarchical_labels,
    read_labels,
    stage_shares,
    statistics,
    write_labels,
)
from suprank_edu.data.labelling.mining import count_phrases, mine, phrase_of
from suprank_edu.data.labelling.names import embed_names, sentence_embedder
from suprank_edu.data.labelling.practice import Fault, LocalWiki, read_pages
from suprank_edu.data.labelling.quality import labelling_of, measure_stages, purity, review_by_truth
from suprank_edu.data.labelling.votes import Vote, classify, label_from_images, vote_of_images, vote_of_parents
from suprank_edu.data.labelling.wiki_cache import WikiCache
from suprank_edu.data.labelling.wikimedia import COMMONS_API, WikimediaClient, WikimediaError

__all__ = [
    "COMMONS_API",
    "Candidate",
    "Decision",
    "Fault",
    "HierarchicalLabel",
    "Labelling",
    "LocalWiki",
    "Review",
    "ReviewLog",
    "Vote",
    "WikiCache",
    "WikimediaClient",
    "WikimediaError",
    "candidates",
    "classify",
    "clip_embedder",
    "cluster_vectors",
    "count_phrases",
    "embed_images",
    "embed_names",
    "embed_texts",
    "hierarchical_labels",
    "label_from_images",
    "labelling_of",
    "load_clip",
    "measure_stages",
    "mine",
    "phrase_of",
    "prompts",
    "purity",
    "read_categories",
    "read_labels",
    "read_pages",
    "replay",
    "review_by_truth",
    "sentence_embedder",
    "stage_shares",
    "statistics",
    "title_of",
    "url_of",
    "vote_of_images",
    "vote_of_parents",
    "write_labels",
]
