// A form is sent once: a second click or a sixth digit and Enter at the same time would spend a code
// twice and greet the reader with a refusal. The server does not rely on this.

export function submitOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented) return;
    if (form.dataset.busy !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.busy = "";
    // A network that died: let the reader try again.
    window.setTimeout(() => delete form.dataset.busy, 15000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form")) delete form.dataset.busy;
  });
}
