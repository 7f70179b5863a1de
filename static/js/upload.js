/* Sends the import form with progress and keeps the chosen files after an error. Without it the form works too. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const region = form.querySelector(".upload-progress");
  const words = region.dataset;
  const bar = region.querySelector("progress");
  const status = region.querySelector("[role=status]");
  const send = form.querySelector("button:not([type=button])");
  const cancel = form.querySelector("[data-cancel]");

  function busy(isBusy) {
    region.hidden = false;
    send.disabled = isBusy;
    cancel.hidden = !isBusy;
  }

  function showErrors(errors) {
    let first = null;
    for (const slot of form.querySelectorAll("[data-error-of]")) {
      const found = errors[slot.dataset.errorOf] ?? [];
      slot.textContent = found.map((error) => error.message).join(" ");
      slot.hidden = found.length === 0;
      const control = form.elements[slot.dataset.errorOf];
      control.setAttribute("aria-invalid", String(found.length > 0));
      if (found.length && !first) first = control;
    }
    first?.focus();
  }

  function stop(sentence) {
    busy(false);
    bar.hidden = true;
    status.textContent = sentence;
  }

  /* A file with many sessions takes a while: the portal tells how many are in. */
  function follow() {
    return setInterval(async () => {
      const answer = await fetch(form.dataset.progress).catch(() => null);
      const told = answer?.ok ? await answer.json() : {};
      if (told.sentence && send.disabled) status.textContent = told.sentence;
    }, 2000);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    let following;
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (sent) => {
      if (!sent.lengthComputable) return;
      const percent = Math.round((sent.loaded / sent.total) * 100);
      bar.value = percent;
      status.textContent = percent < 100 ? words.sending.replace("{percent}", percent) : words.reading;
      if (percent === 100) bar.removeAttribute("value");
      if (percent === 100 && form.dataset.progress) following ??= follow();
    });
    request.addEventListener("loadend", () => clearInterval(following));
    request.addEventListener("load", () => {
      if (!request.getResponseHeader("Content-Type")?.startsWith("application/json")) {
        stop(words.unanswered);
        return;
      }
      const answer = JSON.parse(request.responseText);
      if (answer.redirect) {
        location.assign(answer.redirect);
      } else {
        stop(words.refused);
        showErrors(answer.errors);
      }
    });
    request.addEventListener("error", () => stop(words.broken));
    request.addEventListener("abort", () => stop(words.cancelled));
    cancel.onclick = () => request.abort();
    bar.hidden = false;
    bar.value = 0;
    status.textContent = words.starting;
    busy(true);
    request.send(new FormData(form));
  });
})();
