// The bell moves without reloading. Only a page that is looked at holds a stream: browsers allow few to one host.

const bell = document.getElementById("bell");
const address = bell?.dataset.stream;
let source = null;
let begun = false;

function show({ unread, title }) {
  const badge = bell.querySelector("[data-unread]");
  badge.textContent = unread;
  badge.hidden = unread === 0;
  if (title) {
    const note = document.createElement("div");
    note.className = "k-toast";
    note.textContent = title;
    document.getElementById("toasts")?.append(note);
    setTimeout(() => note.remove(), 6000);
  }
}

function follow() {
  if (document.hidden) {
    source?.close();
    source = null;
  } else if (!source) {
    source = new EventSource(address);
    source.onmessage = (event) => {
      show(JSON.parse(event.data));
      // Parts of pages load themselves anew on this; the first message says only how things stand.
      if (begun) document.body.dispatchEvent(new CustomEvent("keheng-news"));
      begun = true;
    };
  }
}

if (address) {
  document.addEventListener("visibilitychange", follow);
  window.addEventListener("pagehide", () => source?.close());
  follow();
}
