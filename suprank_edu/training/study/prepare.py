"""One way to make a training run ready from names, for a run on disk and for an experiment of a table alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from suprank_edu.data import RetrievalDataset
from suprank_edu.data.samplers import Batches
from suprank_edu.training.device import own_random_state
from suprank_edu.training.fit import FitResult, fit
from suprank_edu.training.networks.backbones import Backbone
from suprank_edu.training.networks.models import SmallCNN
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.study.named_losses import make_loss
from suprank_edu.training.study.papers import Setting


@dataclass(frozen=True)
class Prepared:
    """What `fit` takes: a recipe, images, and the loss, network and batches of the recipe's seed."""

    recipe: Recipe
    dataset: RetrievalDataset
    loss: nn.Module
    model: SmallCNN | Backbone
    batches: Batches

    def fit(self, **options: Any) -> FitResult:
        """Train; `options` go to `fit`."""
        return fit(self.recipe, self.dataset, self.loss, model=self.model, batches=self.batches, **options)


def prepare(setting: Setting, loss: str, dataset: RetrievalDataset, changes: Mapping[str, Any]) -> Prepared:
    """Make ready what a setting trains on a data set with a loss.

    The seed of the recipe decides the weights of the network and the proxies of the loss; the global random state is
    neither read nor changed.

    Args:
        setting: a value of `SETTINGS`.
        loss: a key of `LOSSES`.
        dataset: the images to train on.
        changes: settings of the recipe that differ.

    Raises:
        ValueError: a recipe out of range, a loss that does not exist, or too few classes for a batch.
    """
    recipe = setting.recipe(dataset, **changes)
    with own_random_state(recipe.seed, torch.device("cpu")):
        model = setting.model(recipe, dataset.channels)
        made = make_loss(loss, dataset, recipe, setting.step)
    return Prepared(recipe, dataset, made, model, setting.batches(dataset, recipe))
