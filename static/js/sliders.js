// Puts a slider under each number whose range is known; the number stays the field.
// A bound that may be passed is told by data-low and data-high instead of min and max.
function slider(field, low, high) {
  const range = document.createElement("input");
  range.type = "range";
  range.min = low;
  range.max = high;
  range.step = field.step === "any" ? String((Number(high) - Number(low)) / 200) : field.step;
  range.value = field.value === "" ? low : field.value;
  range.tabIndex = -1; // the number takes the keyboard
  range.setAttribute("aria-hidden", "true");
  range.addEventListener("input", () => {
    field.value = String(Number(Number(range.value).toPrecision(6)));
  });
  range.addEventListener("change", () => {
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  field.addEventListener("input", () => {
    range.value = field.value;
  });
  field.after(range);
}

for (const field of document.querySelectorAll("[data-sliders] input[type=number]")) {
  const low = field.dataset.low ?? field.min;
  const high = field.dataset.high ?? field.max;
  if (low !== "" && high !== "" && Number(high) > Number(low)) slider(field, low, high);
}
