// Drop a file on the upload form, see its size before it is sent, and how far it is.
const form = document.querySelector("[data-drop]");
const zone = form.querySelector(".drop");
const input = form.querySelector("input[type=file]");
const chosen = form.querySelector("[data-chosen]");
const limit = Number(form.dataset.limit);

function size(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  let unit = 0;
  let rest = bytes;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  const digits = unit && rest < 9.95 ? 1 : 0;
  const written = rest.toLocaleString(document.documentElement.lang, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${written} ${units[unit]}`;
}

function show() {
  const file = input.files[0];
  const large = Boolean(file) && file.size > limit;
  chosen.classList.toggle("wrong", large);
  chosen.textContent = file ? `${file.name}, ${size(file.size)}` : "";
  if (large) {
    chosen.textContent += `: ${form.dataset.tooLarge}`;
  }
  form.querySelector("button").disabled = large;
}

document.documentElement.classList.add("scripted");
input.addEventListener("change", show);
for (const name of ["dragover", "dragenter"]) {
  zone.addEventListener(name, (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) {
  zone.addEventListener(name, () => zone.classList.remove("over"));
}
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) {
    input.files = event.dataTransfer.files;
    show();
  }
});
form.addEventListener("submit", () => {
  form.querySelector("[data-sending]").hidden = false;
});
