// Makes the questions of a page answer: quizzes, predictions, and exercises by hand. Each block carries this script; it
// finds its blocks by their mark, not by its own place in the page: a notebook runs the script apart from the markup.
(() => {
  "use strict";
  const make = (tag, parts = {}) => Object.assign(document.createElement(tag), parts);
  const keepKeys = (element) => {
    element.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab takes keys, unless the element says no
    return element;
  };

  // A number as people write it: 0.75, .75, 0,75, −2, 3/4, 75 %; anything else is NaN.
  const read = (text) => {
    const plain = text.trim().replace(/[\u2212\u2013]/g, "-").replace(/\s+/g, "").replace(",", ".");
    const found = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?:\/(\d+\.?\d*|\.\d+))?(%?)$/i.exec(plain);
    if (!found) return NaN;
    const value = Number(found[1]) / (found[2] === undefined ? 1 : Number(found[2]));
    return Number.isFinite(value) ? value / (found[3] ? 100 : 1) : NaN;
  };

  // The list of choices as radio buttons under the question.
  const radios = (block, chosen) => {
    const form = make("fieldset");
    form.appendChild(make("legend", { innerHTML: block.querySelector(".question").innerHTML }));
    block.querySelectorAll(".choices li").forEach((item, place) => {
      const label = make("label", { className: "choice" });
      const radio = keepKeys(make("input", { type: "radio", name: block.id, value: String(place) }));
      radio.addEventListener("change", () => chosen(place));
      label.append(radio, make("span", { innerHTML: item.innerHTML }));
      form.appendChild(label);
    });
    return form;
  };

  // A box for a number, whose Enter is the button's click.
  const numberBox = (block, button) => {
    const form = make("div");
    const label = make("label", { className: "prompt", innerHTML: block.querySelector(".question").innerHTML });
    const input = keepKeys(make("input", { type: "text", inputMode: "text", autocomplete: "off", id: `${block.id}-reply` }));
    label.htmlFor = input.id;
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      button.click();
    });
    const row = make("div", { className: "reply" });
    row.append(input, button);
    form.append(label, row);
    return { form, input };
  };

  const say = (feedback, ...parts) => {
    feedback.replaceChildren(...parts.map((html) => make("p", { innerHTML: html })));
  };

  const NO_NUMBER = "Write a number, such as 0.75 or 3/4.";

  const quiz = (block, feedback, folded) => {
    const answers = folded.querySelectorAll("li");
    const form = radios(block, (place) => {
      feedback.innerHTML = answers[place].querySelector(".says").innerHTML;
      feedback.setAttribute("data-right", answers[place].getAttribute("data-right"));
    });
    return form;
  };

  // A guess counts once: what the reader committed to stays beside the answer.
  const predict = (block, feedback, folded, spec) => {
    const button = keepKeys(make("button", { type: "button", textContent: "Commit to it" }));
    const reveal = (guess, isRight) => {
      const answer = folded.querySelector(".answer").innerHTML;
      say(feedback, `${isRight ? spec.right : ""} You said <strong></strong>.`, `The answer: ${answer}`);
      feedback.querySelector("strong").textContent = guess;
      feedback.setAttribute("data-right", String(isRight));
      block.querySelectorAll("input, button").forEach((each) => (each.disabled = true));
      feedback.tabIndex = -1;
      feedback.focus({ preventScroll: true });
    };
    if (spec.tolerance === undefined) {
      let chosen = -1;
      const form = radios(block, (place) => {
        chosen = place;
        button.disabled = false;
      });
      button.disabled = true;
      button.addEventListener("click", () => {
        reveal(block.querySelectorAll(".choice span")[chosen].textContent, chosen === spec.place);
      });
      form.appendChild(button);
      return form;
    }
    const { form, input } = numberBox(block, button);
    button.addEventListener("click", () => {
      const value = read(input.value);
      if (Number.isNaN(value)) say(feedback, NO_NUMBER);
      else reveal(input.value.trim(), Math.abs(value - spec.answer) <= spec.tolerance);
    });
    return form;
  };

  // As many tries as it takes; after the second the way there can be unfolded.
  const byHand = (block, feedback, folded, spec) => {
    const button = keepKeys(make("button", { type: "button", textContent: "Check" }));
    const { form, input } = numberBox(block, button);
    const near = (value, target) => Math.abs(value - target) <= spec.tolerance;
    let wrong = 0;
    button.addEventListener("click", () => {
      const value = read(input.value);
      if (Number.isNaN(value)) return say(feedback, NO_NUMBER);
      const isRight = near(value, spec.answer);
      feedback.setAttribute("data-right", String(isRight));
      if (isRight) {
        say(feedback, `${spec.right} ${folded.querySelector(".answer").innerHTML}`);
      } else {
        const hint = spec.hints.find(([target]) => near(value, target));
        say(feedback, `${spec.notYet} ${hint ? hint[1] : spec.general}`);
        wrong += 1;
        folded.hidden = wrong < 2;
      }
    });
    return form;
  };

  const kinds = { quiz, predict, "by-hand": byHand };
  document.querySelectorAll(".suprank-ask:not([data-live])").forEach((block) => {
    block.setAttribute("data-live", "");
    const folded = block.querySelector("details");
    const feedback = make("div", { className: "feedback" });
    feedback.setAttribute("role", "status");
    feedback.setAttribute("aria-live", "polite");
    const spec = block.querySelector(".spec");
    const form = kinds[block.dataset.kind](block, feedback, folded, spec ? JSON.parse(spec.textContent) : {});
    block.querySelectorAll(".question, .choices").forEach((part) => part.remove());
    folded.hidden = true;
    block.insertBefore(form, folded);
    block.insertBefore(feedback, folded);
  });
})();
