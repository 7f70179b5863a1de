/* Lists of people: select all that match, and narrow long lists of check boxes. Both pages work without it. */
(() => {
  "use strict";

  const selectAll = document.querySelector("[data-select-all]");
  const deselectAll = document.querySelector("[data-deselect-all]");
  const toggle = () => document.getElementById("action-toggle");

  if (selectAll && deselectAll) {
    // The list's own script keeps the boxes, the counter and whether other pages are meant.
    selectAll.addEventListener("click", () => {
      if (!toggle().checked) toggle().click();
      document.querySelector(".selection .question a")?.click();
    });
    deselectAll.addEventListener("click", () => document.querySelector(".selection .clear a").click());
    selectAll.hidden = deselectAll.hidden = false;
  }

  const MANY = 8;

  for (const list of document.querySelectorAll("[data-narrow]")) {
    const choices = [...list.querySelectorAll(".choice")];
    if (choices.length <= MANY) continue;
    const field = document.createElement("input");
    field.type = "search";
    field.className = "narrow-field";
    field.placeholder = list.dataset.narrow;
    field.setAttribute("aria-label", list.dataset.narrow);
    // It is no part of what is sent.
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLocaleLowerCase();
      for (const choice of choices) {
        const isChosen = choice.querySelector("input").checked;
        choice.hidden = !isChosen && !choice.textContent.toLocaleLowerCase().includes(wanted);
      }
    });
    list.before(field);
  }
})();
