"""The explorer with a kernel: the widgets show what the figure function gives, and send data only."""

import json
import random
import statistics

import comm
import numpy as np
from comm.base_comm import BaseComm
from counted import function_calls
from ipywidgets import Widget
from plotly.graph_objects import FigureWidget
from toys import describe, readout, toy

from suprank_edu.explore import Explorer
from suprank_edu.explore.engine.live import LiveExplorer, changes


def assert_shows(live: LiveExplorer, parameters: dict) -> None:
    """Compare the widgets with a figure built anew for ``parameters``."""
    assert live.parameters == parameters
    wanted = live.explorer.figure(**parameters)
    assert len(live.figure.data) == len(wanted.data)
    for trace, expected in zip(live.figure.data, wanted.data, strict=True):
        ours, theirs = trace.to_plotly_json(), expected.to_plotly_json()
        ours.pop("uid", None)
        assert str(ours) == str(theirs)


def test_the_widgets_follow_every_control() -> None:
    live = LiveExplorer(toy())
    assert_shows(live, toy().parameters)
    for name, value in [("slope", -0.5), ("power", 3), ("dots", True), ("slope", 0.0), ("dots", False)]:
        live.inputs[name].value = value
        parameters = toy().parameters | live.parameters | {name: value}
        assert_shows(live, parameters)
        assert readout(**parameters).split("\n")[0] in live.text.value


def test_choosing_an_option_sets_the_controls_of_its_preset_and_reset_returns() -> None:
    live = LiveExplorer(toy())
    live.inputs["shape"].value = "absolute"
    assert_shows(live, {"slope": 1.0, "power": 1, "shape": "absolute", "dots": True})
    live.inputs["slope"].value = -1.0  # the preset is a start, not a lock
    assert_shows(live, {"slope": -1.0, "power": 1, "shape": "absolute", "dots": True})
    live.reset()
    assert_shows(live, toy().parameters)


def test_the_books_explorers_show_live_what_their_functions_give(explorer: Explorer) -> None:
    live = LiveExplorer(explorer)
    for control in explorer.controls:
        for value in (control.values[0], control.values[-1], control.values[len(control.values) // 2]):
            live.inputs[control.name].value = value
            assert_shows(live, live.parameters)


def test_the_first_message_to_the_page_holds_the_whole_figure(monkeypatch) -> None:
    """Plotly opens its widget empty and sends the traces after it: a page that draws in between stays empty."""
    sent: list[dict] = []

    def send(self: BaseComm, kind: str, data: dict | None = None, *args: object, **kwargs: object) -> None:
        sent.append({"kind": kind, "comm": self.comm_id, **(data or {})})

    monkeypatch.setattr(BaseComm, "publish_msg", send)
    monkeypatch.setattr(comm, "create_comm", BaseComm)
    figure = LiveExplorer(toy()).figure
    first, *others = [message for message in sent if message["comm"] == figure.comm.comm_id]
    assert first["kind"] == "comm_open"
    assert len(first["state"]["_widget_data"]) == len(toy().figure(**toy().parameters).data)
    assert first["state"]["_widget_layout"] == figure.layout.to_plotly_json()
    assert not any("_widget_data" in message.get("state", {}) for message in others)


def test_plotlys_script_goes_to_the_page_once() -> None:
    """Each widget of plotly's own carries five megabytes, and Colab writes them all into the notebook it saves."""
    first, second = LiveExplorer(toy()).figure, LiveExplorer(toy()).figure
    assert first.script is second.script
    assert first.script.text == str(FigureWidget._esm)
    assert len(json.dumps(first.get_state(), default=str)) < 100_000


def test_a_figure_made_after_all_widgets_were_closed_has_a_script(monkeypatch) -> None:
    monkeypatch.setattr(BaseComm, "publish_msg", lambda *args, **kwargs: None)
    LiveExplorer(toy())
    Widget.close_all()
    assert LiveExplorer(toy()).figure.script.comm is not None


def test_a_move_assigns_only_what_changed(monkeypatch) -> None:
    live = LiveExplorer(toy())
    sent: list[dict] = []
    monkeypatch.setattr(live.figure, "_send_update_msg", lambda **message: sent.append(message))
    for message in ("_send_restyle_msg", "_send_relayout_msg", "_send_addTraces_msg", "_send_deleteTraces_msg"):
        monkeypatch.setattr(live.figure, message, lambda *args, **kwargs: sent.append({"other": args}))
    live.inputs["dots"].value = True
    assert len(sent) == 1
    assert list(sent[0]["restyle_data"]) == ["mode"]
    assert not sent[0]["relayout_data"]
    live.inputs["dots"].value = True  # where it already is
    assert len(sent) == 1


def test_texts_are_escaped_in_the_widgets_too() -> None:
    nasty = "<b onclick=alert(1)>"
    live = LiveExplorer(toy(title=nasty, alt=nasty, readout=lambda **parameters: nasty))
    assert "&lt;b onclick" in live.text.value
    assert live.box.children[0].value.count("&lt;b onclick") == 2
    assert "<b " not in live.text.value + live.box.children[0].value


def test_what_a_notebook_gets_depends_on_the_static_switch(monkeypatch) -> None:
    explorer = toy()
    monkeypatch.setenv("SUPRANK_EDU_STATIC", "1")
    assert set(explorer._repr_mimebundle_()) == {"text/html", "text/plain"}
    monkeypatch.setenv("SUPRANK_EDU_STATIC", "0")
    assert "text/html" not in explorer._repr_mimebundle_()
    monkeypatch.delenv("SUPRANK_EDU_STATIC")
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert bundle["text/plain"] == "A toy. A curve through the origin."


def test_colab_is_told_where_plotlys_widget_comes_from(monkeypatch) -> None:
    import sys
    from types import ModuleType, SimpleNamespace

    called = []
    output = ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: called.append(True)
    output._widgets = SimpleNamespace(_installed_url="https://example.org/manager.js")
    colab = ModuleType("google.colab")
    colab.output = output
    google = ModuleType("google")
    google.colab = colab
    for module in (google, colab, output):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.delenv("SUPRANK_EDU_STATIC", raising=False)
    data, metadata = toy()._repr_mimebundle_()
    assert called
    manager = metadata["application/vnd.jupyter.widget-view+json"]["colab"]["custom_widget_manager"]
    assert manager == {"url": "https://example.org/manager.js"}
    assert data["text/plain"].startswith("A toy")


def test_changes_are_found_at_any_depth_and_arrays_by_value() -> None:
    old = describe(0.5, 1, "odd", False)["data"][0]
    new = describe(0.5, 1, "odd", True)["data"][0]
    assert changes(new, old) == [("mode", "lines+markers")]
    assert changes({"a": {"b": np.array([1.0, np.nan])}}, {"a": {"b": np.array([1.0, np.nan])}}) == []
    ((path, value),) = changes({"a": {"b": np.array([1, 2])}}, {"a": {"b": np.array([1, 3])}})
    assert path == "a.b"
    assert value.tolist() == [1, 2]


def test_a_move_is_little_work(explorer: Explorer) -> None:
    """A figure of 40,000 function calls comes in about 10 ms; `make bench` has the time."""
    moves = random.Random(1).sample(list(explorer.grid()), 20)
    explorer.figure(**moves[0])  # plotly is imported and its validators are read
    calls = [function_calls(lambda p=p: (explorer.figure(**p), explorer.readout(**p))) for p in moves]
    assert statistics.median(calls) < 60_000
