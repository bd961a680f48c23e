// The sum of each profile's weights, while they are being changed.
document.addEventListener("input", (event) => {
  const part = event.target.dataset?.part;
  const output = part && document.querySelector(`[data-sum="${part}"]`);
  if (!output) return;
  const inputs = document.querySelectorAll(`[data-part="${part}"]`);
  const sum = [...inputs].reduce((total, input) => total + (Number.parseInt(input.value, 10) || 0), 0);
  output.textContent = sum;
  output.classList.toggle("met", sum === 100);
  output.classList.toggle("over", sum !== 100);
});
