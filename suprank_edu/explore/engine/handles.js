// Handles over the marks of a plotly figure, so that a mark itself can be dragged: by mouse, by finger, by arrow keys.
// One script for the built page and for the widget. A drag knows the control it moves and that control's values.
const makeHandles = (plot, drags, moved) => {
  const layer = document.createElement("div");
  layer.className = "sre-handles";
  plot.style.position = "relative";
  plot.appendChild(layer);

  const axisOf = (drag) => {
    const name = plot.data[drag.trace][drag.axis + "axis"] || drag.axis;
    return plot._fullLayout[name.replace(/^[xy]/, (letter) => letter + "axis")];
  };
  const valueOf = (drag) => Number(plot.data[drag.trace][drag.axis][drag.point]);
  const nearest = (values, value) => {
    let best = 0;
    values.forEach((each, place) => {
      if (Math.abs(each - value) < Math.abs(values[best] - value)) best = place;
    });
    return best;
  };

  const handles = drags.map((drag) => {
    const handle = document.createElement("div");
    handle.className = `sre-handle sre-along-${drag.axis}`;
    handle.tabIndex = 0;
    const attributes = {
      role: "slider",
      title: drag.label,
      "aria-label": drag.label,
      "aria-orientation": drag.axis === "x" ? "horizontal" : "vertical",
      "aria-valuemin": Math.min(...drag.values),
      "aria-valuemax": Math.max(...drag.values),
      "data-lm-suppress-shortcuts": "true",
    };
    Object.entries(attributes).forEach(([name, value]) => handle.setAttribute(name, value));
    const go = (index) => {
      const within = Math.max(0, Math.min(drag.values.length - 1, index));
      moved(drag, within);
    };

    // The finger keeps its distance from the middle of the mark.
    let grip = null;
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      handle.focus({ preventScroll: true });
      handle.setPointerCapture(event.pointerId);
      const at = handle.getBoundingClientRect();
      grip = drag.axis === "x" ? event.clientX - at.left - at.width / 2 : event.clientY - at.top - at.height / 2;
      handle.dataset.held = "";
    });
    handle.addEventListener("pointermove", (event) => {
      if (grip === null) return;
      const axis = axisOf(drag);
      const box = plot.getBoundingClientRect();
      const pixel = (drag.axis === "x" ? event.clientX - box.left : event.clientY - box.top) - grip - axis._offset;
      const index = nearest(drag.values, axis.p2d(pixel));
      if (index !== handle.index) go(index);
    });
    const release = () => {
      grip = null;
      delete handle.dataset.held;
    };
    handle.addEventListener("pointerup", release);
    handle.addEventListener("pointercancel", release);
    handle.addEventListener("keydown", (event) => {
      const towards = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
      const ends = { Home: 0, End: drag.values.length - 1 }[event.key];
      if (towards === undefined && ends === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const step = drag.values[drag.values.length - 1] < drag.values[0] ? -towards : towards;
      go(ends === undefined ? handle.index + step : ends);
    });
    layer.appendChild(handle);
    return handle;
  });

  // Lay each handle on its mark, where the last drawing has put it.
  const place = () => {
    if (!plot._fullLayout) return;
    drags.forEach((drag, number) => {
      const trace = plot.data[drag.trace];
      const along = { x: axisOf({ ...drag, axis: "x" }), y: axisOf({ ...drag, axis: "y" }) };
      const [x, y] = ["x", "y"].map((name) => along[name]._offset + along[name].d2p(trace[name][drag.point]));
      const handle = handles[number];
      handle.hidden = !Number.isFinite(x + y);
      handle.style.transform = `translate(${x}px, ${y}px)`;
      handle.index = nearest(drag.values, valueOf(drag));
      handle.setAttribute("aria-valuenow", drag.values[handle.index]);
      handle.setAttribute("aria-valuetext", drag.labels[handle.index]);
    });
  };
  plot.on("plotly_afterplot", place);
  place();
  return { place, remove: () => layer.remove() };
};
