"""What only a card can show: memory that runs out, graphs, waiting, a run that is killed. `pytest --device cuda`."""

import itertools
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch.nn.functional import normalize
from training import to_be_killed
from training.small_networks import GroupNormNet, weights

from suprank_edu.data import VectorDataset, read
from suprank_edu.losses import SupAPLoss, SupHAPLoss, happier, roadmap
from suprank_edu.training import Recipe, TrainingError, checkpoint, fit

LABELS = torch.stack([torch.arange(256) // 4, torch.arange(256) // 32], dim=1)


def step(loss: torch.nn.Module, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Return embeddings that have been given a gradient, and the loss."""
    draw = torch.Generator().manual_seed(0)
    embeddings = normalize(torch.randn(256, 64, generator=draw), dim=1).to(device).requires_grad_()
    value = loss(embeddings, LABELS.to(device))
    value.backward()
    return embeddings, value.detach()


def test_out_of_memory_says_what_to_lower(card: torch.device) -> None:
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(0.01)
    try:
        big = Recipe(steps=1, batch_size=800, per_class=20, image_size=96, channels=(512, 512, 512))
        with pytest.raises(TrainingError, match="out of memory; lower `embed_at_once` \\(now 800 images"):
            fit(big, read("standin"), SupAPLoss(), device="cuda", progress=False)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def test_a_batch_of_4096_in_pieces_is_the_batch(card: torch.device) -> None:
    draw = torch.Generator().manual_seed(0)
    vectors = VectorDataset(torch.randn(4096, 64, generator=draw).numpy(), torch.arange(4096) // 4)
    found = []
    for at_once in (None, 512):
        recipe = Recipe(steps=2, batch_size=4096, embed_at_once=at_once, embedding_size=32)
        run = fit(recipe, vectors, SupAPLoss(), device="cuda", progress=False)
        found.append([entry["loss"] for entry in run.history])
    assert found[0] == pytest.approx(found[1], rel=1e-5)


@pytest.mark.parametrize("options", [{}, {"precision": "bf16"}, {"precision": "fp16"}, {"optimizer": "sgd"}])
def test_each_precision_and_optimiser_learns(card: torch.device, options: dict[str, str]) -> None:
    recipe = Recipe(steps=20, batch_size=32, image_size=16, channels=(8, 8), **options)
    history = fit(recipe, read("standin"), SupAPLoss(), device="cuda", progress=False).history
    assert history[-1]["loss"] < history[0]["loss"]


def test_a_compiled_network_takes_the_same_steps(card: torch.device) -> None:
    found = []
    for compiled in (False, True):
        recipe = Recipe(steps=3, batch_size=32, image_size=16, channels=(8, 8), compile=compiled)
        found.append([entry["loss"] for entry in fit(recipe, read("standin"), SupAPLoss(), progress=False).history])
    assert found[0] == pytest.approx(found[1], rel=1e-3)


def test_a_deterministic_run_gives_the_same_bits_twice(card: torch.device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    recipe = Recipe(steps=3, batch_size=32, image_size=16, channels=(8, 8), deterministic=True)
    first, second = (
        weights(fit(recipe, read("standin"), SupAPLoss(), device="cuda", progress=False).model) for _ in range(2)
    )
    assert torch.equal(first, second)


def waits_of(loss: torch.nn.Module, labels: torch.Tensor, card: torch.device) -> list[str]:
    """Return what torch says of each time that a second step waits for the card: the first compiles kernels."""
    loss, labels = loss.to(card), labels.to(card)
    for _ in range(2):
        leaf = normalize(torch.randn(len(labels), 64, device=card), dim=1).requires_grad_()
        torch.cuda.synchronize()
        torch.cuda.set_sync_debug_mode("warn")
        try:
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                loss(leaf, labels).backward()
        finally:
            torch.cuda.set_sync_debug_mode("default")
    return [str(warning.message) for warning in seen if "synchroniz" in str(warning.message)]


@pytest.mark.parametrize("make", [SupAPLoss, SupHAPLoss, lambda: happier(64, 64), lambda: roadmap(64, 64)])
def test_a_step_waits_once(card: torch.device, make: Callable[[], torch.nn.Module]) -> None:
    waits = waits_of(make(), LABELS, card)
    assert len(waits) <= 1, waits


@pytest.mark.parametrize("size", [256, 8192])
@pytest.mark.parametrize("make", [SupAPLoss, SupHAPLoss])
def test_without_looks_it_never_waits(card: torch.device, make: type, size: int) -> None:
    """Nor where so many pairs are compared that the loss itself would sort them."""
    labels = torch.stack([torch.arange(size) // (size // 4), torch.arange(size) // (size // 2)], dim=1)
    assert waits_of(make().without_looks(labels), labels, card) == []


@pytest.mark.parametrize("options", [{}, {"precision": "fp16", "max_grad_norm": 1.0}, {"memory_size": 64}])
def test_fit_waits_for_nothing_but_its_loss(card: torch.device, options: dict[str, object]) -> None:
    recipe = Recipe(steps=12, batch_size=32, image_size=16, channels=(8, 8), **options)
    waits: list[int] = []
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:

            def look(*_: object) -> None:
                waits.append(sum("synchroniz" in str(warning.message) for warning in seen))

            fit(recipe, read("standin"), SupAPLoss(), device="cuda", progress=False, callbacks=[look])
        finally:
            torch.cuda.set_sync_debug_mode("default")
    between = [after - before for before, after in itertools.pairwise(waits)][3:-1]
    assert max(between) <= 1, [str(warning.message) for warning in seen]


def test_a_graph_captures_a_training_step(card: torch.device) -> None:
    model = torch.nn.Linear(64, 32).to(card)
    loss = SupAPLoss().without_looks(LABELS)
    images, labels = torch.randn(256, 64, device=card), LABELS.to(card)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def one() -> torch.Tensor:
        optimizer.zero_grad(set_to_none=False)
        value = loss(normalize(model(images), dim=1), labels)
        value.backward()
        optimizer.step()
        return value

    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            one()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        static = one()
    start = {name: value.clone() for name, value in model.state_dict().items()}
    replayed = []
    for _ in range(3):
        graph.replay()
        replayed.append(static.item())
    model.load_state_dict(start)
    assert replayed == pytest.approx([one().item() for _ in range(3)], rel=1e-4)
    assert replayed[-1] < replayed[0]


def test_a_run_that_is_killed_goes_on(card: torch.device, tmp_path: Path) -> None:
    command = [sys.executable, str(to_be_killed.__file__), str(tmp_path / "killed"), "device=cuda"]
    assert subprocess.run([*command, "die_in_save=8"], check=False).returncode == -9
    to_be_killed.main(str(tmp_path / "killed"), "device=cuda")
    to_be_killed.main(str(tmp_path / "unbroken"), "device=cuda")
    ours, theirs = (checkpoint.load(tmp_path / name / "last.pt")["model"] for name in ("killed", "unbroken"))
    for name in theirs:
        torch.testing.assert_close(ours[name], theirs[name], rtol=1e-3, atol=1e-4)


def test_networks_lie_channels_last(card: torch.device) -> None:
    recipe = Recipe(steps=1, batch_size=16, image_size=16)
    model = fit(recipe, read("standin"), SupAPLoss(), model=GroupNormNet(), device="cuda", progress=False).model
    filters = [parameter for parameter in model.parameters() if parameter.ndim == 4 and parameter.shape[1] > 1]
    assert all(filter.is_contiguous(memory_format=torch.channels_last) for filter in filters)
