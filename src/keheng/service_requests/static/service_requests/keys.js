// The keys of the desk and the board: "t" claims the row or card that has the focus (or was chosen last), "j", "k" and
// arrows walk the board. Walking a list and opening its rows is the frame's (list.js).

function cardsOf(lane) {
  return [...lane.querySelectorAll("[data-card]")];
}

function walk(board, [lanesOn, cardsOn]) {
  const lanes = [...board.children].filter((lane) => cardsOf(lane).length);
  const card = document.activeElement?.closest("[data-card]");
  if (!card) return lanes[0] && cardsOf(lanes[0])[0];
  const here = lanes.findIndex((lane) => lane.contains(card));
  const place = cardsOf(lanes[here]).indexOf(card) + cardsOn;
  const lane = lanes[here + lanesOn];
  return lane && cardsOf(lane)[lanesOn ? Math.min(place, cardsOf(lane).length - 1) : place];
}

function claim() {
  const form = document.getElementById("sr-claim");
  const chosen = document.activeElement?.closest("tr[data-href], [data-card]") ?? document.querySelector(".sr-desk tr.on");
  if (!form || !chosen) return;
  form.action = `${chosen.dataset.href ?? chosen.getAttribute("href")}claim/`;
  form.submit();
}

const WALKS = { ArrowDown: [0, 1], j: [0, 1], ArrowUp: [0, -1], k: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  const board = document.querySelector("[data-board]");
  if (event.key === "t") claim();
  else if (board && WALKS[event.key]) {
    event.preventDefault();
    walk(board, WALKS[event.key])?.focus();
  }
});
