/* Single keys. Who switched them off in the profile is not sent this file. */
(() => {
  "use strict";

  const help = document.getElementById("shortcuts");
  const rows = () => [...document.querySelectorAll("a[data-number]")];
  const row = () => (document.activeElement?.matches("a[data-number]") ? document.activeElement : null);
  let follows = "";

  function move(step) {
    const all = rows();
    const opened = document.querySelector('a[data-number][aria-current="true"]');
    const place = all.indexOf(row() ?? opened);
    const next = all[place < 0 ? 0 : place + step];
    next?.focus();
    if (next && opened && opened !== next) next.click();
  }

  function goTo(address) {
    const link = document.querySelector(`.sidebar a[href="${address}"]`);
    if (link) location.assign(link.href);
  }

  const KEYS = {
    "/": () => document.getElementById("search")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    o: () => row()?.click(),
    x: () => row()?.closest("tr").querySelector('input[name="number"]')?.click(),
    e: () => document.querySelector('main a[href$="/edit/"], #panel a[href$="/edit/"]')?.click(),
    "?": () => help.showModal(),
    "g s": () => goTo("/"),
    "g r": () => goTo("/reports/"),
  };

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const key = follows ? `${follows} ${event.key}` : event.key;
    follows = event.key === "g" && !follows ? "g" : "";
    if (!Object.hasOwn(KEYS, key)) return;
    KEYS[key]();
    event.preventDefault();
  });
  help.addEventListener("click", (event) => {
    if (event.target === help) help.close();
  });
})();
