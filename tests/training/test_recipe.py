import dataclasses
import os
from pathlib import Path

import pytest

from suprank_edu.training import Recipe, lr_factor
from suprank_edu.training.study import SETTINGS


def test_a_recipe_is_frozen_comparable_and_printable() -> None:
    recipe = Recipe(steps=7, channels=(4, 8))
    assert recipe == Recipe(channels=(4, 8), steps=7)
    assert hash(recipe) == hash(dataclasses.replace(recipe))
    assert str(recipe) == "Recipe (others at their defaults)\n  steps = 7\n  channels = (4, 8)"
    assert str(Recipe()) == "Recipe (all defaults)"
    assert Recipe(**recipe.to_dict()) == recipe
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipe.steps = 8


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 0},
        {"steps": 2.5},
        {"batch_size": True},
        {"per_class": 1},
        {"lr": 0.0},
        {"lr": float("nan")},
        {"loss_lr": -1},
        {"weight_decay": -1e-3},
        {"warmup": 1.0},
        {"scale": 1.5},
        {"channels": ()},
        {"channels": [8, 8]},
        {"orientations": 2},
        {"seed": -1},
        {"rotation": float("inf")},
    ],
)
def test_a_setting_out_of_range_is_named(wrong: dict) -> None:
    name, value = next(iter(wrong.items()))
    with pytest.raises(ValueError, match=f"^`{name}`: got ") as error:
        Recipe(**wrong)
    assert repr(value) in str(error.value)


def test_the_learning_rate_rises_then_falls_to_nothing() -> None:
    recipe = Recipe(steps=100, warmup=0.25)
    factors = [lr_factor(step, recipe) for step in range(100)]
    assert factors[:25] == sorted(factors[:25])
    assert factors[25:] == sorted(factors[25:], reverse=True)
    assert factors[24] == max(factors) == 1
    assert 0 < factors[-1] < 1e-3
    assert lr_factor(0, Recipe(steps=1, warmup=0.0)) > 0


def test_a_save_that_breaks_off_leaves_the_recipe_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    Recipe(steps=7).save(tmp_path / "recipe.json")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        Recipe(steps=8).save(tmp_path / "recipe.json")
    assert Recipe.load(tmp_path / "recipe.json").steps == 7
    assert os.listdir(tmp_path) == ["recipe.json"]


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match=r"recipe\.json: got no JSON"):
        Recipe.load(tmp_path / "recipe.json")


def test_whole_classes_are_turned_and_mirrored_for_characters_alone() -> None:
    assert Recipe().orientations == 1
    turned = {name for name, setting in SETTINGS.items() if setting.settings.get("orientations", 1) != 1}
    assert turned == {"omniglot"}
