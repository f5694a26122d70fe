"""Controls: the grid each spans, what is shown for a value, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suprank_edu.explore import Choice, SelectionSlider, Slider, Toggle


@given(
    start=st.integers(-500, 500),
    count=st.integers(1, 60),
    step=st.integers(1, 90),
    scale=st.sampled_from([1, 10, 1000]),
)
def test_a_slider_takes_the_decimal_numbers_of_its_range(start: int, count: int, step: int, scale: int) -> None:
    # The oracle counts in whole units and divides once: the nearest float to each decimal number.
    expected = [(start + i * step) / scale for i in range(count + 1)]
    slider = Slider("x", "X", expected[0], expected[-1], step / scale, expected[count // 2])
    assert list(slider.values) == expected


def test_the_values_beside_a_slider_have_equally_many_decimals_and_a_real_minus() -> None:
    assert Slider("x", "X", -0.2, 0.2, 0.1, 0.0).labels == ("−0.2", "−0.1", "0.0", "0.1", "0.2")
    assert Slider("k", "k", 1, 3, 1, 2).values == (1, 2, 3)
    assert all(isinstance(value, int) for value in Slider("k", "k", 1, 3, 1, 2).values)
    assert SelectionSlider("tau", "τ", (0.005, 0.01, 100.0), 0.01).labels == ("0.005", "0.01", "100")
    assert SelectionSlider("g", "G", (16, 60_000, 1_000_000), 16).labels == ("16", "60,000", "1,000,000")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Slider("x", "X", 0, 1, 0, 0), "`step`: got 0, expected a number above 0"),
        (lambda: Slider("x", "X", 0, 1, 0.3, 0), "`stop`: got 1, expected 0 plus a whole number of steps of 0.3"),
        (lambda: Slider("x", "X", 1, 0, 0.5, 1), "`stop`: got 0, expected 1 plus a whole number of steps of 0.5"),
        (lambda: Slider("x", "X", 0, 1, 0.5, 0.4), "`value`: got 0.4, expected one of (0.0, 0.5, 1.0)"),
        (lambda: Slider("x", "X", 0, float("inf"), 1, 0), "`stop`: got inf, expected a finite number"),
        (lambda: Slider("x", "X", 0, True, 1, 0), "`stop`: got True, expected a finite number"),
        (lambda: Slider("not a name", "X", 0, 1, 1, 0), "`name`: got 'not a name', expected the name of a parameter"),
        (lambda: Slider("x", " ", 0, 1, 1, 0), "`label`: got ' ', expected a text that is not empty"),
        (lambda: SelectionSlider("x", "X", (1,), 1), "`options`: got (1,), expected two or more different ones"),
        (lambda: SelectionSlider("x", "X", (1, 2), 3), "`value`: got 3, expected one of (1, 2)"),
        (lambda: SelectionSlider("x", "X", (1, "2"), 1), "`options`: got '2', expected a finite number"),
        (lambda: Choice("x", "X", ("a", "a"), "a"), "`options`: got ('a', 'a'), expected two or more different ones"),
        (lambda: Choice("x", "X", ("a", ""), "a"), "`options`: got '', expected a text that is not empty"),
        (lambda: Choice("x", "X", ("a", "b"), "c"), "`value`: got 'c', expected one of ('a', 'b')"),
        (lambda: Choice("x", "X", ("a", "b"), "a", {"c": {}}), "`presets`: got option 'c', expected one of ('a', 'b')"),
        (lambda: Toggle("x", "X", 1), "`value`: got 1, expected True or False"),
    ],
)
def test_a_control_that_cannot_be_is_refused_with_the_argument_named(make, message) -> None:
    with pytest.raises(ValueError, match="^`") as caught:
        make()
    assert str(caught.value).startswith(message)
