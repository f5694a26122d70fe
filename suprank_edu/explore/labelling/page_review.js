// A review in the page; the numbers are those of suprank_edu.explore.labelling.page_review, and a test holds them together.
(() => {
  "use strict";
  const pairs = (count) => (count * (count - 1)) / 2;
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const counts = (classes) => [...new Set(classes)].map((kind) => classes.filter((own) => own === kind).length);

  const start = (block) => {
    const listed = JSON.parse(block.querySelector(".pr-spec").textContent).groups; // in the order of the rows
    const groups = Object.fromEntries(listed);
    const names = listed.map(([name]) => name);
    const selects = [...block.querySelectorAll("select")];
    const all = Object.values(groups).flat();
    const show = () => {
      const decision = Object.fromEntries(names.map((name, place) => [name, selects[place].value]));
      const kept = {};
      for (const name of names) {
        const label = decision[name] === "accept" ? name : decision[name];
        if (decision[label] === "accept") kept[label] = [...(kept[label] ?? []), ...groups[name]];
      }
      const found = Object.values(kept);
      const named = sum(found.map((classes) => classes.length));
      const agreeing = sum(found.map((classes) => Math.max(...counts(classes))));
      const together = sum(found.map((classes) => pairs(classes.length)));
      const right = sum(found.map((classes) => sum(counts(classes).map(pairs))));
      const text = block.querySelector(".pr-text");
      text.textContent = named
        ? [
            `Coverage: ${named}/${all.length} of the names have a label.`,
            `Purity: ${agreeing}/${named} of these are of the most frequent kind of their group.`,
            `Pairs: precision ${right}/${together}, recall ${right}/${sum(counts(all).map(pairs))}.`,
          ].join("\n")
        : `No name has a label yet: coverage 0/${all.length}.`;
    };
    selects.forEach((select) => {
      select.disabled = false;
      select.addEventListener("input", show);
    });
    block.dataset.state = "ready";
    show();
  };
  document.querySelectorAll(".suprank-page-review:not([data-state])").forEach(start);
})();
