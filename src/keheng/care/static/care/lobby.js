// "Who is it?" opens the search of a ticket; the queue is not loaded anew while somebody types in it.

const lobby = document.getElementById("lobby");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-who]");
  const form = button && document.getElementById(`who-${button.dataset.who}`);
  if (!form) return;
  form.hidden = !form.hidden;
  if (!form.hidden) form.querySelector("input").focus();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === lobby && lobby.querySelector(".k-who:not([hidden])")) event.preventDefault();
});
