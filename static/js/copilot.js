/* The copilot: Enter sends, Escape stops. All of it works by its buttons, too. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-ask]");
  const field = form?.querySelector("textarea");

  // On a narrow screen the tabs are wider than it, and this one is the last.
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

  field?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  form?.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });

  // Back from a page kept in memory: what was switched off then would stay so.
  window.addEventListener("pageshow", () => {
    for (const button of form?.querySelectorAll("button") ?? []) button.disabled = false;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    document.querySelector(".conversation [data-stop]")?.click();
  });
})();
