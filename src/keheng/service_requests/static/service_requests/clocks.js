// Live countdowns in service time, and the panel beside the desk. A clock counts only within the stretch of service
// that the page names; when that is over it stands still, and the page is asked anew.

const NEAR = 0.8;

const seen = new WeakMap();

function words(clock, seconds) {
  const { second, minute, hour, day } = clock.dataset;
  const minutes = Math.floor(seconds / 60);
  if (seconds < 60) return `${seconds} ${second}`;
  if (minutes < 60) return minutes < 10 ? `${minutes} ${minute} ${seconds % 60} ${second}` : `${minutes} ${minute}`;
  if (day && minutes >= 1440) return `${Math.floor(minutes / 1440)} ${day} ${Math.floor((minutes % 1440) / 60)} ${hour}`;
  return `${Math.floor(minutes / 60)} ${hour} ${minutes % 60} ${minute}`;
}

function show(clock, now) {
  if (clock.dataset.paused !== undefined) return;
  if (!seen.has(clock)) seen.set(clock, now);
  const from = Math.max(Date.parse(clock.dataset.from), seen.get(clock));
  const run = Math.max(0, Math.min(now, Date.parse(clock.dataset.until)) - from);
  const left = Number(clock.dataset.left) - Math.floor(run / 1000);
  const total = Number(clock.dataset.total);
  const tone = left < 0 ? "over" : (total - left) / total >= NEAR ? "near" : "met";
  clock.classList.remove("met", "near", "over");
  clock.classList.add(tone);
  const said = words(clock, Math.abs(left));
  clock.querySelector("b").textContent = left < 0 ? `${clock.dataset.over} ${said}` : said;
  const bar = clock.querySelector("progress");
  bar.value = Math.min(total, Math.max(0, total - left));
  bar.className = `k-bar ${tone}`;
}

function tick() {
  const now = Date.now();
  for (const clock of document.querySelectorAll("[data-clock]")) show(clock, now);
}

// A module runs once a page, but tabs bring their own tag: one timer is enough.
if (!window.kehengClocks) {
  window.kehengClocks = true;
  setInterval(tick, 1000);

  // What a side panel has done shows on a page of one request by loading it anew.
  document.addEventListener("side-done", () => {
    if (document.querySelector("[data-clock], .sr-stages, .sr-undone, .k-acts")) setTimeout(() => location.reload(), 400);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // A click on a row of the desk shows it beside the list; its number, or Enter, opens it.
  document.addEventListener(
    "click",
    (event) => {
      const row = event.target.closest(".sr-desk tbody tr[data-href]");
      const panel = document.getElementById("sr-panel");
      if (!row || !panel?.offsetParent || event.target.closest("a, button, input, label") || event.ctrlKey) return;
      event.stopImmediatePropagation();
      choose(row);
    },
    true,
  );
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.(".sr-desk tbody tr[data-href]");
    if (row && row === event.target) choose(row);
  });
}

function choose(row) {
  const panel = document.getElementById("sr-panel");
  if (!panel?.offsetParent || row.classList.contains("on")) return;
  for (const other of document.querySelectorAll(".sr-desk tr.on")) other.classList.remove("on");
  row.classList.add("on");
  window.htmx.ajax("GET", `${row.dataset.href}panel/`, { target: panel, swap: "innerHTML" });
}
