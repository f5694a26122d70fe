"""The ablations on Groceries change one thing at a time, and their folders are named by it."""

import dataclasses
import importlib.util
from pathlib import Path

import pytest
import torch

from suprank_edu.steps import PUBLISHED, PUBLISHED_INAT, SupStep
from suprank_edu.training.loss_settings import settings_of
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.study.named_losses import LOSSES
from suprank_edu.training.study.papers import SETTINGS

FILE = Path(__file__).resolve().parents[2] / "book" / "results" / "ablations.py"
spec = importlib.util.spec_from_file_location("ablations", FILE)
assert spec is not None
assert spec.loader is not None
ablations = importlib.util.module_from_spec(spec)
spec.loader.exec_module(ablations)

LABELS = torch.tensor([[0, 0, 0], [1, 0, 0], [2, 1, 0]])


def made(make) -> dict[str, str]:
    return settings_of(make(LABELS, 8, PUBLISHED))


@pytest.mark.parametrize("name", [name for name, change in ablations.CHANGES.items() if change.make])
def test_a_variant_differs_from_its_loss_in_one_setting(name: str) -> None:
    change = ablations.CHANGES[name]
    (loss,) = change.losses
    own, base = made(change.make), made(LOSSES[loss].make)
    assert own.keys() == base.keys()
    changed = [key for key in own if own[key] != base[key]]
    assert len(changed) == 1
    if name in ablations.STEPS:
        step = ablations.STEPS[name]
        fields = [f.name for f in dataclasses.fields(SupStep) if getattr(step, f.name) != getattr(PUBLISHED, f.name)]
        if step == PUBLISHED_INAT:
            assert fields == ["start", "offset"]
        elif name == "step-sigmoid":
            t = torch.linspace(-2, 2, 101)
            assert torch.allclose(step(t), torch.sigmoid(t / PUBLISHED.tau))
        elif name == "step-continuous":
            assert fields == ["offset"]
        else:
            assert fields == [name.split("-")[0]]
            assert getattr(step, fields[0]) == float(name.split("-")[1])
    elif name.startswith(("lambda", "alpha")):
        assert float(own[changed[0]]) == float(name.split("-")[1])


@pytest.mark.parametrize("name", [name for name, change in ablations.CHANGES.items() if not change.make])
def test_a_change_of_the_recipe_is_one_setting(name: str) -> None:
    changes = dict(ablations.CHANGES[name].recipe)
    assert changes == {"batch_size": int(name.split("-")[1])}
    recipe, base = (SETTINGS["grocery"].recipe(None, **more) for more in (changes, {}))
    fields = [f.name for f in dataclasses.fields(Recipe) if getattr(recipe, f.name) != getattr(base, f.name)]
    assert fields == ["batch_size"]


def test_each_weighting_of_the_columns_sums_to_one() -> None:
    assert all(sum(weights) == pytest.approx(1) for weights in ablations.WEIGHTS.values())
