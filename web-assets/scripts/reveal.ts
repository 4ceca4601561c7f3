// Show / hide a password while it is typed (NIST SP 800-63B-4 section 3.1.1.2).

export function reveal(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-reveal]")) {
    const input = document.getElementById(button.dataset.reveal ?? "") as HTMLInputElement | null;
    const label = button.querySelector("span");
    if (!input || !label) continue;
    const [show, hide] = [label.textContent ?? "", button.dataset.hide ?? ""];
    const set = (shown: boolean): void => {
      input.type = shown ? "text" : "password";
      label.textContent = shown ? hide : show;
      button.setAttribute("aria-pressed", String(shown));
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      set(input.type === "password");
      input.focus();
    });
    // Sent as a password field, so that browsers do not remember it as ordinary text.
    input.form?.addEventListener("submit", () => set(false));
  }
}
