// Lists: rows that open, keys to walk them, selection for bulk actions. All by delegation: fragments come and go.

function rowsOf(list) {
  return [...list.querySelectorAll("tbody tr")];
}

// -- opening -----------------------------------------------------------------------------------------------------------

function open(row, elsewhere) {
  if (elsewhere) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
}

function onRow(event) {
  const row = event.target.closest("tr[data-href]");
  return row && !event.target.closest("a, button, input, label, select, summary") ? row : null;
}

document.addEventListener("click", (event) => {
  const row = onRow(event);
  if (row && !getSelection().toString()) open(row, event.ctrlKey || event.metaKey);
});

document.addEventListener("auxclick", (event) => {
  const row = event.button === 1 && onRow(event);
  if (row) open(row, true);
});

// -- keys --------------------------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const list = document.querySelector("[data-list]") || document.querySelector("main");
  if (!list || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
  const rows = rowsOf(list);
  const here = rows.indexOf(document.activeElement?.closest("tbody tr"));
  if (event.key === "j" || event.key === "k") {
    const next = event.key === "j" ? here + 1 : Math.max(here - 1, 0);
    rows[Math.min(next, rows.length - 1)]?.focus();
  } else if (event.key === "Enter" && here >= 0 && document.activeElement === rows[here] && rows[here].dataset.href) {
    open(rows[here], false);
  } else if (event.key === "x" && here >= 0) {
    rows[here].querySelector("input[name=pk]")?.click();
  } else if (event.key === "[" || event.key === "]") {
    list.querySelector(`.k-pages [rel=${event.key === "[" ? "prev" : "next"}]`)?.click();
  }
});

// -- filters -----------------------------------------------------------------------------------------------------------

// One choice of one filter, or the page size: nothing more to say, so it applies at once.
document.addEventListener("change", (event) => {
  if (event.target.closest(".k-auto")) event.target.form?.requestSubmit();
});

// -- selection ---------------------------------------------------------------------------------------------------------

function refresh(list, all) {
  const bar = list.querySelector("#list-bulk");
  const boxes = [...list.querySelectorAll("input[name=pk]")];
  const ticked = boxes.filter((box) => box.checked).length;
  bar.elements.all.value = all ? "1" : "0";
  bar.hidden = ticked === 0;
  bar.querySelector("[data-selected]").textContent = all ? bar.dataset.total : ticked.toLocaleString("en");
  const head = list.querySelector("[data-tick-page]");
  head.checked = ticked > 0 && ticked === boxes.length;
  head.indeterminate = ticked > 0 && ticked < boxes.length;
}

function tickAll(list, checked) {
  for (const box of list.querySelectorAll("input[name=pk]")) box.checked = checked;
}

document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-list]");
  if (!list) return;
  if (event.target.matches("[data-tick-page]")) tickAll(list, event.target.checked);
  if (event.target.matches("[data-tick-page], input[name=pk]")) refresh(list, false);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-select-all], [data-select-none]");
  if (!button) return;
  const list = button.closest("[data-list]");
  const all = button.matches("[data-select-all]");
  tickAll(list, all);
  refresh(list, all);
});
