"""The data of a built page: each frame comes back, nothing is stored twice, and what cannot be stored is refused."""

import itertools
import json
import random

import numpy as np
import pytest
from toys import X, describe, readout, toy

from suprank_edu.explore import Explorer, FigureFunction, Slider
from suprank_edu.explore.engine import payload


def frames(explorer: Explorer):
    """Yield the position and the parameters of each frame."""
    positions = itertools.product(*(range(len(control.values)) for control in explorer.controls))
    yield from zip(positions, explorer.grid(), strict=True)


def assert_same(stored, wanted, where: str) -> None:
    """Compare what the page holds with what the figure function gave: numbers to 4 digits, all else exactly."""
    if isinstance(wanted, dict):
        assert stored.keys() == wanted.keys(), where
        for key in wanted:
            assert_same(stored[key], wanted[key], f"{where}.{key}")
    elif isinstance(wanted, str | bool | None):
        assert stored == wanted, where
    elif isinstance(wanted, list | tuple | np.ndarray) and any(not isinstance(v, int | float) for v in list(wanted)):
        assert stored == list(wanted), where
    else:
        np.testing.assert_allclose(np.array(stored, float), np.array(wanted, float), rtol=5.0001e-4, err_msg=where)


@pytest.mark.parametrize("plain", [True, False], ids=["description", "plotly figure"])
def test_every_frame_of_a_grid_comes_back_from_the_page(plain: bool) -> None:
    function = FigureFunction(describe)
    explorer = toy(figure=function if plain else lambda **parameters: function(**parameters))
    stored = payload.decode(payload.encode(explorer.payload))
    for position, parameters in frames(explorer):
        data, text = payload.frame(stored, position)
        for number, (trace, wanted) in enumerate(zip(data, describe(**parameters)["data"], strict=True)):
            assert_same(trace, wanted, f"{parameters} data[{number}]")
        assert text.rstrip("\n") == readout(**parameters)


@pytest.mark.slow
@pytest.mark.parametrize("most", [100, pytest.param(300, marks=pytest.mark.nightly)])
def test_the_pages_numbers_are_those_of_the_figure_function(explorer: Explorer, most: int) -> None:
    stored = payload.decode(payload.encode(explorer.payload))
    every = list(frames(explorer))
    for position, parameters in random.Random(0).sample(every, min(most, len(every))):
        data, text = payload.frame(stored, position)
        wanted = explorer.figure.describe(**parameters)["data"]
        for number, (trace, expected) in enumerate(zip(data, wanted, strict=True)):
            assert_same(trace, expected, f"{parameters} data[{number}]")
        assert text == explorer.readout(**parameters)


def test_the_figure_that_plotly_validates_is_the_one_that_is_described(explorer: Explorer) -> None:
    plain = explorer.figure.describe(**explorer.parameters)["data"]
    validated = payload.describe(lambda **parameters: explorer.figure(**parameters), explorer.parameters)["data"]
    for number, (trace, wanted) in enumerate(zip(validated, plain, strict=True)):
        assert_same(payload.quantised(trace), payload.quantised(wanted), f"data[{number}]")


def test_only_what_changes_is_stored_and_only_over_the_controls_it_depends_on() -> None:
    leaves = {tuple(leaf["p"]): leaf for leaf in toy().payload["leaves"]}
    assert leaves[("data", 0, "y")]["a"] == [0, 1, 2]
    assert leaves[("data", 0, "mode")]["a"] == [3]
    assert leaves[("data", 1, "y")]["a"] == [0]
    assert not any(path[:2] == ("data", 2) or path[-1] in ("x", "type", "size", "color") for path in leaves)
    # A slope of 0 gives one curve, whatever the power and the shape: stored once.
    assert len(leaves[("data", 0, "y")]["v"]) < 5 * 3 * 2


def test_a_mask_and_a_number_that_are_equal_in_python_stay_apart() -> None:
    def mixed(k: int) -> dict:
        return {"data": [{"type": "bar", "y": [1], "visible": k == 1, "width": k}], "layout": {}}

    stored = payload.build(FigureFunction(mixed), [Slider("k", "k", 0, 1, 1, 0)])
    shown = [payload.frame(stored, [k])[0][0] for k in (0, 1)]
    assert [json.dumps(trace["visible"]) for trace in shown] == ["false", "true"]
    assert [json.dumps(trace["width"]) for trace in shown] == ["0", "1"]


def test_a_grid_too_large_is_refused_before_any_frame_is_made() -> None:
    def never(**parameters):
        raise AssertionError("no frame should be computed")

    controls = [Slider(name, name, 0, 299, 1, 0) for name in ("a", "b")]
    with pytest.raises(ValueError, match=r"^`controls`: got a grid of 300 × 300 = 90,000 frames, expected at most"):
        Explorer(never, controls, "Too many", "Nothing.")


def bad(k: int, kind: str) -> dict:
    trace = {"type": "scatter", "y": [k]}
    if kind == "layout":
        return {"data": [trace], "layout": {"title": {"text": str(k)}}}
    if kind == "traces":
        return {"data": [trace] * (k + 1), "layout": {}}
    if kind == "key":
        return {"data": [trace | ({"name": "now and then"} if k else {})], "layout": {}}
    return {"data": [trace | {"y": {1, 2}}], "layout": {}}


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (
            "layout",
            "`figure`: got a layout.title.text that changes with the controls, expected a layout that is built once",
        ),
        ("traces", "`figure`: got 2 traces for {'k': 1} and 1 before"),
        ("key", "`figure`: got data[0].name for some parameters only, as seen at {'k': 1}"),
        ("type", "`figure`: got a set in its description"),
    ],
)
def test_a_figure_that_a_page_cannot_hold_is_refused(kind: str, message: str) -> None:
    figure = FigureFunction(lambda k: bad(k, kind))
    with pytest.raises(ValueError, match="^`figure`") as caught:
        payload.build(figure, [Slider("k", "k", 0, 1, 1, 0)])
    assert str(caught.value).startswith(message)


def test_the_reserved_room_holds_every_readout() -> None:
    sizer = toy().payload["sizer"].split("\n")
    for _, parameters in frames(toy()):
        for line, room in zip(readout(**parameters).split("\n"), sizer, strict=False):
            assert len(line) <= len(room)
    assert len(sizer) == 3


def test_arrays_that_share_memory_or_come_back_are_written_once_and_right() -> None:
    # One buffer, reused by the figure function: equal ids must not be taken for equal contents.
    def fresh(k: int) -> dict:
        return {"data": [{"type": "scatter", "x": X, "y": np.full(3, float(k))}], "layout": {}}

    stored = payload.build(FigureFunction(fresh), [Slider("k", "k", 0, 9, 1, 0)])
    assert [payload.frame(stored, [k])[0][0]["y"] for k in range(10)] == [[k] * 3 for k in range(10)]
