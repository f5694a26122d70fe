"""The explorer in a built page: one block of HTML that needs no kernel and asks nothing of the network.

Before any script runs the block shows its alternative text. Where plotly is on the page, the script builds the
controls and the figure from the block's own data; elsewhere (a notebook viewer, a stored output) the text stays.
"""

import functools
import hashlib
from collections.abc import Sequence
from importlib import metadata
from typing import Any, NamedTuple

from suprank_edu._html import asset, template
from suprank_edu.explore.drawing.palette import CLEAR, dark_colours
from suprank_edu.explore.engine.controls import Choice, Control, Toggle
from suprank_edu.explore.engine.drags import Drag, as_json
from suprank_edu.explore.engine.payload import Payload, encode


class Block(NamedTuple):
    """What a block shows: texts, controls, the first readout, all frames, whether it is square, its drags."""

    title: str
    alt: str
    controls: Sequence[Control]
    readout: str
    payload: Payload
    square: bool = False
    drags: Sequence[Drag] = ()


# One labelled native input a control; the label holds it, so that no id can clash. JupyterLab would take the arrow keys
# for itself. The hidden twin of the readout holds the longest text: it reserves the room, so that nothing below moves.
# A figure whose marks can be dragged is no image: nobody would reach the marks in it.
_PARTS = """
{% if rows %}<div class="sre-controls">
{% for control, place, at, kind, wide, width in rows %}
{% set common %}data-control="{{ place }}" data-start="{{ at }}" name="{{ control.name }}"
 data-lm-suppress-shortcuts="true" autocomplete="off"{% endset %}
{% set label %}<span class="sre-label">{{ control.label }}</span>{% endset %}
<label class="sre-row{% if wide %} sre-wide{% endif %}{% if kind == 'toggle' %} sre-toggle{% endif %}">
{% if kind == 'toggle' %}<input type="checkbox" {{ common }}{% if control.value %} checked{% endif %}>{{ label }}
{% elif kind == 'choice' %}{{ label }}<select {{ common }}>
{% for text in control.labels %}
<option value="{{ loop.index0 }}"{% if loop.index0 == at %} selected{% endif %}>{{ text }}</option>
{% endfor %}</select>
{% else %}{{ label }}
<span class="sre-value" style="min-width:{{ width }}ch" aria-hidden="true">{{ control.labels[at] }}</span>
<input type="range" min="0" max="{{ control.values|length - 1 }}" step="1" value="{{ at }}" {{ common }}
 aria-valuetext="{{ control.labels[at] }}">{% endif %}</label>
{% endfor %}<button type="button" class="sre-reset">Reset</button></div>{% endif %}
<div class="sre-plot" role="{{ 'group' if block.drags else 'img' }}" aria-label="{{ block.alt }}" style="
{% if block.square %}aspect-ratio:1;max-{% endif %}height:{{ height }}px"></div>
{% if block.payload['readout'] is not none %}<div class="sre-readout">
<div class="sre-text" role="status" aria-live="polite">{{ block.readout }}</div>
<div class="sre-sizer" aria-hidden="true">{{ block.payload['sizer'] }}</div></div>{% endif %}
"""
_BLOCK = """
<div class="sre" id="{{ name }}" data-height="{{ height }}">
<p class="sre-title"><strong>{{ block.title }}</strong></p>{{ line_end }}
<div class="sre-fallback"><p>{{ block.alt }}</p><p><em>This figure moves in{{ ' ' }}
{% if book %}<a href="{{ book }}">the built book</a>.
{% else %}the built book (<code>make book</code>) and in a running notebook.{% endif %}</em></p></div>
<script type="text/html" class="sre-parts">{{ parts|safe }}</script>
<script type="text/plain" class="sre-data">{{ data }}</script></div>
{{ line_end }}<style>{{ css|safe }}</style>{{ line_end }}<script>{{ js|safe }}</script>
"""


def block_html(block: Block) -> str:
    """Return the block of one explorer; the same explorer always gives the same bytes."""
    data = encode(_with_theme(block))
    height = int(block.payload["layout"].get("height", 420))
    rows = [_row(control, place) for place, control in enumerate(block.controls)]
    return template(_BLOCK).render(
        block=block,
        name="sre-" + hashlib.sha256(f"{block.title}\n{data}".encode()).hexdigest()[:12],
        height=height,
        parts=template(_PARTS).render(block=block, height=height, rows=rows),
        data=data,
        book=_book(),
        css=asset(__package__, "explorer.css") + asset(__package__, "handles.css"),
        js="\n".join(["{", asset(__package__, "handles.js"), asset(__package__, "explorer.js"), "}"]),
        line_end="\n",
    )


def _with_theme(block: Block) -> dict[str, Any]:
    """Add what the script needs beyond the frames: names, presets as positions, and the dark colours."""
    names = [control.name for control in block.controls]
    presets: dict[str, Any] = {}
    for axis, control in enumerate(block.controls):
        if not isinstance(control, Choice):
            continue
        for option, preset in control.presets.items():
            moves = [
                [names.index(name), block.controls[names.index(name)].values.index(value)]
                for name, value in preset.items()
            ]
            presets.setdefault(str(axis), {})[str(control.options.index(option))] = moves
    controls = [{"name": c.name, "values": list(c.values), "labels": list(c.labels)} for c in block.controls]
    layout = dict(block.payload["layout"]) | {"paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR}
    if block.square:
        layout.pop("height", None)  # plotly then fills the room that the style leaves
    drags = {"drags": as_json(block.drags, block.controls)} if block.drags else {}
    return {
        **block.payload,
        **drags,
        "layout": layout,
        "controls": controls,
        "presets": presets,
        "dark": dark_colours(),
    }


def _row(control: Control, place: int) -> tuple[Control, int, int, str, bool, int]:
    """Return a control with its place, where it starts, its kind, and whether and how wide it must be."""
    width = max(map(len, control.labels))
    at = control.values.index(control.value)
    if isinstance(control, Toggle):
        return control, place, at, "toggle", False, width
    if isinstance(control, Choice):
        return control, place, at, "choice", width > 16, width
    return control, place, at, "slider", len(control.values) > 20, width  # a finger needs the whole width for many


@functools.cache
def _book() -> str:
    """Return the address of the built book that the package names, or nothing."""
    try:
        urls = metadata.metadata("suprank-edu").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:  # imported from a source tree that is not installed
        urls = []
    entries = [entry.partition(", ") for entry in urls]
    books = [address for label, _, address in entries if label.lower() in {"documentation", "book"}]
    return next((address for address in books if address.startswith("https://") and "/OWNER/" not in address), "")
