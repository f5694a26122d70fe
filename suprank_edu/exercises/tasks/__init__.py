"""All exercises by name, in the order of the book; one file each, named by what the exercise asks."""

from suprank_edu.exercises.engine.spec import Exercise
from suprank_edu.exercises.tasks.average_precision import AVERAGE_PRECISION
from suprank_edu.exercises.tasks.batch_average import BATCH_AVERAGE
from suprank_edu.exercises.tasks.calibrated_bound import CALIBRATED_BOUND
from suprank_edu.exercises.tasks.calibration import CALIBRATION
from suprank_edu.exercises.tasks.chebyshev_moments import CHEBYSHEV_MOMENTS
from suprank_edu.exercises.tasks.chosen_result import CHOSEN_RESULT
from suprank_edu.exercises.tasks.combined import COMBINED
from suprank_edu.exercises.tasks.cosine_scores import COSINE_SCORES
from suprank_edu.exercises.tasks.coverage_and_accuracy import COVERAGE_AND_ACCURACY
from suprank_edu.exercises.tasks.dcg import DCG
from suprank_edu.exercises.tasks.dead_zone import DEAD_ZONE
from suprank_edu.exercises.tasks.gap import GAP
from suprank_edu.exercises.tasks.gather_backward import GATHER_BACKWARD
from suprank_edu.exercises.tasks.h_ap import H_AP
from suprank_edu.exercises.tasks.heaviside import HEAVISIDE
from suprank_edu.exercises.tasks.hit_rate_at_1 import HIT_RATE_AT_1
from suprank_edu.exercises.tasks.hits_across_visits import HITS_ACROSS_VISITS
from suprank_edu.exercises.tasks.learning_rates import LEARNING_RATES
from suprank_edu.exercises.tasks.majority_vote import MAJORITY_VOTE
from suprank_edu.exercises.tasks.memory_ring import MEMORY_RING
from suprank_edu.exercises.tasks.mild_mistakes import MILD_MISTAKES
from suprank_edu.exercises.tasks.mild_share import MILD_SHARE
from suprank_edu.exercises.tasks.ndcg_at_k import NDCG_AT_K
from suprank_edu.exercises.tasks.paired_interval import PAIRED_INTERVAL
from suprank_edu.exercises.tasks.precision_at_k import PRECISION_AT_K
from suprank_edu.exercises.tasks.prefix_linear_part import PREFIX_LINEAR_PART
from suprank_edu.exercises.tasks.proxy_loss import PROXY_LOSS
from suprank_edu.exercises.tasks.purity import PURITY
from suprank_edu.exercises.tasks.rank import RANK
from suprank_edu.exercises.tasks.rank_plus import RANK_PLUS
from suprank_edu.exercises.tasks.relevance import RELEVANCE
from suprank_edu.exercises.tasks.retrieve import RETRIEVE
from suprank_edu.exercises.tasks.search_recall import SEARCH_RECALL
from suprank_edu.exercises.tasks.seed_interval import SEED_INTERVAL
from suprank_edu.exercises.tasks.shared_levels import SHARED_LEVELS
from suprank_edu.exercises.tasks.sigmoid_slope import SIGMOID_SLOPE
from suprank_edu.exercises.tasks.sup_ap import SUP_AP
from suprank_edu.exercises.tasks.sup_rank import SUP_RANK
from suprank_edu.exercises.tasks.sup_step import SUP_STEP
from suprank_edu.exercises.tasks.terms import TERMS
from suprank_edu.exercises.tasks.threshold_quality import THRESHOLD_QUALITY
from suprank_edu.exercises.tasks.triplet_loss import TRIPLET_LOSS
from suprank_edu.exercises.tasks.two_pass_gradient import TWO_PASS_GRADIENT
from suprank_edu.exercises.tasks.unit_norm import UNIT_NORM
from suprank_edu.exercises.tasks.weighted_relevance import WEIGHTED_RELEVANCE
from suprank_edu.exercises.tasks.worst_case_bound import WORST_CASE_BOUND

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (
        UNIT_NORM,
        COSINE_SCORES,
        RETRIEVE,
        PRECISION_AT_K,
        AVERAGE_PRECISION,
        DCG,
        NDCG_AT_K,
        HITS_ACROSS_VISITS,
        TRIPLET_LOSS,
        HEAVISIDE,
        SUP_STEP,
        SIGMOID_SLOPE,
        DEAD_ZONE,
        RANK,
        RANK_PLUS,
        SUP_RANK,
        SUP_AP,
        GAP,
        BATCH_AVERAGE,
        WORST_CASE_BOUND,
        CALIBRATED_BOUND,
        CALIBRATION,
        PROXY_LOSS,
        COMBINED,
        SHARED_LEVELS,
        RELEVANCE,
        H_AP,
        MILD_MISTAKES,
        WEIGHTED_RELEVANCE,
        MAJORITY_VOTE,
        PURITY,
        COVERAGE_AND_ACCURACY,
        HIT_RATE_AT_1,
        LEARNING_RATES,
        TWO_PASS_GRADIENT,
        MEMORY_RING,
        GATHER_BACKWARD,
        SEED_INTERVAL,
        PAIRED_INTERVAL,
        MILD_SHARE,
        CHOSEN_RESULT,
        TERMS,
        SEARCH_RECALL,
        THRESHOLD_QUALITY,
        PREFIX_LINEAR_PART,
        CHEBYSHEV_MOMENTS,
    )
}
"""Name → exercise. A new one is imported above and listed in its chapter's place."""
