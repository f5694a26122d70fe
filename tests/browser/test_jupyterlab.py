"""In a live JupyterLab the same controls, moved by keyboard, give the numbers of the figure function."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from suprank_edu.explore import Choice, Explorer, rank_a_gallery, surrogate_bounds

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MAKE = {"surrogate_bounds": surrogate_bounds, "rank_a_gallery": rank_a_gallery}
READ = "plot => plot.data.map(t => [Array.from(t.x ?? []), Array.from(t.y ?? [])])"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A JupyterLab of its own: its own port, token, settings and notebooks."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "notebooks").mkdir()
    for name in MAKE:
        code = f"from suprank_edu.explore import {name}\n\n{name}()"
        spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)], metadata=spec)
        nbformat.write(notebook, folder / "notebooks" / f"{name}.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    own |= {"IPYTHONDIR": str(folder / "ipython"), "JUPYTER_PREFER_ENV_PATH": "1"}
    environment = {key: value for key, value in os.environ.items() if key != "SUPRANK_EDU_STATIC"} | own
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={folder / 'notebooks'}", "--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    log = (folder / "log").open("w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for_server(server, f"{address}/api?token={token}", folder / "log")
        # A workspace each: Lab would open the notebooks of the last one again.
        yield f"{address}/lab/workspaces/{{name}}/tree/{{name}}.ipynb?token={token}"
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def wait_for_server(server: subprocess.Popen[bytes], address: str, log: Path, limit: float = 120) -> None:
    """Return once the server answers; fail with its log when it ends or takes too long."""
    end = time.monotonic() + limit
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


def shows(tab: Any, plot: Any, explorer: Explorer, parameters: dict[str, Any]) -> None:
    """Wait until the traces are those of ``parameters``; say how they differ when they never are."""
    wanted = [[axis(trace, name) for name in ("x", "y")] for trace in explorer.figure.describe(**parameters)["data"]]
    same = """([plot, wanted]) => {
        const close = (a, b) => a === b || (a == null && b == null) || Math.abs(a - b) <= 1e-9 * Math.abs(b) + 1e-12;
        const equal = (a, b) => a.length === b.length && b.every((v, i) => close(a[i], v));
        return plot.data.length === wanted.length && plot.data.every((t, i) =>
            equal(Array.from(t.x ?? []), wanted[i][0]) && equal(Array.from(t.y ?? []), wanted[i][1]));
    }"""
    try:
        tab.wait_for_function(same, arg=[plot.element_handle(), wanted], timeout=60_000)
    except Exception:
        for shown, expected in zip(plot.evaluate(READ), wanted, strict=True):
            np.testing.assert_allclose(np.array(shown[1], float), np.array(expected[1], float), rtol=1e-9)
        raise


def axis(trace: dict[str, Any], name: str) -> list[float | None]:
    return [None if v is None else float(v) for v in trace.get(name, [])]


@pytest.mark.parametrize("name", MAKE)
def test_the_keyboard_moves_every_control_of_the_live_explorer(name: str, lab: str, browser: Any) -> None:
    tab = browser.new_page(viewport={"width": 1280, "height": 1100})
    tab.set_default_timeout(120_000)
    tab.goto(lab.format(name=name))
    tab.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel")
    tab.evaluate("async () => { await window.jupyterapp.restored; }")
    tab.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    output = tab.locator(".jp-OutputArea-output").first
    plot = output.locator(".js-plotly-plot")
    plot.wait_for()
    explorer = MAKE[name]()
    parameters = explorer.parameters
    shows(tab, plot, explorer, parameters)
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
        shows(tab, plot, explorer, parameters)
        tab.wait_for_function(
            "([root, text]) => root.innerText.includes(text)",
            arg=[output.element_handle(), explorer.readout(**parameters).split("\n")[0]],
        )
    output.get_by_role("button", name="Reset").click()
    shows(tab, plot, explorer, explorer.parameters)
    tab.close()
