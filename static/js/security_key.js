// A form with data-security-key="create" or "get" asks the browser for a key before it is sent.
"use strict";

const options = JSON.parse(document.getElementById("key-options").textContent);
const complaint = document.getElementById("key-error");

for (const form of document.querySelectorAll("form[data-security-key]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    complaint.hidden = true;
    try {
      const isNew = form.dataset.securityKey === "create";
      const credential = isNew
        ? await webauthnJSON.create(options.creation_options)
        : await webauthnJSON.get(options.request_options);
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      complaint.hidden = false;
      complaint.focus();
    }
  });
}
