"""Keys for controls in JupyterLab, which otherwise takes arrows and letters for commands of the notebook."""

from suprank_edu._extras import needs

with needs("explore"):
    import anywidget

# JupyterLab looks for shortcuts at the focused element first, so the mark must be on each input itself.
_SCRIPT = """
const mark = (root) => {
  for (const input of root.querySelectorAll("select, input, [role=slider]")) {
    input.setAttribute("data-lm-suppress-shortcuts", "true");
  }
};

export default {
  render({ el }) {
    el.style.display = "none";
    let observer, waiting;
    const find = () => {
      const root = el.closest(".widget-vbox");
      if (!root) {
        waiting = setTimeout(find, 50);  // not in the page yet
        return;
      }
      mark(root);
      observer = new MutationObserver(() => mark(root));
      observer.observe(root, { childList: true, subtree: true });
    };
    find();
    return () => {
      clearTimeout(waiting);
      if (observer) observer.disconnect();
    };
  },
};
"""


class KeepKeys(anywidget.AnyWidget):  # type: ignore[misc]  # checked without anywidget's types
    """A widget without a look that leaves the keys to the controls of the box it is put into."""

    _esm = _SCRIPT
