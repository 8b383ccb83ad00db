// Files dropped on a form, and how far they are sent. Without this the form is a plain one.
(() => {
  "use strict";

  const form = document.querySelector("form[data-ps-upload]");
  const input = form?.querySelector("input[data-ps-drop]");
  const state = form?.querySelector("[data-ps-upload-state]");
  if (!form || !input || !state) return;
  const zone = input.closest(".ps-field");
  const bar = state.querySelector("progress");
  const words = state.querySelector("[role=status]");

  // ---- drop ----
  const files = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  zone.classList.add("ps-drop-zone");
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      if (!files(event)) return;
      event.preventDefault();
      zone.classList.add("ps-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    form.addEventListener(name, () => zone.classList.remove("ps-over"));
  }
  form.addEventListener("drop", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    const all = new DataTransfer();
    for (const file of event.dataTransfer.files) all.items.add(file);
    input.files = all.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });

  // ---- send ----
  const say = (what) => {
    state.hidden = false;
    words.textContent = words.dataset[what];
  };
  const button = form.querySelector("button:not([type=button])");
  const end = () => {
    button.disabled = false;
    delete form.dataset.psSent;
  };
  const show = (request) => {
    if (request.status < 400 && request.responseURL !== location.href) {
      location.assign(request.responseURL);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const answer = page.querySelector("#error-summary");
    if (!answer) {
      location.reload();
      return;
    }
    // The server's words go where it puts them; the chosen files stay chosen.
    document.querySelectorAll("#error-summary, form[data-ps-upload] .invalid-feedback, form[data-ps-upload] .errorlist").forEach((old) => old.remove());
    answer.querySelector("p")?.remove();
    form.before(answer);
    document.title = page.title;
    for (const field of page.querySelectorAll("form[data-ps-upload] .errorlist, form[data-ps-upload] .invalid-feedback")) {
      const label = field.closest(".ps-field")?.querySelector("label")?.htmlFor;
      const place = label && document.getElementById(label);
      if (place) place.before(field);
    }
    state.hidden = true;
    end();
    answer.focus();
  };
  form.addEventListener("submit", (event) => {
    const chosen = [...form.querySelectorAll("input[type=file]")].some((one) => one.files.length);
    if (!chosen || event.defaultPrevented) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.upload.addEventListener("progress", (moved) => {
      if (moved.lengthComputable) bar.value = (100 * moved.loaded) / moved.total;
    });
    request.upload.addEventListener("load", () => say("reading"));
    request.addEventListener("load", () => show(request));
    for (const name of ["error", "timeout", "abort"]) {
      request.addEventListener(name, () => {
        say("lost");
        bar.value = 0;
        end();
      });
    }
    bar.value = 0;
    button.disabled = true;
    say("sending");
    request.send(new FormData(form));
  });
})();
