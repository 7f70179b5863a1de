/* Selecting sessions in a list: all of the page, a range with Shift, all that match. Check boxes work without it. */
(() => {
  "use strict";

  const form = document.getElementById("bulk");
  if (!form) return;
  const rows = [...document.querySelectorAll('input[name="number"][form="bulk"]')];
  const page = document.querySelector("[data-select-page]");
  const all = form.elements.namedItem("all");
  const told = form.querySelector("[data-bulk-count]");
  let last = null;

  function sentence(count) {
    // Of a long list the number comes after the page.
    if (all?.checked) return document.getElementById("found-all").dataset.all;
    if (count === 0) return told.dataset.none;
    return count === 1 ? told.dataset.one : told.dataset.many.replace("{count}", count);
  }

  function update() {
    const count = rows.filter((row) => row.checked).length;
    const text = sentence(count);
    if (told.textContent !== text) told.textContent = text;
    form.toggleAttribute("data-idle", count === 0 && !all?.checked);
    page.checked = count > 0 && count === rows.length;
    page.indeterminate = count > 0 && count < rows.length;
  }

  function setAll(isChecked) {
    for (const row of rows) row.checked = isChecked;
  }

  page.hidden = false;
  page.addEventListener("change", () => {
    setAll(page.checked);
    if (all) all.checked = false;
    update();
  });
  all?.addEventListener("change", () => {
    setAll(all.checked);
    update();
  });
  for (const row of rows) {
    row.addEventListener("click", (event) => {
      const from = rows.indexOf(last);
      const to = rows.indexOf(row);
      if (event.shiftKey && from >= 0) {
        for (const each of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = row.checked;
      }
      last = row;
      if (all && !row.checked) all.checked = false;
      update();
    });
  }
  // All that match are told by one field; the boxes of the page would only lengthen the address.
  form.addEventListener("formdata", (event) => {
    if (all?.checked) event.formData.delete("number");
  });
  // A page that is gone back to has its boxes as they were.
  window.addEventListener("pageshow", update);
  update();
})();
