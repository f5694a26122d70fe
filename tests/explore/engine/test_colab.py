"""Explorers in Colab, whose part that matters is stood in for: widgets answer, and say where their manager comes from."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from suprank_edu.explore import surrogate_bounds

VIEW = "application/vnd.jupyter.widget-view+json"
PATIENCE = 240  # seconds; a busy machine is slow, not wrong
# Of `google.colab.output`: whoever displays a widget of another package switches the manager on first, and names it.
COLAB = """
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

output = ModuleType("google.colab.output")
output._widgets = SimpleNamespace(_installed_url=None)
output.enable_custom_widget_manager = lambda: setattr(output._widgets, "_installed_url", "https://colab.example/manager.js")
colab = ModuleType("google.colab")
colab.output, colab.__spec__ = output, ModuleSpec("google.colab", None)
sys.modules |= {"google.colab": colab, "google.colab.output": output}
"""
EXPLORER = "from suprank_edu.explore import surrogate_bounds\nsurrogate_bounds()"
TRAINING = """
from suprank_edu.data import read
from suprank_edu.explore import Dashboard
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import Recipe, fit

board = Dashboard()
recipe = Recipe(steps=2, batch_size=16, image_size=16, channels=(4, 8), embedding_size=8)
result = fit(recipe, read("standin"), SupAPLoss(), callbacks=[board.run("one")], device="cpu", progress=False)
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    """A kernel that takes itself for one of Colab's."""
    environment = {key: value for key, value in os.environ.items() if key != "SUPRANK_EDU_STATIC"}
    manager, client = start_new_kernel(startup_timeout=PATIENCE, env=environment)
    said(client, client.execute(COLAB))
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def said(client: BlockingKernelClient, asked: str) -> list[dict[str, Any]]:
    """Return what the kernel publishes on a message until it is done with it."""
    messages = []
    while True:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message["parent_header"].get("msg_id") != asked:
            continue
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return messages
        assert message["msg_type"] != "error", message["content"]["traceback"]
        messages.append(message)


def shown(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the content of those messages that show a widget."""
    kinds = ("execute_result", "display_data")
    return [m["content"] for m in messages if m["msg_type"] in kinds and VIEW in m["content"]["data"]]


def test_an_explorer_answers_and_its_manager_is_on_before_it_is_shown(kernel: BlockingKernelClient) -> None:
    messages = said(kernel, kernel.execute(EXPLORER))
    (content,) = shown(messages)
    assert content["metadata"][VIEW] == {
        "colab": {"custom_widget_manager": {"url": "https://colab.example/manager.js"}}
    }

    explorer = surrogate_bounds()
    slider = next(control for control in explorer.controls if hasattr(control, "values") and len(control.values) > 10)
    opened = {m["content"]["comm_id"]: m["content"]["data"]["state"] for m in messages if m["msg_type"] == "comm_open"}
    names = {state.get("description"): comm for comm, state in opened.items() if "_options_labels" in state}
    move = {"method": "update", "state": {"index": 3}, "buffer_paths": []}
    message = kernel.session.msg("comm_msg", {"comm_id": names[slider.label], "data": move})
    kernel.shell_channel.send(message)
    answer = said(kernel, message["header"]["msg_id"])
    states = [m["content"]["data"].get("state", {}) for m in answer if m["msg_type"] == "comm_msg"]
    assert any(any(key.startswith("_py2js") and state[key] for key in state) for state in states), "the figure"
    readout = explorer.readout(**explorer.parameters | {slider.name: slider.values[3]}).split("\n")[0]
    assert any(
        readout.split("<")[0] in state.get("value", "") for state in states if isinstance(state.get("value"), str)
    )


def test_the_dashboards_manager_is_on_before_training_shows_it(kernel: BlockingKernelClient) -> None:
    said(kernel, kernel.execute("output._widgets._installed_url = None"))
    (content,) = shown(said(kernel, kernel.execute(TRAINING)))
    assert content["metadata"][VIEW]["colab"]["custom_widget_manager"]["url"] == "https://colab.example/manager.js"
