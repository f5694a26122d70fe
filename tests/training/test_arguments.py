"""What a learner passes to `fit` by mistake is named, with what was expected, before anything runs."""

import re
from typing import Any

import pytest

from suprank_edu.data import read
from suprank_edu.explore import Dashboard
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import Recipe, fit

GLYPHS = read("standin")
TINY = Recipe(steps=2, batch_size=16, image_size=16, channels=(8, 8))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dataset": "omniglot"}, "`dataset`: got 'omniglot', expected a RetrievalDataset"),
        ({"dataset": GLYPHS.subset([])}, "`dataset`: got no image, expected at least one"),
        ({"loss": SupAPLoss}, "`loss`: got the class SupAPLoss, expected a loss made of it, such as SupAPLoss()"),
        ({"loss": "sup-ap"}, "`loss`: got 'sup-ap', expected a loss on embeddings and labels"),
        ({"loss": SupAPLoss(reduction="none")}, "`loss`: gave shape (16,), expected one number: the mean"),
        ({"loss": lambda embeddings, labels: 1.0}, "`loss`: gave 1.0, expected a tensor of one number"),
        ({"loss": lambda embeddings, labels: embeddings.detach().sum()}, "`loss`: gave a number without gradient"),
        ({"validation": GLYPHS}, "`validation`: got a RetrievalDataset, expected a Validation"),
        ({"checkpoints": "folder"}, "`checkpoints`: got 'folder', expected Checkpoints(folder"),
        ({"callbacks": Dashboard()}, "`callbacks`: got a Dashboard, expected a list of callables"),
        ({"callbacks": Dashboard().run("mine")}, "`callbacks`: got a WatchedRun, expected a list of callables"),
        ({"callbacks": [Dashboard()]}, "`callbacks`: got a Dashboard in it, expected callables"),
    ],
)
def test_a_mistaken_argument_is_named(wrong: dict[str, Any], said: str) -> None:
    arguments: dict[str, Any] = {"dataset": GLYPHS, "loss": SupAPLoss()} | wrong
    with pytest.raises(ValueError, match=re.escape(said)):
        fit(TINY, device="cpu", progress=False, **arguments)


def test_callbacks_may_come_one_at_a_time() -> None:
    seen: list[int] = []
    one = iter([lambda step, metrics: seen.append(step)])
    fit(TINY, GLYPHS, SupAPLoss(), callbacks=one, device="cpu", progress=False)
    assert seen == [1, 2]
