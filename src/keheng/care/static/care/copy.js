// "Copy" puts a drafted message on the clipboard. Plain http has none of its own, and a browser may refuse it: then a
// selection is copied.

async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    return true;
  } catch {
    // none, or not allowed
  }
  getSelection().selectAllChildren(source);
  const done = document.execCommand("copy");
  getSelection().removeAllRanges();
  return done;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || !(await copy(document.getElementById(button.dataset.copy)))) return;
  const label = button.querySelector("[aria-live]");
  const before = label.textContent;
  if (before === button.dataset.copied) return;
  label.textContent = button.dataset.copied;
  setTimeout(() => { label.textContent = before; }, 2000);
});
