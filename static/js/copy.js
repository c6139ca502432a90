// Copy buttons appear only where the browser can copy.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.firstChild;
    const before = label.textContent;
    label.textContent = "已复制";
    setTimeout(() => {
      label.textContent = before;
    }, 1500);
  });
}
