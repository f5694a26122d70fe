"""Memory that runs out, wherever in a step: which step, which settings to lower, and what the device said.

Asked for are 2^50 bytes, which no machine has: the errors are those of torch's own allocator. What a card's allocator
raises is put in the place of one.
"""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from training.small_networks import GroupNormNet

from suprank_edu.data import read
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import Recipe, TrainingError, fit


def ask_too_much() -> None:
    torch.empty(1 << 50)


def ask_a_card_too_much() -> None:
    raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB\nmore")


class Asks(torch.autograd.Function):
    """Nothing, until its gradient is wanted."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, ask: Callable[[], None]) -> Tensor:
        ctx.ask = ask
        return x.clone()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        ctx.ask()
        return grad, None


class Greedy(nn.Module):
    """A network or a loss that asks for memory in forward or in backward, in the call of this number."""

    def __init__(self, inner: nn.Module, ask: Callable[[], None], call: int, *, backward: bool = False) -> None:
        super().__init__()
        self.inner, self.ask, self.left, self.backward = inner, ask, call, backward
        self.image_size = 16

    def forward(self, x: Tensor, *more: Any, **named: Any) -> Tensor:
        self.left -= 1
        if not self.left and not self.backward:
            self.ask()
        value = self.inner(x, *more, **named)
        return value if self.left else Asks.apply(value, self.ask)


def network() -> GroupNormNet:
    return GroupNormNet(torch.float32)


def stopped(model: nn.Module, loss: nn.Module, **changes: Any) -> str:
    """Return what is said of a run that must stop for want of memory."""
    settings = {"steps": 3, "batch_size": 16, "image_size": 16} | changes
    with pytest.raises(TrainingError) as error:
        fit(Recipe(**settings), read("standin"), loss, model=model, device="cpu", progress=False)
    return str(error.value)


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("where", ["network", "loss"])
@pytest.mark.parametrize(
    ("ask", "said"),
    [(ask_too_much, "you tried to allocate 4503599627370496 bytes"), (ask_a_card_too_much, "CUDA out of memory")],
)
def test_wherever_in_a_step(ask: Callable[[], None], said: str, where: str, backward: bool) -> None:
    model, loss = network(), SupAPLoss()
    if where == "network":
        model = Greedy(model, ask, 2, backward=backward)
    else:
        loss = Greedy(loss, ask, 2, backward=backward)
    message = stopped(model, loss)
    assert message.startswith("step 2: out of memory; lower `embed_at_once` (now 16 images with a graph at a time, ")
    assert "`image_size` (now 16) or `batch_size` (now 16). The device said: " in message
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize("call", [1, 5])
def test_in_pieces_it_names_the_size_of_a_piece(call: int) -> None:
    """In the first pass, without a graph, and in the second: four pieces each."""
    assert "(now 4 images" in stopped(Greedy(network(), ask_too_much, call), SupAPLoss(), embed_at_once=4)


@pytest.mark.parametrize(("call", "step"), [(2, 1), (4, 2)])
def test_with_a_memory_it_names_its_size(call: int, step: int) -> None:
    """In the trial of the first step, which must not say that the loss takes no memory, and against the memory."""
    message = stopped(network(), Greedy(SupAPLoss(), ask_too_much, call), memory_size=40)
    assert message.startswith(f"step {step}: out of memory; ")
    assert "`memory_size` (now 40)" in message


def test_another_error_of_a_step_stays_itself_also_where_torch_has_no_error_for_memory_by_that_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """torch 2.4 knew it as `torch.cuda.OutOfMemoryError` alone."""

    def fail() -> None:
        raise RuntimeError("shapes cannot be multiplied")

    monkeypatch.delattr(torch, "OutOfMemoryError", raising=False)
    model = Greedy(network(), fail, 1)
    with pytest.raises(RuntimeError, match="^shapes cannot be multiplied$"):
        fit(Recipe(steps=3, batch_size=16, image_size=16), read("standin"), SupAPLoss(), model=model, progress=False)
