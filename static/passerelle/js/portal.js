// Comforts: every page works without them. Keys, menus that close, charts drawn from their tables.
(() => {
  "use strict";

  const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog[open]");

  // ---- keys: "/" searches, "g" then a letter goes, "?" helps ----
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = document.getElementById("ps-q");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
      return;
    }
    if (event.key === "?") {
      const help = document.getElementById("ps-help");
      if (!help) return;
      event.preventDefault();
      help.showModal();
      return;
    }
    if (event.key === "g") {
      going = event.timeStamp;
      return;
    }
    if (going && event.timeStamp - going < 1500) {
      const link = document.querySelector(`.ps-side a[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
      if (link) {
        event.preventDefault();
        link.click();
      }
    }
    going = 0;
  });

  // ---- menus (<details class="ps-drop">) close when one looks elsewhere ----
  const closeMenus = (except) => {
    document.querySelectorAll("details.ps-drop[open]").forEach((menu) => {
      if (menu === except) return;
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside && !except) menu.querySelector("summary").focus();
    });
  };
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.ps-drop"));

    const toggle = event.target.closest("[data-ps-toggle]");
    if (toggle) {
      event.preventDefault();
      const target = document.getElementById(toggle.dataset.psToggle);
      const open = target.classList.toggle("show");
      toggle.setAttribute("aria-expanded", String(open));
    }
    const opener = event.target.closest("[data-ps-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.psDialog);
      if (dialog) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    const copy = event.target.closest("[data-ps-copy]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(document.getElementById(copy.dataset.psCopy).textContent.trim());
      copy.querySelector("[data-ps-copied]")?.removeAttribute("hidden");
    }
    const save = event.target.closest("[data-ps-save]");
    if (save) {
      const text = document.getElementById(save.dataset.psSave).textContent;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
      link.download = save.dataset.psName;
      link.click();
      URL.revokeObjectURL(link.href);
    }
    if (event.target.closest("[data-ps-print]")) window.print();
  });

  // ---- on a phone, the tab one is on may stand outside of the row ----
  document.querySelectorAll(".ps-tabs .active").forEach((tab) => {
    const row = tab.closest(".ps-tabs");
    row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  });

  // ---- a form is sent once ----
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.psSent) event.preventDefault();
    form.dataset.psSent = "1";
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("[data-ps-sent]").forEach((form) => delete form.dataset.psSent);
  });

  // ---- characters left ----
  document.addEventListener("input", (event) => {
    const counter = event.target.id && document.querySelector(`[data-ps-count="${CSS.escape(event.target.id)}"]`);
    if (counter) counter.textContent = `${[...event.target.value].length} / ${event.target.maxLength}`;
  });
})();
