from pathlib import Path

import numpy as np
import pytest
import torch

from suprank_edu.data import RetrievalDataset
from suprank_edu.losses import RankLoss
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.study import ABLATIONS
from suprank_edu.training.study.named_losses import LOSSES, make_loss
from suprank_edu.training.study.papers import SETTINGS

# The table of the papers' settings: optimiser, learning rates of backbone and head, what the first falls to, weight
# decay, epochs, and in how many of them only the head learns.
PUBLISHED = {
    "sop": ("adam", 5e-5, 1e-4, 0, 1e-4, 100, 5),
    "cub": ("adam", 1e-6, 2e-6, 0, 4e-4, 200, 0),
    "cars196": ("adam", 1e-4, 2e-4, 0, 4e-4, None, 0),
    "inshop": ("adam", 1e-5, 2e-5, 0, 4e-4, None, 0),
    "inat-base": ("adam", 1e-5, 2e-5, 1e-6, 4e-4, 90, 5),
    "inat-full": ("adam", 1e-5, 2e-5, 1e-6, 4e-4, 90, 5),
    "dyml-vehicle": ("sgd", 0.1, None, 1e-6, 1e-4, None, 0),
    "dyml-animal": ("sgd", 0.1, None, 1e-6, 1e-4, None, 0),
    "dyml-product": ("sgd", 0.01, 0.02, 1e-5, 1e-4, 20, 5),
    "h-gldv2": ("adam", 1e-4, 1e-4, 0, 1e-4, None, 0),
}


def images(classes: int = 160, each: int = 10) -> RetrievalDataset:
    """Enough classes and super-classes for any batch; the images are never opened."""
    fine = np.arange(classes * each) // each
    return RetrievalDataset(
        ["nowhere.jpg"] * len(fine),
        np.stack([fine, fine % 4], axis=1),
        column_names=["a", "b"],
        class_names=[[str(i) for i in range(classes)], list("wxyz")],
        licence="none",
        source="made up",
    )


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_makes_a_recipe_and_batches(name: str) -> None:
    setting, data = SETTINGS[name], images()
    recipe = setting.recipe(data)
    batches = setting.batches(data, recipe)
    assert recipe.steps == (setting.steps or setting.epochs * len(batches))
    assert len(batches.batch(0)) == recipe.batch_size
    assert setting.source
    changed = setting.recipe(data, steps=7, lr=0.5, seed=3)
    assert (changed.steps, changed.lr, changed.seed) == (7, 0.5, 3)
    if name in PUBLISHED:
        optimizer, lr, head_lr, lowest, decay, epochs, head_only = PUBLISHED[name]
        assert (recipe.optimizer, recipe.lr, recipe.head_lr) == (optimizer, lr, head_lr)
        assert recipe.weight_decay == decay
        assert epochs is None or setting.epochs == epochs
        assert epochs is not None or "ours" in setting.source
        assert recipe.head_only == pytest.approx(head_only / setting.epochs)
        assert recipe.final_lr * lr == pytest.approx(lowest)
        assert setting.from_scratch == (name in ("dyml-vehicle", "dyml-animal"))


def test_the_batches_of_sop_come_from_two_super_classes() -> None:
    data = images()
    batches = SETTINGS["sop"].batches(data, Recipe(batch_size=256))
    assert all(len(np.unique(data.labels[batches.batch(t), 1])) == 2 for t in range(5))


def test_rendered_landmarks_are_met_often_enough_for_proxies() -> None:
    setting = SETTINGS["rendered-landmarks"]
    train, test = (setting.dataset(split) for split in setting.splits)
    recipe = setting.recipe(train)
    classes = [len(np.unique(data.labels[:, 0])) for data in (train, test)]
    assert classes == [512, 256]
    batches = setting.batches(train, recipe)
    met = np.zeros(512)
    for step in range(recipe.steps):
        met[np.unique(train.labels[batches.batch(step), 0])] += 1
    assert met.min() >= 30


PUBLISHED_LOSSES = [name for name in LOSSES if name not in ABLATIONS]


@pytest.mark.parametrize("name", PUBLISHED_LOSSES)
def test_every_loss_ranks_a_batch(name: str) -> None:
    data, recipe = images(classes=8, each=4), Recipe(embedding_size=16)
    loss = make_loss(name, data, recipe, SETTINGS["sop"].step)
    draw = torch.Generator().manual_seed(0)
    embeddings = torch.nn.functional.normalize(torch.randn(32, 16, generator=draw)).requires_grad_()
    value = loss(embeddings, torch.from_numpy(data.labels))
    value.backward()
    assert value.isfinite()
    assert embeddings.grad.abs().sum() > 0


@pytest.mark.parametrize("name", PUBLISHED_LOSSES)
def test_a_loss_says_whether_it_has_proxies(name: str) -> None:
    loss = make_loss(name, images(classes=8, each=4), Recipe(embedding_size=16), SETTINGS["sop"].step)
    assert LOSSES[name].proxies == any(parameter.requires_grad for parameter in loss.parameters())


def test_the_sums_have_the_weights_of_the_papers() -> None:
    data, recipe = images(classes=8, each=4), Recipe(embedding_size=16)
    made = {name: make_loss(name, data, recipe, SETTINGS["sop"].step) for name in PUBLISHED_LOSSES}
    weights = {name: loss.weight for name, loss in made.items() if isinstance(loss, RankLoss)}
    expected = {"roadmap": 0.1, "roadmap-proxies": 0.1, "road-recall": 0.5, "road-recall-proxies": 0.5}
    assert weights == expected | {"road-ndcg": 0.1, "happier": 0.1, "happier-f": 0.5}


def test_a_loss_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="`loss`: got 'ap', expected 'sup-ap'"):
        make_loss("ap", images(), Recipe(), SETTINGS["sop"].step)


@pytest.mark.parametrize("name", ["mini-landmarks", "rendered-landmarks"])
def test_a_set_that_is_not_read_from_a_folder_takes_none(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"`root`: got .*, expected None"):
        SETTINGS[name].dataset("train", str(tmp_path))
