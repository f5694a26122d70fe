"""In a live JupyterLab the controls, moved by keyboard, give the figure function's numbers, and training is watched."""

import json
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import numpy as np
import pytest
from chromium import PATIENCE, until
from servers import free_port, own_folders, running

from suprank_edu.explore import Choice, Explorer, decomposability_gap, surrogate_bounds
from suprank_edu.explore.drawing.palette import ACCENT, AXIS, EXACT, RIVAL, SMOOTH, SUPRANK, TEXT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MAKE = {"surrogate_bounds": surrogate_bounds, "decomposability_gap": decomposability_gap}
TRAIN = """
import json, time
from pathlib import Path

from suprank_edu.data import read
from suprank_edu.explore import Dashboard
from suprank_edu.explore.training import dashboard
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import Recipe, Validation, fit

dashboard.SHARE = 1.0  # draw at each step, whatever it costs
board = Dashboard(every=0, smooth=1)
recipe = Recipe(steps=20, batch_size=16, image_size=16, channels=(4, 8), embedding_size=8)


def wait_at_ten(step, metrics):
    while step == 10 and not Path("go").exists():
        time.sleep(0.05)


where = {"validation": Validation(read("standin", split="test"), every=5), "device": "cpu", "progress": False}
result = fit(recipe, read("standin"), SupAPLoss(), callbacks=[board.run("<i>mine"), wait_at_ten], **where)
Path("result.json").write_text(json.dumps([result.history, result.evaluations]))
"""
TWICE = "from suprank_edu.explore import surrogate_bounds\n\nsurrogate_bounds()"
CELLS = {name: [f"from suprank_edu.explore import {name}\n\n{name}()"] for name in MAKE} | {
    "train": [TRAIN, "board"],
    "twice": [TWICE, TWICE],
}
READ = "plot => plot.data.map(t => [Array.from(t.x ?? []), Array.from(t.y ?? [])])"


class Lab(NamedTuple):
    """The address of a notebook by its name, and the folder they lie in."""

    address: str
    folder: Path


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of its own: its own port, token, settings and notebooks."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "notebooks").mkdir()
    for name, cells in CELLS.items():
        spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)), metadata=spec)
        nbformat.write(notebook, folder / "notebooks" / f"{name}.ipynb")
    port, token = free_port(), secrets.token_hex(16)
    environment = {key: value for key, value in os.environ.items() if key != "SUPRANK_EDU_STATIC"}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={folder / 'notebooks'}", "--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    address = f"http://127.0.0.1:{port}"
    with running(command, environment | own_folders(folder), f"{address}/api?token={token}", folder / "log"):
        # A workspace each: Lab would open the notebooks of the last one again.
        yield Lab(f"{address}/lab/workspaces/{{name}}/tree/{{name}}.ipynb?token={token}", folder / "notebooks")


def shows(plot: Any, explorer: Explorer, parameters: dict[str, Any]) -> None:
    """Wait until the traces are those of ``parameters``; say how they differ when they never are."""
    wanted = [[axis(trace, name) for name in ("x", "y")] for trace in explorer.figure.describe(**parameters)["data"]]
    same = """(plot, wanted) => {
        const close = (a, b) => a === b || (a == null && b == null) || Math.abs(a - b) <= 1e-9 * Math.abs(b) + 1e-12;
        const equal = (a, b) => a.length === b.length && b.every((v, i) => close(a[i], v));
        return plot.data?.length === wanted.length && plot.data.every((t, i) =>
            equal(Array.from(t.x ?? []), wanted[i][0]) && equal(Array.from(t.y ?? []), wanted[i][1]));
    }"""
    try:
        until(plot, same, wanted)
    except AssertionError:
        for shown, expected in zip(plot.evaluate(READ), wanted, strict=True):
            np.testing.assert_allclose(np.array(shown[1], float), np.array(expected[1], float), rtol=1e-9)
        raise


def axis(trace: dict[str, Any], name: str) -> list[float | None]:
    return [None if v is None else float(v) for v in trace.get(name, [])]


def run_all(name: str, lab: Lab, browser: Any) -> Any:
    """Open a notebook, start all its cells, and return the page."""
    tab = browser.new_page(viewport={"width": 1280, "height": 1100})
    tab.set_default_timeout(PATIENCE)
    tab.goto(lab.address.format(name=name))
    tab.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel")
    tab.evaluate("async () => { await window.jupyterapp.restored; }")
    tab.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    return tab


# One explorer shows that a kernel answers; the other has a list, presets and more controls.
@pytest.mark.parametrize("name", ["surrogate_bounds", pytest.param("decomposability_gap", marks=pytest.mark.nightly)])
def test_the_keyboard_moves_every_control_of_the_live_explorer(name: str, lab: Lab, browser: Any) -> None:
    tab = run_all(name, lab, browser)
    output = tab.locator(".jp-OutputArea-output").first
    plot = output.locator(".js-plotly-plot")
    plot.wait_for()
    explorer = MAKE[name]()
    parameters = explorer.parameters
    shows(plot, explorer, parameters)
    for control in explorer.controls:
        row = output.locator(".widget-inline-hbox", has_text=control.label)
        at = control.values.index(parameters[control.name])
        back = at == len(control.values) - 1
        if isinstance(control, Choice):
            row.locator("select").focus()
            tab.keyboard.press("ArrowUp" if back else "ArrowDown")
        else:
            row.locator(".noUi-handle").focus()
            tab.keyboard.press("ArrowLeft" if back else "ArrowRight")
        value = control.values[at - 1 if back else at + 1]
        parameters = parameters | {control.name: value}
        if isinstance(control, Choice):
            parameters = parameters | dict(control.presets.get(value, {}))
        shows(plot, explorer, parameters)
        wait_for_text(output, explorer.readout(**parameters).split("\n")[0])
    output.get_by_role("button", name="Reset").click()
    shows(plot, explorer, explorer.parameters)
    tab.close()


COLOURS = """plot => {
    const of = (what, kind) => [...plot.querySelectorAll(what)].map(each => getComputedStyle(each)[kind]);
    return {
        words: of(".xtick text, .ytick text, .legendtext", "fill"),
        curves: of(".trace path.js-line", "stroke"),
        grounds: [...of(".main-svg", "backgroundColor"), ...of(".main-svg rect.bg", "fill")],
    };
}"""


def written(colour: str) -> str:
    """Return #0067b1 as a browser writes it."""
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


def test_a_live_figure_follows_the_theme(lab: Lab, browser: Any) -> None:
    """The kernel is not asked: its colours stay those that the figure was made with."""
    tab = run_all("surrogate_bounds", lab, browser)
    plot = tab.locator(".jp-OutputArea-output .js-plotly-plot").first
    plot.wait_for()
    until(plot, "plot => plot.querySelectorAll('.trace path.js-line').length > 1")
    light = plot.evaluate(COLOURS)
    assert set(light["words"]) == {written(TEXT.light)}
    change = "async theme => { await window.jupyterapp.commands.execute('apputils:change-theme', { theme }); }"
    tab.evaluate(change, "JupyterLab Dark")
    tab.locator(".suprank-dark").wait_for()
    dark = plot.evaluate(COLOURS)
    pairs = {written(pair.light): written(pair.dark) for pair in (TEXT, EXACT, SUPRANK, SMOOTH, RIVAL, ACCENT, AXIS)}
    assert set(dark["words"]) == {written(TEXT.dark)}
    assert dark["curves"] == [pairs[colour] for colour in light["curves"]]
    assert set(dark["grounds"]) == {"rgba(0, 0, 0, 0)"}
    tab.evaluate(change, "JupyterLab Light")
    tab.wait_for_function("() => !document.querySelector('.suprank-dark')")
    assert plot.evaluate(COLOURS) == light
    tab.close()


@pytest.mark.nightly
def test_figures_that_share_plotlys_script_draw_and_draw_again_in_a_page_opened_anew(lab: Lab, browser: Any) -> None:
    """A page that is loaded again asks the kernel for its widgets, in whatever order."""
    tab = run_all("twice", lab, browser)
    explorer = surrogate_bounds()
    for loaded in range(2):
        for number in range(2):
            plot = tab.locator(".jp-OutputArea-output .js-plotly-plot").nth(number)
            plot.wait_for()
            shows(plot, explorer, explorer.parameters)
        if not loaded:
            tab.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
            tab.reload()
    tab.close()


@pytest.mark.nightly
def test_the_dashboard_grows_while_a_network_trains(lab: Lab, browser: Any) -> None:
    tab = run_all("train", lab, browser)
    output = tab.locator(".jp-OutputArea-output").first
    plot = output.locator(".js-plotly-plot")
    plot.wait_for()
    wait_for_steps(plot, 10)  # the cell runs: training waits for a file
    assert not (lab.folder / "result.json").exists()
    wait_for_text(output, "<i>mine: step 10 of 20")
    (lab.folder / "go").touch()
    wait_for_steps(plot, 20)
    explored = tab.locator(".jp-OutputArea-output .js-plotly-plot").nth(1)
    explored.wait_for()  # the second cell: the same runs, with controls
    wait_for_steps(explored, 20)
    history, evaluations = json.loads((lab.folder / "result.json").read_text())
    for shown in (plot, explored):
        loss, metric = shown.evaluate(READ)[:2]
        np.testing.assert_allclose(loss, [[e["step"] for e in history], [e["loss"] for e in history]], rtol=1e-3)
        wanted = [[e["step"] for e in evaluations], [e["mAP@R/column0"] for e in evaluations]]
        np.testing.assert_allclose(metric, wanted, rtol=1e-3)
    choice = tab.locator(".widget-inline-hbox", has_text="Evaluation").locator("select")
    choice.select_option("H-AP")
    at = [e["H-AP"] for e in evaluations]
    close = """(plot, y) => plot.data[1].y.length === y.length
        && y.every((v, i) => Math.abs(v - plot.data[1].y[i]) < 1e-3)"""
    until(explored, close, at)
    tab.close()


def wait_for_steps(plot: Any, steps: int) -> None:
    """Wait until the first curve has all steps up to one, and no more."""
    at = "(plot, steps) => plot.data?.[0].x?.length === steps && plot.data[0].x[steps - 1] === steps"
    until(plot, at, steps)


def wait_for_text(output: Any, text: str) -> None:
    """Wait until an output has a text: figure and words come in messages of their own, one after the other."""
    until(output, "(root, text) => root.innerText.includes(text)", text)
