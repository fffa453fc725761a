// Says in the page why a passkey or security key could not be used.
"use strict";

document.addEventListener("allauth.error", (event) => {
  const place = document.querySelector("[data-key-problem]");
  if (!place) return;
  event.preventDefault();
  const problem = event.detail.exception;
  place.hidden = false;
  place.querySelector("[data-key-reason]").textContent = problem ? problem.message : "";
});
