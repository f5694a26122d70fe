"""A run goes on with its own loss only: also one of the same name is another with other settings."""

from pathlib import Path

import pytest
import torch
from pytorch_metric_learning.losses import TripletMarginLoss

from suprank_edu.data import read
from suprank_edu.losses import AtColumn, CalibrationLoss, SupAPLoss, SupRecallLoss, happier, roadmap
from suprank_edu.steps import SupStep
from suprank_edu.training import Checkpoints, Recipe, fit
from suprank_edu.training.loss_settings import settings_of

PAIRS = [
    (SupAPLoss(), SupAPLoss(step=SupStep(tau=0.5)), "loss.step"),
    (SupRecallLoss(), SupRecallLoss(ks=(1, 2)), "loss.ks"),
    (SupAPLoss(), SupAPLoss(column=1), "loss.column"),
    (roadmap(), roadmap(weight=0.5), "loss.weight"),
    (CalibrationLoss(), CalibrationLoss(neg_margin=0.5), "loss.loss.neg_margin"),
    (AtColumn(TripletMarginLoss(0.1), 0), AtColumn(TripletMarginLoss(0.2), 0), "loss.loss.margin"),
    (happier(3, 8), happier(3, 8, alpha=2.0), "loss.rank_loss.alpha"),
]


@pytest.mark.parametrize(("loss", "other", "where"), PAIRS)
def test_losses_differ_in_the_setting_that_differs(loss, other, where):
    found, expected = settings_of(loss), settings_of(other)
    assert {name for name in found if found[name] != expected[name]} == {where}


def test_a_call_changes_no_setting():
    for loss, _, _ in PAIRS:
        before = settings_of(loss)
        loss(torch.eye(8)[:6], torch.tensor([[0, 0], [0, 0], [1, 0], [1, 0], [2, 1], [2, 1]]))
        assert settings_of(loss) == before


def test_a_function_has_no_settings():
    assert settings_of(lambda embeddings, labels: embeddings.sum()) == {}


def test_a_run_does_not_go_on_with_a_loss_of_other_settings(tmp_path: Path) -> None:
    recipe = Recipe(steps=1, batch_size=8, image_size=16, channels=(4, 4), embedding_size=8)
    go = {"checkpoints": Checkpoints(tmp_path), "device": "cpu", "progress": False}
    fit(recipe, read("standin"), SupAPLoss(), **go)
    fit(recipe, read("standin"), SupAPLoss(), **go)
    with pytest.raises(ValueError, match=r"another run \(loss.step: .*tau=0.01.* there, .*tau=0.5.* here\)"):
        fit(recipe, read("standin"), SupAPLoss(step=SupStep(tau=0.5)), **go)
