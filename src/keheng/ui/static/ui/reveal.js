// Masked personal data: the eye asks the server; where no reason is on record yet, a dialog asks for it first.
// The server answers 200 with the value as plain text, 428 when it needs a reason, or a sentence that says why not.

const NEEDS_REASON = 428;
const SHOWN_MS = 60_000;
const dialog = document.getElementById("reveal");

async function ask(mask, reason) {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const body = new URLSearchParams({ field: mask.dataset.field, reason });
  return fetch(mask.dataset.reveal, { method: "POST", headers: { "X-CSRFToken": token, "HX-Request": "true" }, body });
}

function show(mask, value) {
  const text = mask.querySelector("[data-mask]");
  const hidden = text.textContent;
  text.textContent = value;
  mask.classList.add("shown");
  mask.querySelector("button").hidden = true;
  setTimeout(() => {
    text.textContent = hidden;
    mask.classList.remove("shown");
    mask.querySelector("button").hidden = false;
  }, SHOWN_MS);
}

async function reveal(mask, reason) {
  const error = dialog.querySelector(".k-error");
  error.hidden = true;
  let answer;
  try {
    answer = await ask(mask, reason);
  } catch {
    answer = null;
  }
  if (answer?.ok) {
    show(mask, await answer.text());
    dialog.close();
    return;
  }
  if (answer?.status !== NEEDS_REASON || reason) {
    const plain = answer?.headers.get("Content-Type")?.startsWith("text/plain");
    error.textContent = plain ? await answer.text() : dialog.dataset.failed;
    error.hidden = false;
  }
  if (!dialog.open) dialog.showModal();
}

if (dialog) {
  const form = dialog.querySelector("form");
  const input = form.elements.reason;
  let mask = null;

  document.addEventListener("click", (event) => {
    const eye = event.target.closest("[data-reveal] button");
    if (!eye) return;
    mask = eye.closest("[data-reveal]");
    reveal(mask, "");
  });
  form.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-reason]");
    if (chip) {
      input.value = chip.textContent.trim();
      input.focus();
    }
    if (event.target.closest("[data-cancel]")) dialog.close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    reveal(mask, input.value.trim());
  });
}
