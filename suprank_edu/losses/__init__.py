"""Losses for retrieval: functions on scores, thin modules on embeddings, and their sums."""

from suprank_edu.losses.base import EmbeddingLoss
from suprank_edu.losses.cross_scale import CSLLoss, csl
from suprank_edu.losses.decomposability_losses import AtColumn, CalibrationLoss, ProxyLoss
from suprank_edu.losses.metric_learning import as_metric_learning_loss
from suprank_edu.losses.rival_losses import BlackBoxAPLoss, SoftBinAPLoss
from suprank_edu.losses.rivals import black_box_ap, soft_bin_ap
from suprank_edu.losses.smooth import smooth_ap, smooth_h_ap, smooth_ndcg, smooth_recall
from suprank_edu.losses.smooth_losses import SmoothAPLoss, SmoothHAPLoss, SmoothNDCGLoss, SmoothRecallLoss
from suprank_edu.losses.sums import RankLoss, happier, road_ndcg, road_recall, roadmap
from suprank_edu.losses.sup import sup_ap, sup_h_ap, sup_ndcg, sup_recall
from suprank_edu.losses.sup_losses import SupAPLoss, SupHAPLoss, SupNDCGLoss, SupRecallLoss

__all__ = [
    "AtColumn",
    "BlackBoxAPLoss",
    "CSLLoss",
    "CalibrationLoss",
    "EmbeddingLoss",
    "ProxyLoss",
    "RankLoss",
    "SmoothAPLoss",
    "SmoothHAPLoss",
    "SmoothNDCGLoss",
    "SmoothRecallLoss",
    "SoftBinAPLoss",
    "SupAPLoss",
    "SupHAPLoss",
    "SupNDCGLoss",
    "SupRecallLoss",
    "as_metric_learning_loss",
    "black_box_ap",
    "csl",
    "happier",
    "road_ndcg",
    "road_recall",
    "roadmap",
    "smooth_ap",
    "smooth_h_ap",
    "smooth_ndcg",
    "smooth_recall",
    "soft_bin_ap",
    "sup_ap",
    "sup_h_ap",
    "sup_ndcg",
    "sup_recall",
]
