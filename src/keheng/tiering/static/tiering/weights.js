// The sums of the weights while they are typed: `data-weight` names the side of an input, `data-sum` shows it.
const form = document.querySelector("[data-weights]");

function show(side) {
  const inputs = form.querySelectorAll(`[data-weight="${side}"]`);
  const sum = [...inputs].reduce((total, input) => total + Math.round((Number(input.value) || 0) * 100), 0) / 100;
  const output = form.querySelector(`[data-sum="${side}"]`);
  output.textContent = sum.toLocaleString("en");
  output.className = sum === 100 ? "met" : "over";
}

if (form) {
  for (const { dataset } of form.querySelectorAll("[data-sum]")) show(dataset.sum);
  form.addEventListener("input", ({ target }) => target.dataset.weight && show(target.dataset.weight));
}
