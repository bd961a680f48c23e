// The panel at the side: opens once what htmx has loaded into it listens, closes when its form has been carried out.

const panel = document.getElementById("side");

if (panel) {
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "side-body" || panel.open) return;
    panel.showModal();
    panel.querySelector("form :is(input:not([type=hidden]), select, textarea)")?.focus();
  });
  document.addEventListener("side-done", () => panel.close());
  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-side-close]")) panel.close();
  });
  panel.addEventListener("close", () => panel.querySelector("#side-body").replaceChildren());
}
