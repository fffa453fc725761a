// The API's document brings its own dark look; this switches it as the site's pages do.
const dark = matchMedia("(prefers-color-scheme: dark)");
function follow() {
  const { theme } = document.documentElement.dataset;
  document.documentElement.classList.toggle("dark-mode", theme === "auto" ? dark.matches : theme === "dark");
}
dark.addEventListener("change", follow);
follow();
