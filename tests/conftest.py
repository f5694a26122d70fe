"""What every test shares: the browser, how hypothesis searches, and the golden values."""

import importlib.util
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from chromium import started
from on_device import place

HERE = Path(__file__).parent

if importlib.util.find_spec("hypothesis") is not None:  # a bare machine with a card may lack it
    from hypothesis import settings

    # The same examples on every machine and every run: a failure seen once is a failure seen always.
    settings.register_profile("suprank", derandomize=True, deadline=None, max_examples=25)
    # For a long look: pytest --hypothesis-profile=thorough
    settings.register_profile("thorough", derandomize=False, deadline=None, max_examples=500)
    settings.load_profile("suprank")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the core be tested on a card: the same tests against the same oracles on the CPU."""
    parser.addoption("--device", help="where the library computes what a test asks of it, such as cuda")


def pytest_configure(config: pytest.Config) -> None:
    """Keep chapters to their place (tests/kernels), and give the library its device before a test imports from it."""
    paths = [str(HERE / "kernels"), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    name = config.getoption("--device")
    if name is None:
        return
    device = torch.device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise pytest.UsageError(f"--device {name}: torch {torch.__version__} finds no CUDA card here")
    place(device)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with chapters and with files that hold slow tests: two processes share the work, and neither ends alone."""
    names = ("slow", "browser")
    long = {item.path for item in items if item.path.suffix == ".ipynb" or any(map(item.get_closest_marker, names))}
    items.sort(key=lambda item: item.path not in long)  # stable: files stay whole, and in order


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Let no test reach another machine: what is downloaded is served by the test itself, on this one."""
    connect = socket.socket.connect

    def to_this_machine(self: socket.socket, address: Any) -> None:
        online = self.family in (socket.AF_INET, socket.AF_INET6) and self.type == socket.SOCK_STREAM
        if online and not str(address[0]).startswith(("127.", "::1", "localhost")):
            raise AssertionError(f"a test asked for {address}, which is another machine")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", to_this_machine)
        yield


@pytest.fixture
def card(request: pytest.FixtureRequest) -> torch.device:
    """The CUDA card of `--device`; a test that needs one is skipped without it."""
    device = torch.device(request.config.getoption("--device") or "cpu")
    if device.type != "cuda":
        pytest.skip("no card: pytest --device cuda")
    return device


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for `golden_loss` one entry of tests/golden/index.json at a time."""
    if "golden_loss" in metafunc.fixturenames:
        index = json.loads((HERE / "golden" / "index.json").read_text())
        entries = [(case, entry) for case, entries in index.items() for entry in entries]
        names = [f"{case}-{entry['name']}" for case, entry in entries]
        metafunc.parametrize("golden_loss", entries, ids=names)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One chromium for a file: while it is open, nothing else may start an event loop."""
    yield from started()


@pytest.fixture(scope="session")
def golden() -> dict[str, dict[str, torch.Tensor]]:
    """The arrays of each golden case by name, as tensors; `grad_i` belongs to loss i of the case."""
    cases = {}
    for path in sorted((HERE / "golden").glob("*.npz")):
        with np.load(path) as arrays:
            cases[path.stem] = {name: torch.from_numpy(arrays[name]) for name in arrays}
    return cases
