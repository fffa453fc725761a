// Puts a slider under each number whose range is known; the number stays the field.
// A bound that may be passed is told by data-low and data-high instead of min and max.
// Chips beside a number fill it in.
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
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  range.addEventListener("change", () => {
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  field.addEventListener("input", () => {
    range.value = field.value;
  });
  field.after(range);
}

function addSliders(root) {
  for (const field of root.querySelectorAll("[data-sliders] input[type=number]:not([data-slides])")) {
    field.dataset.slides = "1";
    const low = field.dataset.low ?? field.min;
    const high = field.dataset.high ?? field.max;
    if (low !== "" && high !== "" && Number(high) > Number(low)) slider(field, low, high);
  }
}

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-fills]");
  if (!chip) return;
  const field = document.getElementById(chip.dataset.fills);
  field.value = chip.value;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
});
document.addEventListener("input", (event) => {
  for (const chip of document.querySelectorAll(`[data-fills="${CSS.escape(event.target.id)}"]`)) {
    chip.setAttribute("aria-pressed", String(Number(chip.value) === Number(event.target.value)));
  }
});
document.addEventListener("htmx:load", (event) => addSliders(event.target));
addSliders(document);
