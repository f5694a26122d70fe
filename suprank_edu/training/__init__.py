"""Training on the metric itself: a recipe, a small network, a loop, and the embeddings that come out."""

from suprank_edu.training.augment import Augment
from suprank_edu.training.backbones import Backbone, GeM
from suprank_edu.training.embed import embed
from suprank_edu.training.fit import FitResult, fit
from suprank_edu.training.gather import gather_with_gradient
from suprank_edu.training.images import load_image, load_images
from suprank_edu.training.learner import TrainingError
from suprank_edu.training.memory import MemoryBank
from suprank_edu.training.models import SmallCNN
from suprank_edu.training.observer import Callback, Observer
from suprank_edu.training.optimizer import lr_factor
from suprank_edu.training.progress import Checkpoints, Course, Validation
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.tensorboard import TensorBoard

__all__ = [
    "Augment",
    "Backbone",
    "Callback",
    "Checkpoints",
    "Course",
    "FitResult",
    "GeM",
    "MemoryBank",
    "Observer",
    "Recipe",
    "SmallCNN",
    "TensorBoard",
    "TrainingError",
    "Validation",
    "embed",
    "fit",
    "gather_with_gradient",
    "load_image",
    "load_images",
    "lr_factor",
]
