/* The command palette: Ctrl or Cmd with K, or its button. Without it the button leads to a page that does the same. */
(() => {
  "use strict";

  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const field = document.getElementById("palette-field");
  const list = document.getElementById("palette-hits");
  const told = dialog.querySelector('[role="status"]');
  const form = dialog.querySelector("form");
  const hits = () => [...list.querySelectorAll('[role="option"]')];
  let asked = null;
  let waiting = 0;

  function choose(hit) {
    for (const each of hits()) each.setAttribute("aria-selected", String(each === hit));
    if (hit) {
      field.setAttribute("aria-activedescendant", hit.id);
      hit.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  function tell(count) {
    told.textContent = count === 1 ? told.dataset.one : told.dataset.many.replace("{count}", count);
  }

  async function look() {
    asked?.abort();
    asked = new AbortController();
    const address = new URL(form.action);
    address.searchParams.set("q", field.value);
    try {
      const answer = await fetch(address, { headers: { "X-Fragment": "palette" }, signal: asked.signal });
      // Signed out meanwhile: the page that is sent instead is no list.
      if (!answer.ok || answer.redirected) return location.assign(address);
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      list.replaceChildren(...found.body.childNodes);
      choose(hits()[0]);
      tell(hits().length);
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    }
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    field.select();
    look();
  }

  function move(step) {
    const all = hits();
    const place = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (all.length) choose(all[(place + step + all.length) % all.length]);
  }

  field.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(look, 150);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    move(event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    const chosen = list.querySelector('[aria-selected="true"]');
    if (!chosen) return;
    event.preventDefault();
    location.assign(chosen.href);
  });
  // Beside the dialog a click closes it.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-palette]") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open();
    }
    if (event.target.closest?.("[data-close-dialog]")) event.target.closest("dialog").close();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
})();
