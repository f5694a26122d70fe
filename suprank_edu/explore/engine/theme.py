"""Live figures on dark pages: the palette's dark colours, by a style alone, so that a busy kernel need not answer."""

from suprank_edu._extras import needs
from suprank_edu.explore.drawing.palette import dark_colours

with needs("explore"):
    import anywidget

# Light letters stand on a dark page, whatever notebook it is: the page's own text tells.
_SCRIPT = """
export default {
  render({ el }) {
    el.style.display = "none";
    let waiting;
    const look = () => {
      const root = el.closest(".widget-vbox");
      if (!root) {
        waiting = setTimeout(look, 50);  // not in the page yet
        return;
      }
      const [red, green, blue] = getComputedStyle(root).color.match(/[\\d.]+/g).map(Number);
      root.classList.toggle("suprank-dark", 0.299 * red + 0.587 * green + 0.114 * blue > 140);
    };
    look();
    const observer = new MutationObserver(look);
    for (const element of [document.documentElement, document.body]) {
      observer.observe(element, { attributes: true });
    }
    return () => {
      clearTimeout(waiting);
      observer.disconnect();
    };
  },
};
"""


def dark_style() -> str:
    """Return the style that gives what plotly has drawn in a light colour the dark one of the same meaning.

    Plotly writes each colour into the element as `fill: rgb(0, 103, 177)`, and how transparent it is apart from that.
    """
    plot = ".suprank-dark .js-plotly-plot"
    rules = [f"{plot} .main-svg{{background:transparent!important}}{plot} .bg{{fill:transparent!important}}"]
    for light, dark in dark_colours().items():
        if light.startswith("#"):
            written = ", ".join(str(int(light[i : i + 2], 16)) for i in (1, 3, 5))
            rules += [
                f'{plot} [style*="{kind}: rgb({written})"]{{{kind}:{dark}!important}}' for kind in ("fill", "stroke")
            ]
    return "\n".join(rules)


class FollowTheme(anywidget.AnyWidget):  # type: ignore[misc]  # checked without anywidget's types
    """A widget without a look that gives the figure of the box it is put into the colours of the page's theme."""

    _esm = _SCRIPT
    _css = dark_style()
