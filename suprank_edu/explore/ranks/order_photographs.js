// A list of photographs that the reader drags into another order; the numbers follow. The formulas are those of the
// library's metrics, and the tests hold the two against one another.
(() => {
  "use strict";
  const keep = (value) => (Math.floor(value * 1000 + 0.5) / 1000).toFixed(3);
  const sum = (values) => values.reduce((total, value) => total + value, 0);

  const LINES = {
    score: (found) => `This list scores ${Math.floor(found.ap * 100 + 0.5)} of 100.`,
    precision: (found) => `Precision at each ●: ${found.terms.join(", ")}`,
    AP: (found) => `AP = 1/${found.terms.length} (${found.terms.join(" + ")}) = ${keep(found.ap)}`,
    recall: (found, k) => {
      const hits = found.relevant.slice(0, k).filter(Boolean).length;
      const all = found.terms.length;
      return `Among the first ${k}: hit rate ${Number(hits > 0)}, recall ${hits}/${all}, precision ${hits}/${k}`;
    },
    NDCG: (found) => `NDCG = ${keep(found.dcg)} / ${keep(found.ideal)} = ${keep(found.dcg / found.ideal)}`,
  };

  const judge = (levels, top) => {
    const relevant = levels.map((level) => level === top);
    let seen = 0;
    const precisions = [];
    const terms = [];
    relevant.forEach((is, place) => {
      if (!is) return;
      seen += 1;
      precisions.push(seen / (place + 1));
      terms.push(`${seen}/${place + 1}`);
    });
    const dcg = (ordered) => sum(ordered.map((level, place) => (2 ** level - 1) / Math.log2(place + 2)));
    const ap = sum(precisions) / terms.length;
    return { relevant, terms, ap, dcg: dcg(levels), ideal: dcg([...levels].sort((a, b) => b - a)) };
  };

  const start = (block) => {
    const spec = JSON.parse(block.querySelector(".so-spec").textContent);
    const list = block.querySelector("ol");
    const text = block.querySelector(".so-text");
    const spoken = block.querySelector(".so-spoken");
    const cards = () => [...list.children];
    const first = cards();
    block.querySelector(".so-buttons").hidden = false;

    const show = (heard) => {  // what a screen reader is told first
      const levels = cards().map((card) => Number(card.dataset.level));
      const found = judge(levels, spec.top);
      const lines = spec.lines.map((name) => LINES[name](found, spec.k));
      if (levels.every((level, place) => place === 0 || level <= levels[place - 1])) lines.push(spec.praise);
      text.textContent = lines.join("\n");
      block.dataset.order = cards().map((card) => card.dataset.item).join(" ");
      cards().forEach((card, place) => {
        card.querySelector(".so-place").textContent = place + 1;
        card.setAttribute("aria-label", `place ${place + 1} of ${first.length}: ${card.dataset.name}`);
      });
      if (heard) spoken.textContent = `${heard}. ${lines.join(". ")}`;
    };

    const move = (card, place) => {
      const others = cards().filter((each) => each !== card);
      const within = Math.max(0, Math.min(others.length, place));
      if (cards().indexOf(card) === within) return;
      list.insertBefore(card, others[within] || null);
      show(`${card.dataset.name}: place ${cards().indexOf(card) + 1}`);
    };

    // The card stays in the list and moves as the pointer passes others; a copy of its picture follows the pointer.
    const drag = (card, down) => {
      let ghost = null;
      const image = card.querySelector("img");
      const box = image.getBoundingClientRect();
      const follow = (event) => {
        if (event.pointerId !== down.pointerId) return;
        if (!ghost) {
          if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 6) return;
          ghost = image.cloneNode();
          ghost.className = "so-ghost";
          ghost.removeAttribute("role");
          ghost.tabIndex = -1;
          ghost.style.width = ghost.style.height = `${box.width}px`;
          document.body.appendChild(ghost);
          card.dataset.held = "";
        }
        ghost.style.left = `${box.left + event.clientX - down.clientX}px`;
        ghost.style.top = `${box.top + event.clientY - down.clientY}px`;
        const distance = (each) => {
          const at = each.getBoundingClientRect();
          return Math.hypot(event.clientX - at.left - at.width / 2, event.clientY - at.top - at.height / 2);
        };
        const all = cards();
        const nearest = all.reduce((best, each) => (distance(each) < distance(best) ? each : best));
        if (nearest !== card) move(card, all.indexOf(nearest));
      };
      const end = (event) => {
        if (event.pointerId !== down.pointerId) return;
        list.removeEventListener("pointermove", follow);
        list.removeEventListener("pointerup", end);
        list.removeEventListener("pointercancel", end);
        delete card.dataset.held;
        if (ghost) ghost.remove();
        else if (event.type === "pointerup") openPicture(image);
      };
      list.setPointerCapture(down.pointerId); // not the card, which loses the pointer when it changes its place
      list.addEventListener("pointermove", follow);
      list.addEventListener("pointerup", end);
      list.addEventListener("pointercancel", end);
    };

    first.forEach((card) => {
      card.tabIndex = 0;
      card.setAttribute("data-lm-suppress-shortcuts", "true");
      card.setAttribute("aria-roledescription", "photograph in a list; the arrow keys move it, Enter shows it large");
      card.querySelector("img").draggable = false;
      card.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        card.focus({ preventScroll: true });
        drag(card, event);
      });
      card.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -first.length, End: first.length };
        if (event.key === "Enter") openPicture(card.querySelector("img"));
        else if (by[event.key] !== undefined) move(card, cards().indexOf(card) + by[event.key]);
        else return;
        event.preventDefault();
        event.stopPropagation();
        card.focus({ preventScroll: true });
      });
    });
    const put = (order, heard) => {
      list.append(...order);
      show(heard);
    };
    block.querySelector(".so-reset").addEventListener("click", () => put(first, "As at the start"));
    block.querySelector(".so-best").addEventListener("click", () => {
      put([...cards()].sort((a, b) => b.dataset.level - a.dataset.level), "A best order");
    });
    block.dataset.state = "ready";
    show();
  };

  document.querySelectorAll(".suprank-order:not([data-state])").forEach(start);
})();
