/* The side panel of the lists, and menus. Every page works without it. */
(() => {
  "use strict";

  const panel = document.getElementById("panel");
  const isWide = () => window.matchMedia("(min-width: 1024px)").matches;
  const rowLinks = () => [...document.querySelectorAll("a[data-number]")];
  const linkOf = (number) => rowLinks().find((link) => link.dataset.number === number);
  const openedNumber = () => panel.querySelector("[data-number]")?.dataset.number ?? "";
  const wantedNumber = () => new URLSearchParams(location.search).get("open")?.replace(/^S-/, "") ?? "";

  function markRow(number) {
    for (const link of rowLinks()) {
      if (link.dataset.number === number) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  function closedAddress() {
    const address = new URL(location.href);
    address.searchParams.delete("open");
    return address;
  }

  function clearPanel() {
    const number = openedNumber();
    panel.replaceChildren();
    markRow("");
    const focusRow = () => linkOf(number)?.focus();
    focusRow();
    // A step back through the history resets the focus when it has ended.
    window.navigation?.transition?.finished.then(focusRow, () => {});
  }

  function load(number) {
    htmx.ajax("GET", `/sessions/S-${number}/panel/`, { target: "#panel" });
  }

  function close() {
    history.pushState({ htmx: true }, "", closedAddress());
    clearPanel();
  }

  function show() {
    const number = wantedNumber();
    if (!number || !isWide()) {
      if (openedNumber()) clearPanel();
    } else if (number !== openedNumber()) {
      load(number);
    }
  }

  function moveTo(step) {
    const links = rowLinks();
    const current = document.activeElement?.dataset?.number ?? openedNumber();
    const place = links.findIndex((link) => link.dataset.number === current);
    const next = links[place + step];
    if (!next) return false;
    next.focus();
    if (openedNumber()) next.click();
    return true;
  }

  function onListKey(event) {
    // Escape closes what is uppermost: a dialog or a menu first, and the panel below it with the next one.
    const isCovered = document.querySelector("dialog[open], details.menu[open]");
    if (event.key === "Escape" && openedNumber() && !isCovered) {
      close();
      event.preventDefault();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const inList = event.target.closest?.("a[data-number]") || panel.contains(event.target);
      if (inList && moveTo(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    }
  }

  if (panel) {
    // Below the width of two columns a session is a page of its own: the link is followed as it stands.
    document.addEventListener(
      "click",
      (event) => {
        const link = event.target.closest?.("a[data-number]");
        if (link && !isWide()) event.stopImmediatePropagation();
        if (event.target.closest?.("[data-close]")) {
          event.preventDefault();
          close();
        }
      },
      true,
    );
    document.addEventListener("keydown", onListKey);
    document.addEventListener("htmx:before:history:restore", (event) => {
      event.preventDefault();
      show();
    });
    document.addEventListener("htmx:after:swap", () => {
      const opened = panel.firstElementChild;
      markRow(openedNumber());
      // The row keeps the focus while the arrow keys walk the list.
      if (opened && !document.activeElement?.matches("a[data-number]")) opened.focus({ preventScroll: true });
    });
    window.addEventListener("load", show);
  }

  // Menus close when something else is used.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  // A menu that would leave the screen opens from the other end of its button.
  document.addEventListener(
    "toggle",
    (event) => {
      const items = event.target.matches?.("details.menu[open]") && event.target.querySelector(".menu-items");
      if (!items) return;
      items.classList.remove("is-from-end");
      items.classList.toggle("is-from-end", items.getBoundingClientRect().right > document.documentElement.clientWidth);
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.menu[open]");
    if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  for (const button of document.querySelectorAll(".theme-toggle")) button.hidden = false;

  // A long navigation shows where one is.
  const sidebar = document.querySelector(".sidebar-inner");
  const here = sidebar?.querySelector("nav [aria-current]");
  if (here && here.offsetTop + here.offsetHeight > sidebar.clientHeight) {
    sidebar.scrollTop = here.offsetTop - sidebar.clientHeight / 2;
  }

  // A summary that is being made: look again, less and less often.
  if (document.querySelector(".session-grid [data-moving]")) {
    window.setTimeout(() => location.reload(), 4000);
  }
})();
