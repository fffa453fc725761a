// Puts a slider under each number whose bounds are known; the number stays the field.
function slider(field) {
  const range = document.createElement("input");
  const low = Number(field.min);
  const high = Number(field.max);
  range.type = "range";
  range.min = field.min;
  range.max = field.max;
  range.step = field.step === "any" ? String((high - low) / 200) : field.step;
  range.value = field.value === "" ? field.min : field.value;
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

const bounded = "[data-sliders] input[type=number][min][max]";
for (const field of document.querySelectorAll(bounded)) {
  if (Number(field.max) > Number(field.min)) slider(field);
}
