"""Explorers: figures that answer to controls, live with a kernel and without one in the built page."""

from suprank_edu.explore.batch_memory import batch_memory
from suprank_edu.explore.calibration import calibration
from suprank_edu.explore.controls import Choice, SelectionSlider, Slider, Toggle
from suprank_edu.explore.cost_calculator import cost_calculator
from suprank_edu.explore.dashboard import Dashboard
from suprank_edu.explore.decomposability_gap import decomposability_gap
from suprank_edu.explore.explorer import Explorer, show_figure
from suprank_edu.explore.figures import FigureFunction
from suprank_edu.explore.gallery import Gallery, show_retrieved
from suprank_edu.explore.gap_curves import gap_curves
from suprank_edu.explore.hierarchical_ranking import hierarchical_ranking
from suprank_edu.explore.landmark_scores import LandmarkScores, landmark_scores
from suprank_edu.explore.learning_curves import learning_curves
from suprank_edu.explore.level_pulls import level_pulls
from suprank_edu.explore.nearest_pictures import nearest_pictures
from suprank_edu.explore.query_by_query import query_by_query, telling_queries
from suprank_edu.explore.rank_a_gallery import rank_a_gallery
from suprank_edu.explore.relevance import relevance_weights
from suprank_edu.explore.review_table import ReviewTable
from suprank_edu.explore.score_histograms import score_histograms
from suprank_edu.explore.seed_intervals import seed_intervals
from suprank_edu.explore.sunburst import sunburst
from suprank_edu.explore.surrogate_bounds import surrogate_bounds

__all__ = [
    "Choice",
    "Dashboard",
    "Explorer",
    "FigureFunction",
    "Gallery",
    "LandmarkScores",
    "ReviewTable",
    "SelectionSlider",
    "Slider",
    "Toggle",
    "batch_memory",
    "calibration",
    "cost_calculator",
    "decomposability_gap",
    "gap_curves",
    "hierarchical_ranking",
    "landmark_scores",
    "learning_curves",
    "level_pulls",
    "nearest_pictures",
    "query_by_query",
    "rank_a_gallery",
    "relevance_weights",
    "score_histograms",
    "seed_intervals",
    "show_figure",
    "show_retrieved",
    "sunburst",
    "surrogate_bounds",
    "telling_queries",
]
