// A click or Enter on a small picture marked data-zoom shows it large, with its words, until Escape or another click.
const openPicture = (image) => {
  const dialog = document.createElement("dialog");
  dialog.className = "suprank-zoom";
  dialog.setAttribute("aria-label", image.alt);
  const large = document.createElement("img");
  large.src = image.src;
  large.alt = image.alt;
  const words = document.createElement("p");
  words.textContent = image.alt;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  dialog.append(large, words, close);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    image.focus({ preventScroll: true });
  });
  document.body.appendChild(dialog);
  dialog.showModal();
};

document.querySelectorAll("img[data-zoom]:not([data-live])").forEach((image) => {
  image.setAttribute("data-live", "");
  image.tabIndex = 0;
  image.setAttribute("role", "button");
  image.setAttribute("aria-haspopup", "dialog");
  image.setAttribute("data-lm-suppress-shortcuts", "true");
  image.addEventListener("click", () => openPicture(image));
  image.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    openPicture(image);
  });
});
