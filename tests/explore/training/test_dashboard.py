"""The training dashboard: what a notebook shows while a network trains, and the finished figure."""

import re
from typing import Any

import numpy as np
import pytest
from counted import function_calls
from toys import by_panel, history

from suprank_edu.data import read
from suprank_edu.explore import Dashboard
from suprank_edu.explore.engine import payload
from suprank_edu.explore.engine.live import LiveExplorer
from suprank_edu.explore.training import dashboard
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import Checkpoints, FitResult, Observer, Recipe, SmallCNN, TrainingLog, Validation, fit

RECIPE = Recipe(steps=6, batch_size=16, image_size=16, channels=(4, 8), embedding_size=8)


def finished(losses: list[float], evaluations: dict[int, dict[str, float]] | None = None) -> FitResult:
    found = [{"step": step} | values for step, values in (evaluations or {}).items()]
    return FitResult(SmallCNN(), history(losses), found)


def test_the_finished_figure_lets_choose_and_escapes_names() -> None:
    board = Dashboard(smooth=1)
    board.add("Sup-AP", RECIPE, finished([0.9, 0.5, 0.1], {3: {"R@1/column0": 0.7, "H-AP": 0.4}}))
    board.add("<script>triplet", RECIPE, finished([0.4, 0.2]))
    shown = board.explorer()
    assert shown.controls[0].values == ("R@1/column0", "H-AP")
    assert "Sup-AP: step 3 of 6" in shown.alt
    assert "R@1/column0 0.700" in shown.alt
    assert "H-AP 0.400" in shown.readout(metric="H-AP", smooth=1)
    block = shown.html()
    assert "<script>triplet" not in block
    stored = payload.decode(re.search(r'class="sre-data">(.*?)<', block).group(1))
    assert "<script>" not in str(stored["data"])
    assert len(block) < 60_000
    for metric, value in (("R@1/column0", 0.7), ("H-AP", 0.4)):
        panels = by_panel(shown.figure.describe(metric=metric, smooth=1))
        assert panels["evaluation"][0]["y"] == [value]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Dashboard(every=-1), "`every`: got -1, expected at least 0"),
        (lambda: Dashboard(smooth=0), "`smooth`: got 0, expected an integer of at least 1"),
        (lambda: Dashboard().explorer(), "`run`: got no run yet"),
        (lambda: Dashboard().run(" "), "`name`: got ' ', expected a text that is not empty"),
        (
            lambda: [board := Dashboard(), *(board.add(name, RECIPE, finished([1.0])) for name in "abcde")],
            "`name`: got a run number 5, 'e', expected at most 4",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match="^`") as caught:
        make()
    assert str(caught.value).startswith(message)


def test_a_run_of_the_same_name_takes_the_place_of_the_first() -> None:
    board = Dashboard()
    for losses in ([1.0, 0.5], [0.25]):
        board.add("again", RECIPE, finished(losses))
    assert [entry["loss"] for entry in board.runs["again"].history] == [0.25]


# while a network trains ----------------------------------------------------------------------------------------------


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list:
    """What a notebook would show."""
    import IPython.display

    shown: list = []
    monkeypatch.setattr(dashboard, "in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", shown.append)
    return shown


def train(*callbacks: Any, **settings: Any) -> FitResult:
    validation = Validation(read("standin", split="test"), every=3)
    settings = {"validation": validation, "device": "cpu", "progress": False} | settings
    return fit(RECIPE, read("standin"), SupAPLoss(), callbacks=callbacks, **settings)


def curves_of(live: LiveExplorer) -> list[tuple[list, list]]:
    return [(list(trace.x), list(trace.y)) for trace in live.figure.data]


def test_in_a_notebook_one_widget_follows_the_training_over_the_runs_before(
    monkeypatch: pytest.MonkeyPatch, displayed: list
) -> None:
    monkeypatch.delenv("SUPRANK_EDU_STATIC", raising=False)
    board, seen = Dashboard(every=0, smooth=1), []
    first = train(board.run("first"))
    monkeypatch.setattr(dashboard, "SHARE", 1.0)  # draw at each step, whatever it costs

    def look(step: int, metrics: Any) -> None:
        seen.append(len(curves_of(displayed[1])[4][0]))  # steps of the second run's loss

    result = train(board.run("second"), look)
    assert len(displayed) == 2  # one a run, brought up to date
    assert seen == [1, 2, 3, 4, 5, 6]
    curves = curves_of(displayed[1])
    assert len(curves) == 8
    for at, run in ((0, first), (4, result)):
        assert curves[at][0] == [entry["step"] for entry in run.history]
        np.testing.assert_allclose(curves[at][1], [entry["loss"] for entry in run.history], rtol=1e-3)
        assert curves[at + 1][0] == [3, 6]
        np.testing.assert_allclose(curves[at + 1][1], [entry["mAP@R/column0"] for entry in run.evaluations], rtol=1e-3)
    words = displayed[1].text.value
    assert "second: step 6 of 6" in words
    assert 'aria-live="off"' in words  # not read out at every step


def test_where_outputs_are_stored_the_finished_figure_is_shown(
    monkeypatch: pytest.MonkeyPatch, displayed: list, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SUPRANK_EDU_STATIC", "1")
    board = Dashboard()
    train(board.run("<i>Sup-AP"))
    assert displayed == [board]
    assert capsys.readouterr() == ("", "")
    bundle = board._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "&lt;i&gt;Sup-AP: step 6 of 6" in bundle["text/html"]


def test_in_a_script_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    board = Dashboard()
    train(board.run("Sup-AP"))
    assert capsys.readouterr() == ("", "")
    assert len(board.runs["Sup-AP"].history) == 6


def test_a_run_that_goes_on_is_shown_whole(tmp_path: Any) -> None:
    class Broken(Exception):
        pass

    def break_at_five(step: int, metrics: Any) -> None:
        if step == 5:
            raise Broken

    board, kept = Dashboard(), {"checkpoints": Checkpoints(tmp_path, every=2)}
    with pytest.raises(Broken):
        train(board.run("Sup-AP"), break_at_five, **kept)
    assert [entry["step"] for entry in board.runs["Sup-AP"].history] == [1, 2, 3, 4, 5]
    result = train(board.run("Sup-AP"), **kept)
    assert board.runs["Sup-AP"].history == result.history
    assert board.runs["Sup-AP"].evaluations == result.evaluations


def test_drawing_takes_a_hundredth_of_the_time_at_most(monkeypatch: pytest.MonkeyPatch, displayed: list) -> None:
    """A clock that only drawing (20 ms) and steps (5 ms) move: in the long run drawing waits for its share."""
    monkeypatch.delenv("SUPRANK_EDU_STATIC", raising=False)
    now, drawn = [0.0], []
    monkeypatch.setattr(dashboard.time, "perf_counter", lambda: now[0])
    watch = Dashboard(every=0.1).run("long")
    watch.start(Recipe(steps=4000), TrainingLog(), None)

    def draw() -> None:
        now[0] += 0.02
        drawn.append(now[0])

    monkeypatch.setattr(watch._live, "draw", draw)
    for step in range(1, 4001):
        now[0] += 0.005
        watch(step, {"step": step, "loss": 0.5, "lr": 0.1, "seconds": 0.005 * step})
    assert len(drawn) >= 5
    assert 0.02 * len(drawn) <= 0.01 * now[0] + 0.02
    assert min(np.diff(drawn)) >= 0.1


def test_a_step_that_draws_nothing_costs_next_to_nothing() -> None:
    watch = Dashboard().run("long")
    watch.start(Recipe(steps=4000), TrainingLog(), None)
    for step in (1, 2, 4000):
        metrics = {"step": step, "loss": 0.5, "lr": 0.1, "seconds": 0.005 * step}
        assert function_calls(lambda step=step, metrics=metrics: watch(step, metrics)) <= 20  # 8, and 1.1 µs


def test_fit_starts_and_closes_it() -> None:
    assert isinstance(Dashboard().run("a"), Observer)
