// A form is sent once: a second click or a sixth digit and Enter at the same time would spend a code
// twice and greet the reader with a refusal. The server does not rely on this.
//
// A refusal is the answer to a POST: without a word, Back and Reload would ask to send the form again,
// or show the browser's own error page. Its entry in the history becomes an ordinary one.

export function submitOnce(): void {
  history.replaceState(history.state, "", location.href);
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
