// The keys of the desk and the board: "t" claims the row or card that has the focus (or was chosen last), "h j k l" and
// arrows walk the board. Walking a list and opening its rows is the frame's (list.js).

function cardsOf(lane) {
  return [...lane.querySelectorAll("[data-card]")];
}

function walk(board, key) {
  const lanes = [...board.children].filter((lane) => cardsOf(lane).length);
  const card = document.activeElement?.closest("[data-card]");
  if (!card) return lanes[0] && cardsOf(lanes[0])[0];
  const lane = lanes.findIndex((other) => other.contains(card));
  const place = cardsOf(lanes[lane]).indexOf(card);
  if (key === "j" || key === "k") return cardsOf(lanes[lane])[place + (key === "j" ? 1 : -1)];
  const next = lanes[lane + (key === "l" ? 1 : -1)];
  return next && cardsOf(next)[Math.min(place, cardsOf(next).length - 1)];
}

function claim() {
  const form = document.getElementById("sr-claim");
  const chosen = document.activeElement?.closest("tr[data-href], [data-card]") ?? document.querySelector(".sr-desk tr.on");
  if (!form || !chosen) return;
  form.action = `${chosen.dataset.href ?? chosen.getAttribute("href")}claim/`;
  form.submit();
}

const WALKS = { ArrowDown: "j", ArrowUp: "k", ArrowLeft: "h", ArrowRight: "l", h: "h", j: "j", k: "k", l: "l" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  const board = document.querySelector("[data-board]");
  if (event.key === "t") claim();
  else if (board && WALKS[event.key]) {
    event.preventDefault();
    walk(board, WALKS[event.key])?.focus();
  }
});
