"""The explorer in a built page: one block of HTML that needs no kernel and asks nothing of the network.

Before any script runs the block shows its alternative text. Where plotly is on the page, the script builds the
controls and the figure from the block's own data; elsewhere (a notebook viewer, a stored output) the text stays.
"""

from __future__ import annotations

import functools
import hashlib
import html
from collections.abc import Sequence
from importlib import metadata, resources
from typing import Any, NamedTuple

from suprank_edu.explore.drawing.palette import CLEAR, dark_colours
from suprank_edu.explore.engine.controls import Choice, Control, Toggle
from suprank_edu.explore.engine.payload import Payload, encode


class Block(NamedTuple):
    """What a block shows: texts, controls, the readout at the start, the data of all frames, whether it is square."""

    title: str
    alt: str
    controls: Sequence[Control]
    readout: str
    payload: Payload
    square: bool = False


def block_html(block: Block) -> str:
    """Return the block of one explorer; the same explorer always gives the same bytes."""
    data = encode(_with_theme(block))
    name = "sre-" + hashlib.sha256(f"{block.title}\n{data}".encode()).hexdigest()[:12]
    height = int(block.payload["layout"].get("height", 420))
    return "\n".join(
        [
            f'<div class="sre" id="{name}" data-height="{height}">',
            f'<p class="sre-title"><strong>{html.escape(block.title)}</strong></p>',
            f'<div class="sre-fallback"><p>{html.escape(block.alt)}</p><p><em>{_where()}</em></p></div>',
            f'<script type="text/html" class="sre-parts">{_parts(block, height)}</script>',
            f'<script type="text/plain" class="sre-data">{data}</script>',
            "</div>",
            f"<style>{_asset('explorer.css')}</style>",
            f"<script>{_asset('explorer.js')}</script>",
        ]
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
    return {
        **block.payload,
        "layout": layout,
        "controls": controls,
        "presets": presets,
        "dark": dark_colours(),
    }


def _parts(block: Block, height: int) -> str:
    """Return the controls, the frame of the figure and the readout, which the script puts in place."""
    rows = "".join(_row(control, place) for place, control in enumerate(block.controls))
    reset = '<button type="button" class="sre-reset">Reset</button>' if block.controls else ""
    controls = f'<div class="sre-controls">{rows}{reset}</div>' if block.controls else ""
    style = f"aspect-ratio:1;max-height:{height}px" if block.square else f"height:{height}px"
    plot = f'<div class="sre-plot" role="img" aria-label="{html.escape(block.alt)}" style="{style}"></div>'
    return controls + plot + _readout(block)


def _readout(block: Block) -> str:
    if block.payload["readout"] is None:
        return ""
    # The hidden twin holds the longest text: it reserves the room, so that nothing below moves.
    return (
        f'<div class="sre-readout"><div class="sre-text" role="status" aria-live="polite">'
        f'{html.escape(block.readout)}</div><div class="sre-sizer" aria-hidden="true">'
        f"{html.escape(block.payload['sizer'])}</div></div>"
    )


def _row(control: Control, place: int) -> str:
    """Return one labelled native input; the label holds it, so that no id can clash."""
    at = control.values.index(control.value)
    label = f'<span class="sre-label">{html.escape(control.label)}</span>'
    common = f'data-control="{place}" data-start="{at}" name="{html.escape(control.name)}"'
    common += ' data-lm-suppress-shortcuts="true"'  # JupyterLab would take the arrow keys for itself
    if isinstance(control, Toggle):
        ticked = " checked" if control.value else ""
        return (
            f'<label class="sre-row sre-toggle"><input type="checkbox" {common}{ticked} autocomplete="off">'
            f"{label}</label>"
        )
    if isinstance(control, Choice):
        options = "".join(
            f'<option value="{i}"{" selected" if i == at else ""}>{html.escape(text)}</option>'
            for i, text in enumerate(control.labels)
        )
        wide = " sre-wide" if max(map(len, control.labels)) > 16 else ""
        return f'<label class="sre-row{wide}">{label}<select {common} autocomplete="off">{options}</select></label>'
    width = max(len(text) for text in control.labels)
    shown = html.escape(control.labels[at])
    wide = " sre-wide" if len(control.values) > 20 else ""  # a finger needs the whole width for many values
    return (
        f'<label class="sre-row{wide}">{label}'
        f'<span class="sre-value" style="min-width:{width}ch" aria-hidden="true">{shown}</span>'
        f'<input type="range" min="0" max="{len(control.values) - 1}" step="1" value="{at}" {common} '
        f'aria-valuetext="{shown}" autocomplete="off"></label>'
    )


@functools.cache
def _asset(name: str) -> str:
    """Return a script or style of this package without comment lines and indentation."""
    text = resources.files("suprank_edu.explore.engine").joinpath(name).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))


@functools.cache
def _where() -> str:
    """Say where the figure answers: a link when the package names the address of its book, else the command."""
    try:
        urls = metadata.metadata("suprank-edu").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:  # imported from a source tree that is not installed
        urls = []
    for entry in urls:
        label, _, address = entry.partition(", ")
        if label.lower() in {"documentation", "book"} and address.startswith("https://"):
            return f'This figure moves in <a href="{html.escape(address)}">the built book</a>.'
    return "This figure moves in the built book (<code>make book</code>) and in a running notebook."
