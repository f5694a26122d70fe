// A list of photographs that the reader drags into another order, and whose levels the reader weighs; the lines of
// `toldOfList` follow.
(() => {
  "use strict";
  const start = (block) => {
    const spec = JSON.parse(block.querySelector(".so-spec").textContent);
    const list = block.querySelector("ol");
    const text = block.querySelector(".so-text");
    const spoken = block.querySelector(".so-spoken");
    const cards = () => [...list.children];
    const first = cards();
    block.querySelector(".so-buttons").hidden = false;

    // What the levels are worth: α where each level shares out one sum, or a weight for each level.
    const inputs = [...block.querySelectorAll(".so-weigh :is(input, select)")];
    const weighing = () => {
      const value = Object.fromEntries(inputs.map((input) => [input.name, Number(input.value)]));
      if (!value.growing) return { alpha: value.alpha ?? 1, weights: null };
      return { alpha: 1, weights: spec.names.slice(1).map((_, column) => value[`weight${column}`] ?? 0) };
    };

    const show = (heard) => {  // what a screen reader is told first
      const levels = cards().map((card) => Number(card.dataset.level));
      const lines = toldOfList(levels, spec, weighing());
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
    inputs.forEach((input) => input.addEventListener("input", () => {
      const growing = inputs[0].value === "1";
      block.querySelectorAll(".so-weigh [data-when]").forEach((row) => {
        row.hidden = (row.dataset.when === "1") !== growing;
      });
      // All weights 0 would leave nothing to divide by: the one that came to 0 last stays at 1.
      if (growing && inputs.slice(2).every((each) => each.value === "0")) input.value = 1;
      const shown = input.parentElement.querySelector(".so-value");
      if (shown) shown.textContent = input.value;
      const said = shown ? input.value : input.selectedOptions[0].textContent;
      show(`${input.parentElement.querySelector(".so-label").textContent}: ${said}`);
    }));
    block.querySelectorAll(".so-order").forEach((button) => button.addEventListener("click", () => {
      put(JSON.parse(button.dataset.order).map((item) => first[item]), button.textContent);
    }));
    block.querySelector(".so-reset").addEventListener("click", () => put(first, "As at the start"));
    block.querySelector(".so-best").addEventListener("click", () => {
      put([...cards()].sort((a, b) => b.dataset.level - a.dataset.level), "A best order");
    });
    block.dataset.state = "ready";
    show();
  };

  document.querySelectorAll(".suprank-order:not([data-state])").forEach(start);
})();
