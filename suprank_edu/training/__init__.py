"""Training on the metric itself: a recipe, a small network, a loop, and the embeddings that come out."""

from suprank_edu.training.callbacks import Callback, Observer, TrainingLog
from suprank_edu.training.checkpoint import Checkpoints
from suprank_edu.training.fit import FitResult, fit
from suprank_edu.training.gather import gather_with_gradient
from suprank_edu.training.learner import TrainingError
from suprank_edu.training.memory import MemoryBank
from suprank_edu.training.networks import (
    Augment,
    Backbone,
    EfficientNetLite0,
    EmbeddingNetwork,
    GeM,
    LinearHead,
    SmallCNN,
    embed,
    features,
    load_image,
    load_images,
    pretrained,
    weights_hash,
)
from suprank_edu.training.optimizer import lr_factor
from suprank_edu.training.protocol import Protocol
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.tensorboard import TensorBoard
from suprank_edu.training.validation import Validation

__all__ = [
    "Augment",
    "Backbone",
    "Callback",
    "Checkpoints",
    "EfficientNetLite0",
    "EmbeddingNetwork",
    "FitResult",
    "GeM",
    "LinearHead",
    "MemoryBank",
    "Observer",
    "Protocol",
    "Recipe",
    "SmallCNN",
    "TensorBoard",
    "TrainingError",
    "TrainingLog",
    "Validation",
    "embed",
    "features",
    "fit",
    "gather_with_gradient",
    "load_image",
    "load_images",
    "lr_factor",
    "pretrained",
    "weights_hash",
]
