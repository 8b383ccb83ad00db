// Icons of the desk are drawn from words ("gavel"): who hears the page is told the line's own words only.
document.addEventListener("DOMContentLoaded", () => {
  for (const icon of document.querySelectorAll(".material-symbols-outlined")) {
    if (icon.parentElement.textContent.trim() !== icon.textContent.trim()) icon.ariaHidden = "true";
  }
});
