"""The controls of an explorer: each is a name, a label and the finite list of values it can take.

A control is plain data, so that the same list drives ipywidgets in a notebook and HTML inputs in the built page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from suprank_edu._checks import check_plain_number, check_text
from suprank_edu.explore.drawing.words import minus

Value: TypeAlias = float | int | str | bool


@dataclass(frozen=True)
class Slider:
    """A slider over evenly spaced numbers, both ends included.

    Args:
        name: the parameter of the figure function that it sets.
        label: what the reader sees; plain text.
        start: first value.
        stop: last value; it must lie a whole number of steps from `start`.
        step: distance between neighbours, above 0.
        value: where the slider stands at first; one of the values.

    Raises:
        ValueError: the range is empty or not a whole number of steps, or `value` is not on it.

    Example:
        >>> Slider("t", "Score difference", -0.2, 0.2, 0.1, 0.1).values
        (-0.2, -0.1, 0.0, 0.1, 0.2)
    """

    name: str
    label: str
    start: float
    stop: float
    step: float
    value: float

    def __post_init__(self) -> None:
        _check_names(self.name, self.label)
        for argument in ("start", "stop", "step", "value"):
            check_plain_number(argument, getattr(self, argument))
        if self.step <= 0:
            raise ValueError(f"`step`: got {self.step!r}, expected a number above 0")
        count = (Decimal(str(self.stop)) - Decimal(str(self.start))) / Decimal(str(self.step))
        if count < 1 or count != round(count):
            raise ValueError(
                f"`stop`: got {self.stop!r}, expected {self.start!r} plus a whole number of steps of {self.step!r}"
            )
        _check_initial(self.value, self.values)

    @property
    def values(self) -> tuple[float | int, ...]:
        """The numbers of the slider, computed in decimals so that 0.3 is 0.3 and not 0.30000000000000004."""
        start, step = Decimal(str(self.start)), Decimal(str(self.step))
        count = round((Decimal(str(self.stop)) - start) / step)
        whole = all(isinstance(v, int) for v in (self.start, self.stop, self.step))
        numbers = (start + i * step for i in range(count + 1))
        return tuple(int(v) if whole else float(v) for v in numbers)

    @property
    def labels(self) -> tuple[str, ...]:
        """What is shown beside the slider for each value, all with the same number of decimals."""
        places = max(_decimals(self.start), _decimals(self.step))
        return tuple(minus(f"{v:.{places}f}") for v in self.values)


@dataclass(frozen=True)
class SelectionSlider:
    """A slider over listed numbers, where even steps would waste the range (0.005, 0.01, 0.02, 0.05).

    Args:
        name: the parameter of the figure function that it sets.
        label: what the reader sees; plain text.
        options: the numbers in the order of the slider, two or more, all different.
        value: where the slider stands at first; one of the options.

    Raises:
        ValueError: fewer than two options, a repeated one, or `value` is none of them.

    Example:
        >>> SelectionSlider("tau", "Temperature τ", (0.005, 0.01, 0.1), 0.01).labels
        ('0.005', '0.01', '0.1')
    """

    name: str
    label: str
    options: tuple[float, ...]
    value: float

    def __post_init__(self) -> None:
        _check_names(self.name, self.label)
        _check_options(self.options)
        for option in self.options:
            check_plain_number("options", option)
        _check_initial(self.value, self.options)

    @property
    def values(self) -> tuple[float | int, ...]:
        """The listed numbers."""
        return tuple(self.options)

    @property
    def labels(self) -> tuple[str, ...]:
        """What is shown beside the slider for each value; thousands of whole numbers are set apart."""
        return tuple(minus(f"{v:,}" if isinstance(v, int) else f"{v:g}") for v in self.options)


@dataclass(frozen=True)
class Choice:
    """A drop-down list of texts, which may set other controls when an option is chosen.

    Args:
        name: the parameter of the figure function that it sets, to the text of the option.
        label: what the reader sees; plain text.
        options: the texts, two or more, all different.
        value: the option chosen at first.
        presets: for an option, the values that other controls jump to when it is chosen, by control name.

    Raises:
        ValueError: fewer than two options, a repeated one, `value` or a preset's option is none of them.

    Example:
        >>> Choice("step", "Step", ("sigmoid", "SupRank"), "sigmoid").values
        ('sigmoid', 'SupRank')
    """

    name: str
    label: str
    options: tuple[str, ...]
    value: str
    presets: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_names(self.name, self.label)
        _check_options(self.options)
        for option in self.options:
            check_text("options", option)
        _check_initial(self.value, self.options)
        if not isinstance(self.presets, Mapping) or not all(isinstance(p, Mapping) for p in self.presets.values()):
            raise ValueError(f"`presets`: got {self.presets!r}, expected values by control name, by option")
        for option in self.presets:
            if option not in self.options:
                raise ValueError(f"`presets`: got option {option!r}, expected one of {self.options!r}")

    @property
    def values(self) -> tuple[str, ...]:
        """The texts."""
        return tuple(self.options)

    @property
    def labels(self) -> tuple[str, ...]:
        """The texts again: what is chosen is what is shown."""
        return tuple(self.options)


@dataclass(frozen=True)
class Toggle:
    """A check box.

    Args:
        name: the parameter of the figure function that it sets.
        label: what the reader sees; plain text.
        value: whether it is ticked at first.

    Raises:
        ValueError: `value` is not a bool.

    Example:
        >>> Toggle("log", "Logarithmic axis", False).values
        (False, True)
    """

    name: str
    label: str
    value: bool

    def __post_init__(self) -> None:
        _check_names(self.name, self.label)
        if not isinstance(self.value, bool):
            raise ValueError(f"`value`: got {self.value!r}, expected True or False")

    @property
    def values(self) -> tuple[bool, ...]:
        """Off and on."""
        return (False, True)

    @property
    def labels(self) -> tuple[str, ...]:
        """What a screen reader says for each value."""
        return ("off", "on")


Control: TypeAlias = Slider | SelectionSlider | Choice | Toggle


def _decimals(value: float) -> int:
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return max(0, -int(exponent))


def _check_names(name: str, label: str) -> None:
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"`name`: got {name!r}, expected the name of a parameter of the figure function")
    check_text("label", label)


def _check_options(options: tuple[Value, ...]) -> None:
    if not isinstance(options, tuple | list):
        raise ValueError(f"`options`: got {options!r}, expected a tuple")
    if len(options) < 2 or len(set(options)) != len(options):
        raise ValueError(f"`options`: got {options!r}, expected two or more different ones")


def _check_initial(value: Value, values: tuple[Value, ...]) -> None:
    if value not in values:
        shown = values if len(values) <= 8 else (*values[:3], "…", values[-1])
        raise ValueError(f"`value`: got {value!r}, expected one of {shown!r}")
