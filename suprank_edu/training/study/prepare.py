"""One way to make a training run ready from names, for a run on disk and for an experiment of a table alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from suprank_edu.data import RetrievalDataset
from suprank_edu.data.samplers import Batches
from suprank_edu.training.device import find_device, own_random_state
from suprank_edu.training.fit import FitResult, fit
from suprank_edu.training.networks.embed import features
from suprank_edu.training.networks.embedding_network import EmbeddingNetwork
from suprank_edu.training.networks.models import SmallCNN
from suprank_edu.training.protocol import Protocol
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.study.named_losses import make_loss
from suprank_edu.training.study.setting import Setting


@dataclass(frozen=True)
class Prepared:
    """What `fit` takes: a recipe, images, and the loss, network and batches of the recipe's seed."""

    recipe: Recipe
    dataset: RetrievalDataset
    loss: nn.Module
    model: SmallCNN | EmbeddingNetwork
    batches: Batches

    def fit(self, **options: Any) -> FitResult:
        """Train; `options` go to `fit`."""
        return fit(self.recipe, self.dataset, self.loss, model=self.model, batches=self.batches, **options)


def judged_by(protocol: Protocol, recipe: Recipe, model: nn.Module) -> Protocol:
    """Return how a network is judged: by features, computed once and kept, where they are frozen."""
    if recipe.head_only < 1 or not isinstance(model, EmbeddingNetwork):
        return protocol
    return protocol.features(model, cache=True)


def prepare(
    setting: Setting,
    loss: str,
    dataset: RetrievalDataset,
    changes: Mapping[str, Any],
    device: str | torch.device | None = None,
) -> Prepared:
    """Make ready what a setting trains on a data set with a loss.

    Where features are frozen, the data set is that of the features, computed once and kept in the platform's cache.
    Where a head shall be trained on them first, it has been: that takes seconds and depends on the seed alone, so that
    a run that goes on repeats it.

    The seed of the recipe decides the weights of the network and the proxies of the loss; the global random state is
    neither read nor changed.

    Args:
        setting: a value of `SETTINGS`.
        loss: a key of `LOSSES`.
        dataset: the images to train on.
        changes: settings of the recipe that differ.
        device: where features are computed, see `suprank_edu.training.fit`.

    Raises:
        ValueError: a recipe out of range, a loss that does not exist, or too few classes for a batch.
    """
    recipe = setting.recipe(dataset, **changes)
    with own_random_state(recipe.seed, torch.device("cpu")):
        model = setting.model(recipe, dataset.channels)
        made = make_loss(loss, dataset, recipe, setting.step)
    first = setting.head_recipe(recipe, dataset)
    if (recipe.head_only == 1 or first) and isinstance(model, EmbeddingNetwork):
        frozen = features(model, dataset, device=find_device(device), cache=True)
        if recipe.head_only == 1:
            dataset = frozen
        elif first:
            Prepared(first, frozen, made, model, setting.batches(frozen, first)).fit(device=device, progress=False)
    return Prepared(recipe, dataset, made, model, setting.batches(dataset, recipe))
