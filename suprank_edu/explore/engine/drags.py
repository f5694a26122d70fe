"""Marks that can be dragged: what of a figure stands for which control."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from suprank_edu._checks import check_one_of, check_text
from suprank_edu.explore.engine.controls import Control, SelectionSlider, Slider, Value


@dataclass(frozen=True)
class Drag:
    """A mark of the figure that stands for a slider, so that the mark itself can be dragged, or moved by arrow keys.

    Args:
        control: the name of the slider that it moves; the mark lies at the slider's value on `axis`.
        trace: the place of its trace among the traces of the figure.
        point: its place in that trace.
        label: what it is, for those who do not see it: "score of item A".
        axis: along which axis it is dragged.
        sets: other controls that this mark means, by name: which item the slider moves, say.

    Raises:
        ValueError: an empty label, or an axis that is neither `"x"` nor `"y"`.

    Example:
        >>> Drag("score", trace=1, point=0, label="score of item A", sets={"item": "A"}).axis
        'x'
    """

    control: str
    trace: int
    point: int
    label: str
    axis: Literal["x", "y"] = "x"
    sets: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_text("label", self.label)
        check_one_of("axis", self.axis, ("x", "y"))


def check_drags(drags: Sequence[Drag], controls: Sequence[Control]) -> None:
    """Raise unless every mark moves a slider, and means values that other controls have."""
    by_name = {control.name: control for control in controls}
    for drag in drags:
        if not isinstance(by_name.get(drag.control), Slider | SelectionSlider):
            raise ValueError(f"`drags`: got the control {drag.control!r}, expected the name of a slider")
        for name, value in drag.sets.items():
            if name not in by_name or value not in by_name[name].values:
                raise ValueError(f"`drags`: got {name} = {value!r}, expected a control and one of its values")


def as_json(drags: Sequence[Drag], controls: Sequence[Control]) -> list[dict[str, Any]]:
    """Return what the script needs to know: where each mark is, and which positions of which controls it means."""
    names = [control.name for control in controls]
    made = []
    for drag in drags:
        control = controls[names.index(drag.control)]
        sets = [
            [names.index(name), controls[names.index(name)].values.index(value)] for name, value in drag.sets.items()
        ]
        made.append(
            {
                "control": names.index(drag.control),
                "trace": drag.trace,
                "point": drag.point,
                "label": drag.label,
                "axis": drag.axis,
                "values": list(control.values),
                "labels": list(control.labels),
                "sets": sets,
            }
        )
    return made
