"""Loss curves: the moving mean, the finished figure, and the live curve only where a notebook can show it."""

import re

import numpy as np
import pytest

from suprank_edu.explore import LiveLossCurve, loss_curve, loss_curves, payload
from suprank_edu.explore.loss_curve import moving_mean


def history(losses: list[float]) -> list[dict[str, float]]:
    return [{"step": step, "loss": loss} for step, loss in enumerate(losses, 1)]


def test_the_moving_mean_looks_back_and_never_beyond_the_start() -> None:
    losses = list(np.random.default_rng(0).random(50))
    for window in (1, 3, 50, 80):
        expected = [np.mean(losses[max(0, i - window + 1) : i + 1]) for i in range(50)]
        np.testing.assert_allclose(moving_mean(losses, window), expected)


def test_the_figure_of_finished_runs_names_each_and_says_where_it_went() -> None:
    shown = loss_curves({"Sup-AP": history([0.9, 0.5, 0.1]), "<triplet>": history([0.4, 0.2])}, smooth=1)
    block = shown.html()
    stored = payload.decode(re.search(r'class="sre-data">(.*?)<', block).group(1))
    assert [trace["y"] for trace in stored["data"]] == [[0.9, 0.5, 0.1], [0.4, 0.2]]
    assert [trace["x"] for trace in stored["data"]] == [[1, 2, 3], [1, 2]]
    assert len({(trace["line"]["color"], trace["line"]["dash"]) for trace in stored["data"]}) == 2
    assert "Sup-AP goes from 0.90 to 0.10 in 3 steps; <triplet> goes from 0.40 to 0.20 in 2 steps" in shown.alt
    assert "<triplet>" not in block


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({},), "`histories`: got 0 runs, expected 1 to 3"),
        (({"a": []},), "`histories`: got no step in the run 'a', expected at least one"),
        (({"a": history([1.0])}, 0), "`smooth`: got 0, expected at least 1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message: str) -> None:
    with pytest.raises(ValueError, match="^`") as caught:
        loss_curves(*arguments)
    assert str(caught.value) == message
    with pytest.raises(ValueError, match="`every`, `smooth`"):
        LiveLossCurve("a", every=0)


@pytest.fixture
def displayed(monkeypatch) -> list:
    """What a notebook would show."""
    import IPython.display

    shown: list = []
    monkeypatch.setattr(loss_curve, "in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", shown.append)
    return shown


def test_in_a_notebook_one_widget_follows_the_training(monkeypatch, displayed: list) -> None:
    monkeypatch.delenv("SUPRANK_EDU_STATIC", raising=False)
    curve = LiveLossCurve("Sup-AP", every=2, smooth=2)
    for step, loss in enumerate([1.0, 0.5, 0.25, 0.75, 0.0], 1):
        curve(step, {"loss": loss})
    (widget,) = displayed  # shown once, updated after
    assert list(widget.data[0].x) == [1, 2, 3, 4]
    np.testing.assert_allclose(widget.data[0].y, [1.0, 0.75, 0.375, 0.5])
    assert curve.losses == [1.0, 0.5, 0.25, 0.75, 0.0]


def test_where_outputs_are_stored_the_curve_keeps_silent(monkeypatch, displayed: list, capsys) -> None:
    monkeypatch.setenv("SUPRANK_EDU_STATIC", "1")
    curve = LiveLossCurve("Sup-AP", every=1)
    curve(1, {"loss": 0.5})
    assert displayed == []
    assert capsys.readouterr() == ("", "")
    assert curve.losses == [0.5]


def test_in_a_script_the_curve_keeps_silent(monkeypatch, capsys) -> None:
    monkeypatch.delenv("SUPRANK_EDU_STATIC", raising=False)
    LiveLossCurve("Sup-AP", every=1)(1, {"loss": 0.5})
    assert capsys.readouterr() == ("", "")
