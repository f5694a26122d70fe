"""Explorers: figures that answer to controls, live with a kernel and without one in the built page."""

from suprank_edu.explore.decomposability.calibration import calibration
from suprank_edu.explore.decomposability.gap import decomposability_gap
from suprank_edu.explore.decomposability.gap_curves import gap_curves
from suprank_edu.explore.decomposability.score_histograms import score_histograms
from suprank_edu.explore.engine.controls import Choice, SelectionSlider, Slider, Toggle
from suprank_edu.explore.engine.drags import Drag
from suprank_edu.explore.engine.explorer import Explorer, show_figure
from suprank_edu.explore.engine.figures import FigureFunction
from suprank_edu.explore.hierarchy.level_pulls import level_pulls
from suprank_edu.explore.hierarchy.relevance import relevance_weights
from suprank_edu.explore.hierarchy.sunburst import sunburst
from suprank_edu.explore.labelling.page_review import PageReview, page_review
from suprank_edu.explore.labelling.review_table import ReviewTable
from suprank_edu.explore.ranks.gallery import Gallery, show_retrieved
from suprank_edu.explore.ranks.ladder import ladder_of_mistakes
from suprank_edu.explore.ranks.loss_along_a_score import loss_along_a_score
from suprank_edu.explore.ranks.losses_at_work import losses_at_work
from suprank_edu.explore.ranks.order_photographs import PhotographOrder, order_photographs
from suprank_edu.explore.ranks.pull_on_a_pair import pull_on_a_pair
from suprank_edu.explore.ranks.suprank_at_work import suprank_at_work
from suprank_edu.explore.ranks.surrogate_bounds import surrogate_bounds
from suprank_edu.explore.results.ablations import ablations
from suprank_edu.explore.results.query_by_query import query_by_query, telling_queries
from suprank_edu.explore.results.seed_intervals import seed_intervals
from suprank_edu.explore.search.search_in_lists import search_in_lists
from suprank_edu.explore.search.search_photographs import PhotographSearch, search_photographs
from suprank_edu.explore.training.batch_memory import batch_memory
from suprank_edu.explore.training.cost_calculator import cost_calculator
from suprank_edu.explore.training.dashboard import Dashboard
from suprank_edu.explore.training.learning_curves import learning_curves

__all__ = [
    "Choice",
    "Dashboard",
    "Drag",
    "Explorer",
    "FigureFunction",
    "Gallery",
    "PageReview",
    "PhotographOrder",
    "PhotographSearch",
    "ReviewTable",
    "SelectionSlider",
    "Slider",
    "Toggle",
    "ablations",
    "batch_memory",
    "calibration",
    "cost_calculator",
    "decomposability_gap",
    "gap_curves",
    "ladder_of_mistakes",
    "learning_curves",
    "level_pulls",
    "loss_along_a_score",
    "losses_at_work",
    "order_photographs",
    "page_review",
    "pull_on_a_pair",
    "query_by_query",
    "relevance_weights",
    "score_histograms",
    "search_in_lists",
    "search_photographs",
    "seed_intervals",
    "show_figure",
    "show_retrieved",
    "sunburst",
    "suprank_at_work",
    "surrogate_bounds",
    "telling_queries",
]
