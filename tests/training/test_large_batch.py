import os

import pytest
import torch
from memory import grown_gib, peak_gib
from torch import Tensor, nn
from training.small_networks import GroupNormNet, weights

from suprank_edu.data import read
from suprank_edu.losses import SupAPLoss, roadmap
from suprank_edu.training import Recipe, SmallCNN, fit

GLYPHS = read("standin")
RECIPE = Recipe(steps=3, batch_size=32, image_size=16, lr=1e-2, embedding_size=8)


def train(model: nn.Module, loss: nn.Module, **settings: object) -> nn.Module:
    recipe = Recipe.from_dict(RECIPE.to_dict() | settings)
    return fit(recipe, GLYPHS, loss, model=model, device="cpu", progress=False).model


def same_network(**options: object) -> GroupNormNet:
    torch.manual_seed(0)
    return GroupNormNet(**options)


@pytest.mark.parametrize("at_once", [1, 5, 8, 31])
@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_two_passes_change_the_weights_as_one_does(at_once: int, optimizer: str) -> None:
    whole = train(same_network(), roadmap(), optimizer=optimizer)
    pieces = train(same_network(), roadmap(), optimizer=optimizer, embed_at_once=at_once)
    start = weights(same_network())
    assert (weights(whole) - start).abs().max() > 1e-3
    assert (weights(pieces) - weights(whole)).abs().max() < 1e-9


def test_frozen_batch_norm_does_not_tell_pieces_apart() -> None:
    torch.manual_seed(0)
    state = SmallCNN(image_size=16, channels=(8, 8), embedding_size=8).state_dict()
    found = []
    for at_once in (None, 7):
        model = SmallCNN(image_size=16, channels=(8, 8), embedding_size=8)
        model.load_state_dict(state)
        found.append(weights(train(model, SupAPLoss(), freeze_batch_norm=True, embed_at_once=at_once)))
    assert (found[0] - found[1]).abs().max() < 1e-4
    assert (found[0] - torch.cat([v.double().flatten() for v in state.values()])).abs().max() > 1e-3


def test_the_second_pass_drops_what_the_first_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    # If it drew other masks, embeddings of the two passes would differ.
    seen: list[Tensor] = []
    model = same_network(dropout=0.5)

    def look(module: nn.Module, args: object, out: Tensor) -> None:
        if module.training:  # after the step, what it has made is looked at in evaluation mode
            seen.append(out.detach().clone())

    model.register_forward_hook(look)
    fit(
        Recipe.from_dict(RECIPE.to_dict() | {"embed_at_once": 8, "steps": 1}),
        GLYPHS,
        SupAPLoss(),
        model=model,
        device="cpu",
        progress=False,
    )
    assert len(seen) == 8
    for first, second in zip(seen[:4], seen[4:], strict=True):
        assert torch.equal(first, second)
    assert not torch.equal(seen[0], seen[1])


def test_the_loss_and_its_proxies_see_the_whole_batch() -> None:
    sizes: list[int] = []

    class Watched(SupAPLoss):
        def forward(self, embeddings: Tensor, *rest: object, **more: object) -> Tensor:
            sizes.append(len(embeddings))
            return super().forward(embeddings, *rest, **more)

    train(same_network(), Watched(), embed_at_once=4)
    assert sizes == [32, 32, 32]


def test_live_batch_norm_is_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"`model`: has batch norm in training mode.*into pieces") as caught:
        train(SmallCNN(image_size=16, channels=(8, 8)), SupAPLoss(), embed_at_once=8)
    assert caught[0].filename == __file__


BEFORE = """
from suprank_edu.data import read
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import Recipe, fit
images = read({name!r})
"""
STEP = """
recipe = Recipe(steps=1, batch_size={size}, per_class=40, freeze_batch_norm=True, embed_at_once={at_once})
fit(recipe, images, SupAPLoss(), device="cpu", progress=False)
"""


@pytest.mark.slow
def test_images_of_two_passes_are_held_a_part_at_a_time() -> None:
    # In one pass the step takes 0.83 GiB, and a part of 50 images 0.04; the scores of all pairs are 0.004.
    assert grown_gib(BEFORE.format(name="standin"), STEP.format(size=1000, at_once=50)) < 0.4


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.skipif(not os.environ.get("SUPRANK_EDU_DATA"), reason="SUPRANK_EDU_DATA is not set: no Omniglot here")
def test_a_batch_of_four_thousand_fits_into_six_gib() -> None:
    assert peak_gib(BEFORE.format(name="omniglot") + STEP.format(size=4080, at_once=256)) < 6
