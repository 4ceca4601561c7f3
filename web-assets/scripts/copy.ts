// Copy buttons: hidden until there is a script to serve them; say that they did it.

export function copying(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]"))
    button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-copy]");
    const label = button?.querySelector("span");
    if (!button || !label) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy ?? "");
    } catch {
      return; // refused by the browser: the text beside it can be selected with one click
    }
    const before = button.dataset.label ?? label.textContent ?? "";
    button.dataset.label = before;
    label.textContent = button.dataset.copied ?? before;
    window.setTimeout(() => {
      label.textContent = before;
    }, 2500);
  });
}
