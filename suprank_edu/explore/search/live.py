"""The search with a kernel: the script of the built page, and Python to answer for any other photograph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from suprank_edu._extras import needs
from suprank_edu.data import RetrievalDataset
from suprank_edu.explore.drawing import thumbnails
from suprank_edu.explore.search.moving_list import moving_list
from suprank_edu.explore.search.search_photographs import script, style
from suprank_edu.training import embed

with needs("explore"):
    import anywidget

if TYPE_CHECKING:
    from suprank_edu.explore.search.search_photographs import PhotographSearch

_PIXELS = 256
_AT_ONCE = 6  # photographs of a class that are offered

_SCRIPT = """
export default {
  render({ model, el }) {
    const block = document.createElement("div");
    block.className = "suprank-search";
    el.append(block);
    const answer = showSearch(block, model.get("spec"), (message, files) => model.send(message, undefined, files));
    model.on("msg:custom", answer);
    return () => model.off("msg:custom", answer);
  },
};
"""


class LiveSearch(anywidget.AnyWidget):  # type: ignore[misc]  # checked without anywidget's types
    """A search whose queries are chosen from a whole set or brought along.

    Args:
        search: what to show at first, and by which networks.
    """

    _esm = script() + _SCRIPT
    _css = traitlets.Unicode().tag(sync=True)
    spec: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(self, search: PhotographSearch) -> None:
        names = search.queries.class_names[0]
        classes = [[int(number), names[number]] for number in np.unique(search.queries.labels[:, 0])]
        offered = {"classes": classes, "uploads": bool(search.networks)}
        super().__init__(_css=style(search.spec), spec=search.spec | offered)
        self.search = search
        self.on_msg(self._asked)

    def _asked(self, _widget: Any, message: dict[str, Any], buffers: list[Any]) -> None:
        try:
            found = self.of_file(bytes(buffers[0]), message["name"]) if buffers else self.of_class(message["class"])
        except (ValueError, OSError) as error:
            self.send({"error": f"This photograph cannot be searched with: {error}"})
            return
        self.send({"queries": found, "pictures": self.search.pictures(found)})

    def of_class(self, number: int) -> list[dict[str, Any]]:
        """Return the first photographs of one class of the queries' set, each with its list."""
        places = np.flatnonzero(self.search.queries.labels[:, 0] == number)[:_AT_ONCE]
        return [self.search.asked(int(place)) for place in places]

    def of_file(self, photograph: bytes, name: str) -> list[dict[str, Any]]:
        """Return a photograph that was brought along, with its list.

        Raises:
            OSError: it cannot be read; one line says why.
        """
        search = self.search
        labels = np.zeros((1, len(search.gallery.column_names)), dtype=np.int64)
        one = RetrievalDataset(
            [photograph],
            labels,
            column_names=search.gallery.column_names,
            class_names=[["not known"] for _ in search.gallery.column_names],
            licence="not stated",
            source=name,
            names=[name],
            mode=search.gallery.mode,
        )
        source = thumbnails.as_photograph(one, 0, _PIXELS)
        before, after = (
            others @ embed(search.networks[network], one)[0].cpu()  # (G,)
            for network, (_, others) in search.embeddings.items()
        )
        moving = moving_list(before, after, None, search.gallery.column_names, search.k)
        return [search.told(source, name, moving)]
