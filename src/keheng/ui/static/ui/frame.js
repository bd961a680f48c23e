// The frame of every page: theme, navigation, toasts, keyboard, search box, small habits of forms.

const root = document.documentElement;

function remember(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}

// -- theme and navigation ----------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) {
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    root.dataset.bsTheme = theme;
    remember("theme", theme);
  } else if (event.target.closest("[data-nav-fold]")) {
    remember("nav", root.classList.toggle("nav-narrow") ? "narrow" : "wide");
  } else if (event.target.closest("[data-nav-open]")) {
    root.classList.add("nav-open");
  } else if (root.classList.contains("nav-open") && !event.target.closest(".k-nav")) {
    root.classList.remove("nav-open");
  }
  if (event.target.closest("[data-keys-open]")) document.getElementById("keys").showModal();
  event.target.closest("[data-dismiss]")?.parentElement.remove();
});

// The page's own item is in sight, however long the navigation.
document.querySelector(".k-nav a.on")?.scrollIntoView({ block: "nearest" });

// -- toasts ------------------------------------------------------------------------------------------------------------

const TOAST_MS = 6000;

function fadeToasts() {
  for (const toast of document.querySelectorAll(".k-toast:not(.error, [data-timed])")) {
    toast.dataset.timed = "";
    setTimeout(() => toast.remove(), TOAST_MS);
  }
}

function toast(text, level) {
  const shown = [...document.querySelectorAll(".k-toast")].some((other) => other.textContent.trim() === text);
  if (shown) return;
  const box = document.createElement("div");
  box.className = `k-toast ${level}`;
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  document.getElementById("toasts")?.append(box);
  setTimeout(() => box.remove(), TOAST_MS);
}

fadeToasts();
document.addEventListener("htmx:afterSettle", fadeToasts);

// What a form in the side panel has done is said here, for the page stays.
document.addEventListener("side-done", (event) => toast(event.detail.value, "success"));

// A refusal or an error answers with one sentence of plain text; show it rather than swallow it.
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const plain = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
  toast(plain && xhr.responseText ? xhr.responseText : `${xhr.status} ${xhr.statusText}`, "error");
});

// The session has ended: the sign-in page must not land inside a fragment.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { pathname } = new URL(event.detail.xhr.responseURL || location.href, location.href);
  if (pathname.startsWith("/accounts/login")) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});

// -- forms -------------------------------------------------------------------------------------------------------------

// Filters leave no empty parameters in the address.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches("[data-drop-empty]")) return;
  const { formData } = event.detail;
  for (const [name, value] of [...formData.entries()]) if (value === "") formData.delete(name);
});

// -- asking first ------------------------------------------------------------------------------------------------------

const confirmation = document.getElementById("confirm");

// The question names the effect; the button repeats the verb of the one that was pressed.
function ask(question, verb, go) {
  confirmation.querySelector("#confirm-question").textContent = question;
  if (verb) confirmation.querySelector("[data-verb]").textContent = verb;
  confirmation.returnValue = "";
  confirmation.addEventListener("close", () => confirmation.returnValue === "go" && go(), { once: true });
  confirmation.showModal();
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.confirm) return;
  event.preventDefault();
  const count = event.target.querySelector("[data-selected]")?.textContent ?? "";
  ask(button.dataset.confirm.replace("%(count)s", count), button.textContent.trim(), () => {
    const question = button.dataset.confirm;
    delete button.dataset.confirm;
    event.target.requestSubmit(button);
    button.dataset.confirm = question;
  });
});

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(event.detail.question, event.detail.elt.textContent.trim(), () => event.detail.issueRequest(true));
});

// -- search box --------------------------------------------------------------------------------------------------------

const box = document.getElementById("search");
const results = document.getElementById("search-results");

if (box) {
  const hits = () => [...results.querySelectorAll("[role=option]")];
  const show = (open) => {
    results.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
  };
  const mark = (index) => {
    const all = hits();
    all.forEach((hit, at) => {
      hit.id = `hit-${at}`;
      hit.setAttribute("aria-selected", String(at === index));
    });
    if (all[index]) {
      box.setAttribute("aria-activedescendant", all[index].id);
      all[index].scrollIntoView({ block: "nearest" });
    }
  };
  const marked = () => hits().findIndex((hit) => hit.getAttribute("aria-selected") === "true");
  results.addEventListener("htmx:afterSwap", () => {
    show(results.childElementCount > 0);
    mark(0);
  });
  box.addEventListener("focus", () => show(results.childElementCount > 0));
  box.addEventListener("keydown", (event) => {
    const all = hits();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((marked() + step + all.length) % Math.max(all.length, 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!results.hidden) all[Math.max(marked(), 0)]?.click();
    } else if (event.key === "Escape") {
      show(false);
      box.blur();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".k-find")) show(false);
  });
}

// -- keys --------------------------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (event.key === "/" && box) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "?") {
    document.getElementById("keys")?.showModal();
  } else {
    document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`)?.click();
  }
});

// -- tabs of detail pages ----------------------------------------------------------------------------------------------

document.addEventListener("htmx:afterRequest", (event) => {
  const tab = event.target.closest?.("[data-tabs] [role=tab]");
  if (!tab || !event.detail.successful) return;
  for (const other of tab.parentElement.querySelectorAll("[role=tab]")) {
    other.classList.toggle("on", other === tab);
    other.setAttribute("aria-selected", String(other === tab));
  }
  document.getElementById("tab-panel").setAttribute("aria-labelledby", tab.id);
});
