// What a photograph finds, by one network and by another; a slide leads from one to the other, and every answer moves
// to its new place. One script for the built page and for the widget, where `ask` sends a question to Python.
const showSearch = (block, spec, ask) => {
  "use strict";
  const last = spec.shares.length - 1;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const group = `ss-${Math.random().toString(36).slice(2)}`;
  const state = { query: 0, stop: 0, cards: [], timer: 0 };
  const make = (tag, name, text = "", parent = null) => {
    const element = document.createElement(tag);
    if (name) element.className = `ss-${name}`;
    element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  const keysStay = (element) => element.setAttribute("data-lm-suppress-shortcuts", "true");
  const picture = (source, alt, parent) => {
    const image = make("img", "", "", parent);
    image.src = source;
    image.alt = alt;
    image.draggable = false;
    return image;
  };

  const fallback = block.querySelector(".ss-fallback");
  if (fallback) fallback.remove();
  block.setAttribute("role", "group");
  block.setAttribute("aria-label", spec.title);
  make("p", "title", spec.title, block);
  const choices = make("div", "choices", "", block);
  choices.setAttribute("role", "radiogroup");
  choices.setAttribute("aria-label", "The photograph that asks");
  const more = make("div", "more", "", block);
  const head = make("div", "head", "", block);
  const asking = make("button", "asking", "", head);
  asking.type = "button";
  keysStay(asking);
  const told = make("div", "told", "", head);
  const slide = make("div", "slide", "", told);
  const [before, after] = spec.networks.map((name) => make("button", "end", name));
  const range = make("input", "range");
  Object.assign(range, { type: "range", min: 0, max: last, step: 1, value: 0 });
  range.setAttribute("aria-label", `From ${spec.networks[0]} to ${spec.networks[1]}`);
  keysStay(range);
  slide.append(before, range, after);
  [before, after].forEach((button, end) => {
    button.type = "button";
    keysStay(button);
    button.addEventListener("click", () => travel(end * last));
  });
  const meters = make("div", "meters", "", told);
  const whole = make("p", "whole", "", told);
  const spoken = make("p", "spoken", "", told);
  spoken.setAttribute("role", "status");
  // A bar for each column, and one for those that share nothing.
  const bars = [...spec.levels.keys()].reverse().map((level) => {
    const row = make("div", `meter ss-level-${level}`, "", meters);
    row.setAttribute("aria-hidden", "true"); // said by `spoken`
    make("span", "mark", spec.levels[level].mark, row);
    make("span", "", spec.levels[level].words, row);
    const fill = make("span", "fill", "", make("span", "bar", "", row));
    const counts = (shared) => (level === 0 ? shared === 0 : shared >= level);
    return { counts, fill, number: make("b", "count", "", row) };
  });
  const first = make("ol", "first", "", block);
  first.setAttribute("aria-label", `The first ${spec.k}`);
  const below = make("p", "below", `Further down here, among the first ${spec.k} at another stop`, block);
  const further = make("ol", "further", "", block);
  further.setAttribute("aria-label", "Further down");

  const stopName = (stop) => {
    const share = Math.round(spec.shares[stop] * 100);
    if (share === 0 || share === 100) return spec.networks[share / 100];
    return `${100 - share} % ${spec.networks[0]}, ${share} % ${spec.networks[1]}`;
  };

  const cardOf = (query, place) => {
    const item = spec.pictures[query.items[place]];
    const level = query.levels ? query.levels[place] : null;
    const card = make("li", `card${level === null ? "" : ` ss-level-${level}`}`);
    const open = make("button", "open", "", card);
    open.type = "button";
    keysStay(open);
    const image = picture(item.source, item.classes, open);
    open.addEventListener("click", () => openPicture(image));
    const line = make("span", "line", "", card);
    line.setAttribute("aria-hidden", "true");
    const number = make("b", "place", "", line);
    if (level !== null) {
      // The mark of each level that is shared, the finest first.
      const shared = spec.levels.slice(1, level + 1).reverse();
      make("span", "marks", level === 0 ? spec.levels[0].mark : shared.map(({ mark }) => mark).join(""), line);
    }
    const score = make("span", "score", "", line);
    const [name, was] = [make("span", "name", item.name, card), make("span", "was", "", card)];
    [name, was].forEach((words) => words.setAttribute("aria-hidden", "true"));
    const show = (stop) => {
      const now = query.places[stop][place];
      const then = query.places[0][place];
      number.textContent = now;
      score.textContent = query.scores[stop][place];
      was.textContent = stop === 0 || then === now ? "" : `${then > now ? "▲" : "▼"} was ${then}`;
      card.dataset.item = query.items[place];
      card.dataset.place = now;
      const words = level === null ? "" : `, ${spec.levels[level].words}`;
      const moved = stop === 0 || then === now ? "" : `, was ${then}`;
      image.alt = `place ${now}: ${item.classes}${words}, score ${query.scores[stop][place]}${moved}`;
    };
    return { card, show, level, now: (stop) => query.places[stop][place] };
  };

  const tell = (query) => {
    const shown = state.cards.filter(({ now }) => now(state.stop) <= spec.k);
    meters.hidden = query.levels === null;
    bars.forEach(({ counts, fill, number }) => {
      const count = shown.filter(({ level }) => counts(level)).length;
      fill.style.width = `${(100 * count) / spec.k}%`;
      number.textContent = `${count} of ${spec.k}`;
    });
    const lines = query.texts[state.stop].split("\n");
    whole.textContent = lines[lines.length - 1];
    spoken.textContent = `${stopName(state.stop)}: ${lines.join(". ")}`;
  };

  // Bring every card to its place, and let it be seen on its way: from where it stands now to where it belongs.
  const settle = (fresh) => {
    const query = spec.queries[state.query];
    const from = state.cards.map(({ card }) => card.getBoundingClientRect());
    const ordered = [...state.cards].sort((a, b) => a.now(state.stop) - b.now(state.stop));
    state.cards.forEach(({ card, show }) => {
      card.getAnimations().forEach((animation) => animation.cancel());
      show(state.stop);
    });
    const held = document.activeElement;
    ordered.forEach(({ card, now }) => (now(state.stop) <= spec.k ? first : further).append(card));
    if (held && held !== document.activeElement && block.contains(held)) held.focus({ preventScroll: true });
    below.hidden = further.childElementCount === 0;
    range.value = state.stop;
    range.setAttribute("aria-valuetext", stopName(state.stop));
    before.setAttribute("aria-pressed", state.stop === 0);
    after.setAttribute("aria-pressed", state.stop === last);
    tell(query);
    block.dataset.query = state.query;
    block.dataset.stop = state.stop;
    if (calm.matches) return;
    state.cards.forEach(({ card, level }, place) => {
      const to = card.getBoundingClientRect();
      const timing = { duration: 750, easing: "cubic-bezier(.3,.1,.2,1)" };
      if (fresh) {
        card.animate([{ opacity: 0, transform: "scale(.92)" }, {}], { ...timing, duration: 350 });
        return;
      }
      const [x, y, size] = [from[place].left - to.left, from[place].top - to.top, from[place].width / to.width];
      if (Math.abs(x) + Math.abs(y) < 1) return;
      const zIndex = 2 + (level || 0); // what is right passes in front
      const flight = card.animate(
        [{ transform: `translate(${x}px,${y}px) scale(${size})`, zIndex }, { transform: "none", zIndex }],
        timing,
      );
      card.dataset.flying = "";
      flight.addEventListener("finish", () => delete card.dataset.flying);
    });
  };

  const stand = (stop) => {
    if (stop === state.stop) return;
    state.stop = stop;
    settle(false);
  };
  const halt = () => window.clearInterval(state.timer);

  // Go to an end stop by stop; whoever wants no motion is there at once.
  const travel = (end) => {
    halt();
    if (calm.matches) {
      stand(end);
      return;
    }
    const step = () => {
      stand(state.stop + Math.sign(end - state.stop));
      if (state.stop === end) halt();
    };
    state.timer = window.setInterval(step, 420);
    step();
  };
  range.addEventListener("input", () => {
    halt();
    stand(Number(range.value));
  });

  const choose = (place) => {
    halt();
    state.query = place;
    state.stop = 0;
    const query = spec.queries[place];
    asking.replaceChildren();
    const image = picture(query.source, `query: ${query.name}`, asking);
    make("span", "", query.name, asking);
    asking.onclick = () => openPicture(image);
    state.cards = query.items.map((_, item) => cardOf(query, item));
    first.replaceChildren();
    further.replaceChildren();
    settle(true);
  };

  const offer = () => {
    choices.replaceChildren();
    spec.queries.forEach((query, place) => {
      const label = make("label", "choice", "", choices);
      const input = make("input", "", "", label);
      Object.assign(input, { type: "radio", name: group, value: place, checked: place === 0 });
      keysStay(input);
      picture(query.source, query.name, label);
      label.title = query.name;
      input.addEventListener("change", () => choose(place));
    });
    choose(0);
  };

  const message = make("p", "message");
  message.setAttribute("role", "alert");
  const askWith = async (file) => {
    if (!file || !ask || !spec.uploads) return;
    message.textContent = `Searching with ${file.name} …`;
    ask({ name: file.name }, [await file.arrayBuffer()]);
  };
  if (ask) {
    const label = make("label", "", "Another photograph: ", more);
    const list = make("select", "", "", label);
    keysStay(list);
    list.append(new Option("choose a class", ""));
    spec.classes.forEach(([number, name]) => list.append(new Option(name, number)));
    list.addEventListener("change", () => list.value !== "" && ask({ class: Number(list.value) }, []));
    if (spec.uploads) {
      const own = make("label", "own", "or one of your own: ", more);
      const input = make("input", "", "", own);
      Object.assign(input, { type: "file", accept: "image/*" });
      input.addEventListener("change", () => askWith(input.files[0]));
      block.addEventListener("dragover", (event) => event.preventDefault());
      block.addEventListener("drop", (event) => {
        event.preventDefault();
        askWith(event.dataTransfer.files[0]);
      });
    }
    more.append(message);
  } else {
    more.remove();
  }

  offer();
  block.dataset.state = "ready";
  return (found) => {
    message.textContent = found.error || "";
    if (found.error) return;
    Object.assign(spec.pictures, found.pictures);
    spec.queries = found.queries;
    offer();
  };
};
