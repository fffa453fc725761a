// Shows what a link leads to in a dialog; htmx brings the content. Without it the link is a link.
const dialog = document.getElementById("dialog");
const body = document.getElementById("dialog-body");

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    document.getElementById("dialog-title").textContent = opener.dataset.opens;
    body.textContent = body.dataset.loading;
    dialog.showModal();
  }
  const closing = event.target.closest("[data-closes]") ?? (event.target === dialog ? dialog : null);
  if (!closing || !dialog.contains(closing)) return;
  event.preventDefault();
  dialog.close();
});
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, () => {
    if (!body.querySelector("form")) body.textContent = body.dataset.failed;
  });
}
