// Shows the pieces of an answer that belong to the choices; without it all pieces are there, folded.
(() => {
  "use strict";
  document.querySelectorAll(".suprank-which:not([data-live])").forEach((block) => {
    block.setAttribute("data-live", "");
    const form = block.querySelector("form");
    const says = block.querySelector(".sw-says");
    const pieces = [...block.querySelectorAll("details")].map((element) => [element, JSON.parse(element.dataset.when)]);

    const show = () => {
      const chosen = [...form.querySelectorAll("input:checked")];
      const given = Object.fromEntries(chosen.map((input) => [input.dataset.question, input.value]));
      let headline = "";
      pieces.forEach(([element, when]) => {
        const seen = Object.entries(when).every(([name, values]) => values.includes(given[name]));
        element.hidden = !seen;
        const leads = seen && element.dataset.says;
        if (leads) headline = element.dataset.says;
        element.open = Boolean(leads); // the rest of the evidence waits below its title
      });
      says.textContent = headline;
    };

    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", show);
    show();
  });
})();
