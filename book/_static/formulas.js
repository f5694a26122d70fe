// A formula that is wider than its page scrolls, by finger and, as a stop of the Tab key, by arrow keys.
(() => {
  "use strict";
  const fit = () => {
    for (const formula of document.querySelectorAll(".bd-article mjx-container")) {
      const was = formula.classList.contains("wide");
      formula.classList.remove("wide");
      const inLine = formula.getAttribute("display") !== "true";
      const room = inLine ? formula.closest("p, li, td, dd, div").clientWidth : formula.clientWidth;
      const width = inLine ? formula.offsetWidth : formula.scrollWidth;
      const wide = room > 0 && width > room; // no room: folded away
      formula.classList.toggle("wide", wide);
      if (wide) formula.tabIndex = 0;
      else if (was) formula.removeAttribute("tabindex");
    }
  };
  window.addEventListener("load", () => {
    if (!window.MathJax || !window.MathJax.startup) return; // no formula on this page
    window.MathJax.startup.promise.then(() => {
      new ResizeObserver(() => requestAnimationFrame(fit)).observe(document.querySelector(".bd-article"));
      document.addEventListener("toggle", fit, true);
      document.fonts.addEventListener("loadingdone", fit); // of other letters than those it was measured with
    });
  });
})();
