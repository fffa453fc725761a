// Changes the theme at once and tells the server; without it the form reloads the page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const chosen = event.submitter;
  if (!form.matches("[data-theme-form]") || !chosen) return;
  event.preventDefault();
  const data = new FormData(form, chosen);
  document.documentElement.dataset.theme = chosen.value;
  for (const button of document.querySelectorAll("[data-theme-form] button[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === chosen.value));
  }
  fetch(form.action, {
    method: "POST", body: data, redirect: "manual", credentials: "same-origin",
  });
});

// An open menu closes with Escape and with a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
