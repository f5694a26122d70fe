"""Training on the metric itself: a recipe, a small network, a loop, and the embeddings that come out."""

from suprank_edu.training.augment import Augment
from suprank_edu.training.embed import embed
from suprank_edu.training.fit import Callback, FitResult, fit
from suprank_edu.training.images import load_image, load_images
from suprank_edu.training.learner import TrainingError, lr_factor
from suprank_edu.training.models import SmallCNN
from suprank_edu.training.recipe import Recipe

__all__ = [
    "Augment",
    "Callback",
    "FitResult",
    "Recipe",
    "SmallCNN",
    "TrainingError",
    "embed",
    "fit",
    "load_image",
    "load_images",
    "lr_factor",
]
