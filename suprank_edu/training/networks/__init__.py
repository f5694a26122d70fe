"""Networks: small and pretrained ones, what their images go through, and the embeddings that come out."""

from suprank_edu.training.networks.augment import Augment
from suprank_edu.training.networks.backbones import Backbone, GeM
from suprank_edu.training.networks.embed import embed, features
from suprank_edu.training.networks.embedding_network import EmbeddingNetwork, LinearHead, weights_hash
from suprank_edu.training.networks.images import load_image, load_images
from suprank_edu.training.networks.models import SmallCNN
from suprank_edu.training.networks.pretrained import EfficientNetLite0, pretrained

__all__ = [
    "Augment",
    "Backbone",
    "EfficientNetLite0",
    "EmbeddingNetwork",
    "GeM",
    "LinearHead",
    "SmallCNN",
    "embed",
    "features",
    "load_image",
    "load_images",
    "pretrained",
    "weights_hash",
]
