// The quick log by keys: "l" opens it, arrows and Enter choose the customer, digits the channel and the result.

const panel = document.getElementById("side");
const form = () => panel?.querySelector("[data-log]");

function focusGroup(name) {
  const group = form()?.querySelector(`[data-group="${name}"]`);
  group?.querySelector("input:checked, input")?.focus();
}

function forward(name) {
  if (name === "channel") focusGroup("outcome");
  else form().querySelector("textarea")?.focus();
}

function start() {
  const shown = form();
  if (!shown) return;
  const wrong = shown.querySelector(".k-error")?.closest(".k-field")?.querySelector("input:not([type=hidden]), textarea");
  if (wrong) wrong.focus();
  else if (!shown.elements.customer.value) shown.elements.q.focus();
  else if (shown.querySelector('[name="channel"]:checked')) focusGroup("outcome");
  else focusGroup("channel");
}

function pick(hit) {
  const shown = form();
  shown.elements.customer.value = hit.dataset.pick;
  shown.querySelector("[data-chosen-name]").textContent = hit.dataset.name;
  shown.querySelector("[data-chosen-number]").textContent = hit.dataset.number;
  shown.querySelector("[data-chosen]").hidden = false;
  shown.querySelector("[data-search]").hidden = true;
  start();
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "side-body") setTimeout(start);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest("[data-log]")?.requestSubmit();
    return;
  }
  const group = event.target.closest("[data-group]");
  if (group) {
    const radio = group.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    forward(group.dataset.group);
  } else if (event.target.id === "log-q") {
    const hits = [...document.querySelectorAll("#log-found [data-pick]")];
    const at = hits.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    if (event.key === "Enter") {
      event.preventDefault();
      if (hits.length) pick(hits[Math.max(at, 0)]);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && hits.length) {
      event.preventDefault();
      const next = (at + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length;
      hits.forEach((hit, place) => hit.setAttribute("aria-selected", String(place === next)));
    }
  } else if (event.key === "l" && !event.target.closest("input, textarea, select, [contenteditable], dialog")) {
    document.getElementById("log-open")?.click();
  }
});

document.addEventListener("click", (event) => {
  const hit = event.target.closest("[data-log] [data-pick]");
  if (hit) pick(hit);
  const filler = event.target.closest("[data-log] [data-fill]");
  if (filler) document.getElementById(filler.dataset.fill).value = filler.dataset.value;
  if (event.target.closest("[data-log] [data-again]")) {
    form().elements.customer.value = "";
    form().querySelector("[data-chosen]").hidden = true;
    form().querySelector("[data-search]").hidden = false;
    form().elements.q.focus();
  }
  // A channel or a result chosen by the mouse goes forward as well.
  if (event.detail > 0 && event.target.matches("[data-log] [data-keyed] input")) {
    forward(event.target.closest("[data-group]").dataset.group);
  }
});
