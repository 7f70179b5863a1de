/* The remote user's pages and the supporter's wait for the answer. Everything works without it. */
(() => {
  "use strict";

  const announce = (text) => {
    const region = document.querySelector(".announced");
    if (region) region.textContent = text;
  };

  // The time that is left: shown every second, said once when half a minute is left.
  const timer = document.querySelector("[data-seconds]");
  if (timer) {
    const endsAt = Date.now() + Number(timer.dataset.seconds) * 1000;
    const told = (left) => timer.dataset.text.replace("{time}", `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
    let isSaid = Number(timer.dataset.seconds) <= 30;
    const tick = () => {
      const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
      timer.textContent = told(left);
      if (left <= 30 && !isSaid) {
        isSaid = true;
        announce(timer.textContent);
      }
      if (left === 0) location.reload();
      else window.setTimeout(tick, 1000);
    };
    if (Number(timer.dataset.seconds) > 0) tick();
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        return; // The address is selected: it can be copied by hand.
      }
      button.textContent = button.dataset.done;
      announce(button.dataset.done);
    });
  }

  // The supporter's page looks whether the remote user has answered, and shows the tab anew once they have.
  const waiting = document.querySelector("[data-awaits]");
  if (waiting) {
    const look = async () => {
      let answer = null;
      try {
        answer = await (await fetch(waiting.dataset.awaits, { headers: { Accept: "application/json" } })).json();
      } catch {
        // Tried again in a moment.
      }
      if (answer && !answer.is_waiting) location.assign(waiting.dataset.then);
      else window.setTimeout(look, 3000);
    };
    window.setTimeout(look, 3000);
  }
})();
