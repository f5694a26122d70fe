// The page's side of every explorer: reads a block's frames, builds its controls and draws with Plotly.react.
// Each block carries this script; the first one on a page runs, the others only announce their block.
(() => {
  "use strict";
  const KEY = "supRankExplorers";
  if (window[KEY]) {
    window[KEY].scan();
    return;
  }
  const SLOT = "\u0001";
  const CONFIG = { displayModeBar: false, scrollZoom: false, doubleClick: false, showTips: false };
  const explorers = [];

  const isDark = (block) => {
    const theme = document.documentElement.dataset.theme;
    if (theme === "dark" || theme === "light") return theme === "dark";
    // Elsewhere the page's own text tells: light letters stand on a dark page.
    const [red, green, blue] = (getComputedStyle(block).color.match(/[\d.]+/g) || [0, 0, 0]).map(Number);
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
  };

  const inflate = async (text) => {
    const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  };

  // A copy whose colours are those of the theme. Arrays of numbers are shared: nobody writes to them.
  const themed = (value, colours) => {
    if (typeof value === "string") return colours[value.toLowerCase()] || value;
    if (Array.isArray(value)) {
      const plain = value.every((entry) => typeof entry === "number" || entry === null);
      return plain ? value : value.map((entry) => themed(entry, colours));
    }
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, themed(inner, colours)]));
  };

  class Explorer {
    constructor(block) {
      this.block = block;
      this.fallback = block.querySelector(".sre-fallback");
      this.drawing = false;
      this.dirty = false;
    }

    // Show the controls and keep the room of the figure; needs neither Plotly nor the frames.
    build() {
      this.block.dataset.state = "building";
      this.live = document.createElement("div");
      this.live.className = "sre-live";
      this.live.innerHTML = this.block.querySelector(".sre-parts").textContent;
      this.fallback.hidden = true;
      this.fallback.after(this.live);
      this.plot = this.live.querySelector(".sre-plot");
      this.text = this.live.querySelector(".sre-text");
      this.inputs = [...this.live.querySelectorAll("[data-control]")];
      this.inputs.sort((a, b) => a.dataset.control - b.dataset.control);
      this.position = this.inputs.map((input) => Number(input.dataset.start));
      this.live.addEventListener("input", (event) => this.moved(event.target));
      const reset = this.live.querySelector(".sre-reset");
      if (reset) reset.addEventListener("click", () => this.reset());
    }

    async start() {
      try {
        this.payload = await inflate(this.block.querySelector(".sre-data").textContent);
        const { script } = this.payload;
        if (script) this.compute = new Function(`return ${script.source}`)();
        this.inputs.forEach((_, control) => this.show(control));
        await this.draw();
        if (this.payload.drags) {
          makeHandles(this.plot, this.payload.drags, (...move) => this.dragged(...move));
          this.plot.querySelector(".svg-container").setAttribute("aria-hidden", "true"); // its words say what is drawn
        }
        this.block.dataset.state = "ready";
        new ResizeObserver(() => this.fit()).observe(this.plot);
      } catch (error) {
        console.warn("explorer: shown as text,", error);
        this.giveUp();
      }
    }

    giveUp() {
      if (this.live) this.live.remove();
      this.fallback.hidden = false;
      this.block.dataset.state = "fallback";
    }

    moved(input) {
      if (!this.payload || !input.dataset.control) return;
      const control = Number(input.dataset.control);
      this.position[control] = input.type === "checkbox" ? Number(input.checked) : Number(input.value);
      const presets = (this.payload.presets[control] || {})[this.position[control]] || [];
      for (const [other, at] of presets) this.position[other] = at;
      this.inputs.forEach((_, each) => this.show(each));
      this.draw();
    }

    // A mark was dragged: it may mean other controls too, such as which item is moved.
    dragged(drag, index) {
      for (const [control, at] of [...drag.sets, [drag.control, index]]) this.position[control] = at;
      this.inputs.forEach((_, each) => this.show(each));
      this.draw();
    }

    reset() {
      if (!this.payload) return;
      this.position = this.inputs.map((input) => Number(input.dataset.start));
      this.inputs.forEach((_, control) => this.show(control));
      this.draw();
    }

    // Bring one input and the value beside it to its position.
    show(control) {
      const input = this.inputs[control];
      const at = this.position[control];
      if (input.type === "checkbox") {
        input.checked = at === 1;
        return;
      }
      if (input.value !== String(at)) input.value = String(at);
      if (input.type !== "range") return;
      const label = this.payload.controls[control].labels[at];
      input.setAttribute("aria-valuetext", label);
      input.parentElement.querySelector(".sre-value").textContent = label;
    }

    frame() {
      const { sizes, data, readout, leaves, dark } = this.payload;
      const colours = isDark(this.block) ? dark : {};
      const state = { data: themed(data, colours), readout: themed(readout, {}) };
      for (const leaf of leaves) {
        const flat = leaf.a.reduce((sum, axis) => sum * sizes[axis] + this.position[axis], 0);
        const value = leaf.v[leaf.i ? leaf.i[flat] : flat];
        let target = state;
        for (const key of leaf.p.slice(0, -1)) target = target[key];
        target[leaf.p[leaf.p.length - 1]] = leaf.p[0] === "data" ? themed(value, colours) : value;
      }
      state.text = this.readoutText(state.readout || {});
      if (this.compute) {
        const made = this.compute(Object.fromEntries(this.at()), this.payload.script.given);
        for (const [trace, changes] of Object.entries(made.data)) Object.assign(state.data[trace], themed(changes, colours));
        state.text = made.readout;
      }
      return state;
    }

    // The name and the value of every control.
    at() {
      return this.payload.controls.map((control, i) => [control.name, control.values[this.position[i]]]);
    }

    readoutText(lines) {
      const join = (parts) => parts.text.split(SLOT).reduce((text, piece, i) => text + parts[i - 1] + piece);
      return Object.keys(lines).sort((a, b) => a - b).map((number) => join(lines[number])).join("\n");
    }

    // Draw the current position; moves that come while plotly is busy are drawn once it is done.
    async draw() {
      this.dirty = true;
      if (this.drawing) return;
      this.drawing = true;
      try {
        while (this.dirty) {
          this.dirty = false;
          const state = this.frame();
          const at = this.at();
          if (this.text) this.text.textContent = state.text;
          await window.Plotly.react(this.plot, state.data, this.layout(), CONFIG);
          this.plot.dataset.drawn = JSON.stringify(Object.fromEntries(at));
        }
      } finally {
        this.drawing = false;
      }
    }

    // One layout per theme: the same object again tells plotly that nothing of it has changed.
    layout() {
      const dark = isDark(this.block);
      if (!this.kept || this.kept.dark !== dark) {
        this.kept = { dark, layout: themed(this.payload.layout, dark ? this.payload.dark : {}) };
        this.plot.dataset.theme = dark ? "dark" : "light";
      }
      return this.kept.layout;
    }

    fit() {
      const width = this.plot.clientWidth;
      if (width === 0 || width === this.width) return;
      if (this.width !== undefined) window.Plotly.Plots.resize(this.plot);
      this.width = width;
    }

    recolour() {
      if (this.payload && this.kept && this.kept.dark !== isDark(this.block)) this.draw();
    }
  }

  const begin = (block) => {
    const explorer = new Explorer(block);
    explorers.push(explorer);
    explorer.build();
    return explorer;
  };

  const scan = () => {
    const loading = document.readyState === "loading";
    for (const block of document.querySelectorAll(".sre:not([data-state])")) {
      if (window.Plotly) {
        begin(block).start();
      } else if (!loading) {
        block.dataset.state = "fallback";
      } else if (document.querySelector('script[src*="plotly"]')) {
        const explorer = begin(block);
        const finish = () => (window.Plotly ? explorer.start() : explorer.giveUp());
        document.addEventListener("DOMContentLoaded", finish, { once: true });
      } else {
        // Plotly may still stand at the end of the page: decide when all of it has been read.
        document.addEventListener("DOMContentLoaded", scan, { once: true });
      }
    }
  };

  const recolour = () => explorers.forEach((explorer) => explorer.recolour());
  new MutationObserver(recolour).observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-theme", "class", "style"],
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  window[KEY] = { scan };
  scan();
})();
