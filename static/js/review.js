/* Copying a summary, and the page on which it is corrected. Both work without it. */
(() => {
  "use strict";

  async function copy(link) {
    const status = link.closest(".actions")?.querySelector("[data-copy-status]");
    const tell = (words) => {
      if (status) status.textContent = words;
    };
    tell("");
    try {
      const answer = await fetch(link.href, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      await navigator.clipboard.writeText(await answer.text());
      tell(link.dataset.copied);
    } catch {
      tell(link.dataset.failed);
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-copy]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      copy(link);
    }
  });

  const form = document.querySelector("form[data-guard]");
  if (!form) return;

  // Rows are named by numbers; what is added gets one that no row of the page has.
  let nextNumber = 100000;
  let isLeaving = false;
  let isChanged = form.dataset.guard === "changed";

  const rowsOf = (section) => [...section.querySelectorAll("ol > .edit-row")];

  function renumber(section) {
    rowsOf(section).forEach((row, place) => {
      row.querySelector("[data-place]").textContent = String(place + 1);
    });
  }

  function tell(section, words, place) {
    section.querySelector("[data-told]").textContent = words.replace("{place}", String(place + 1));
  }

  function newRow(section) {
    const row = section.querySelector("template").content.firstElementChild.cloneNode(true);
    const name = `${section.dataset.section}.${nextNumber}`;
    nextNumber += 1;
    for (const element of row.querySelectorAll("*")) {
      for (const attribute of [...element.attributes]) {
        if (attribute.value.startsWith("NEW.")) element.setAttribute(attribute.name, attribute.value.replace("NEW", name));
      }
    }
    return row;
  }

  function add(section) {
    const row = newRow(section);
    section.querySelector("ol").append(row);
    row.querySelector("textarea").focus();
    tell(section, section.querySelector("[data-told]").dataset.added, 0);
  }

  function remove(section, row) {
    const rows = rowsOf(section);
    const place = rows.indexOf(row);
    const neighbour = rows[place + 1] ?? rows[place - 1];
    row.remove();
    (neighbour?.querySelector("[data-act=remove]") ?? section.querySelector("[data-act=add]")).focus();
    tell(section, section.querySelector("[data-told]").dataset.removed, 0);
  }

  function move(section, row, button, step) {
    const rows = rowsOf(section);
    const place = rows.indexOf(row) + step;
    if (place < 0 || place >= rows.length) return;
    if (step < 0) rows[place].before(row);
    else rows[place].after(row);
    button.focus();
    tell(section, section.querySelector("[data-told]").dataset.moved, place);
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    event.preventDefault();
    const section = button.closest("[data-section]");
    const row = button.closest(".edit-row");
    if (button.dataset.act === "add") add(section);
    else if (button.dataset.act === "remove") remove(section, row);
    else move(section, row, button, button.dataset.act === "up" ? -1 : 1);
    renumber(section);
    isChanged = true;
  });
  form.addEventListener("input", () => {
    isChanged = true;
  });
  form.addEventListener("submit", () => {
    isLeaving = true;
  });
  form.querySelector("[data-discard]")?.addEventListener("click", () => {
    isLeaving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged && !isLeaving) event.preventDefault();
  });
})();
