// The roster grid: drag a shift onto a cell, or one cell onto another of the same day; the server answers which rules
// break. Arrow keys move among the cells, Enter opens the form at the side.

const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const grid = () => document.getElementById("grid");
const cellOf = (target) => target.closest?.("button.wf-cell");
let held = null;

function first() {
  grid()?.querySelector("button.wf-cell")?.setAttribute("tabindex", "0");
}

function aim(cell) {
  for (const other of document.querySelectorAll(".wf-cell.aim")) other.classList.remove("aim");
  cell?.classList.add("aim");
}

function send(values) {
  window.htmx.ajax("POST", `${grid().dataset.roster}drop/`, { target: "#told", values: { ...values, csrfmiddlewaretoken: csrf() } });
}

document.addEventListener("dragstart", (event) => {
  const cell = cellOf(event.target);
  const shift = event.target.closest?.("[data-shift]");
  if (!cell && !shift) return;
  held = cell ? { other: cell.dataset.agent, day: cell.dataset.day } : { shift: shift.dataset.shift };
  event.dataTransfer.setData("text/plain", cell ? cell.textContent.trim() : shift.dataset.shift);
  event.dataTransfer.effectAllowed = "move";
});

document.addEventListener("dragover", (event) => {
  const cell = cellOf(event.target);
  if (!held || !cell || !grid()?.hasAttribute("data-edit")) return;
  if (held.day && held.day !== cell.dataset.day) return;
  event.preventDefault();
  aim(cell);
});

document.addEventListener("drop", (event) => {
  const cell = cellOf(event.target);
  aim(null);
  if (!held || !cell) return;
  event.preventDefault();
  const { agent, day } = cell.dataset;
  if (held.shift) send({ agent, day, shift: held.shift });
  else if (held.other !== agent) send({ agent, day, other: held.other });
  held = null;
});

document.addEventListener("dragend", () => {
  held = null;
  aim(null);
});

document.addEventListener("click", (event) => {
  const cell = cellOf(event.target);
  if (!cell) return;
  const { agent, day } = cell.dataset;
  window.htmx.ajax("GET", `${grid().dataset.roster}place/${agent}/${day}/`, "#side-body");
});

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

document.addEventListener("keydown", (event) => {
  const cell = cellOf(event.target);
  const step = STEPS[event.key];
  if (!cell || !step) return;
  const row = cell.closest("tr");
  const rows = [...row.parentElement.rows];
  const next = rows[rows.indexOf(row) + step[0]]?.cells[cell.parentElement.cellIndex + step[1]]?.querySelector("button.wf-cell");
  if (!next) return;
  event.preventDefault();
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});

document.addEventListener("htmx:afterSettle", first);
first();
