// Drop zones: `<label class="k-drop" data-drop><input type="file"><span data-drop-name></span></label>`.
// A form sent by htmx shows its upload in `<progress data-upload>`.

function describe(zone, files) {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const size = bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  zone.querySelector("[data-drop-name]").textContent = `${files.map((file) => file.name).join(" + ")} · ${size}`;
}

for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", name === "dragenter" || name === "dragover");
    if (name !== "drop" || !event.dataTransfer.files.length) return;
    const input = zone.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// A file above the limit is refused before it is sent; the server refuses it too.
document.addEventListener("change", (event) => {
  const { limit, tooLarge } = event.target.dataset;
  if (!limit || !event.target.files) return;
  const large = [...event.target.files].some((file) => file.size > Number(limit));
  event.target.setCustomValidity(large ? tooLarge : "");
  event.target.reportValidity();
});

document.addEventListener("change", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (zone && event.target.files?.length) describe(zone, [...event.target.files]);
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("progress[data-upload]");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = event.detail.loaded / event.detail.total;
});
