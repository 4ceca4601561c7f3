// The robot check (ALTCHA, self-hosted): a small computation in a worker, no tracking, no third
// party. The workers are files of ours, so that the strict content security policy holds.
import "altcha/external";
import "altcha/i18n/sv";

interface Registry {
  algorithms: Map<string, () => Worker>;
  i18n: { get(name: string): Record<string, string> | undefined; set(name: string, value: Record<string, string>): void };
}

interface Widget extends HTMLElement {
  getState?(): string;
  verify(): Promise<unknown>;
}

const registry = (globalThis as unknown as { $altcha: Registry }).$altcha;
const holder = document.querySelector<HTMLElement>("[data-robot]");

function begin(widget: HTMLElement): void {
  const check = widget as Widget;
  if (check.getState?.() === "unverified") void check.verify();
}

if (holder) {
  const { pbkdf2, sha } = holder.dataset;
  for (const hash of ["SHA-256", "SHA-384", "SHA-512"]) {
    registry.algorithms.set(`PBKDF2/${hash}`, () => new Worker(pbkdf2 ?? ""));
    registry.algorithms.set(hash, () => new Worker(sha ?? ""));
  }
  const widget = document.createElement("altcha-widget");
  const language = document.documentElement.lang;
  for (const [name, value] of Object.entries({
    challenge: holder.dataset.robot ?? "",
    name: holder.dataset.name ?? "robot",
    language,
    auto: "onfocus",
    configuration: JSON.stringify({
      hideFooter: true,
      hideLogo: true,
      humanInteractionSignature: false,
      minDuration: 300,
    }),
  }))
    widget.setAttribute(name, value);
  holder.replaceChildren(widget);
  // "onfocus" waits for the next focus; somebody may be typing in the form already.
  const form = holder.closest("form");
  form?.addEventListener("input", () => begin(widget), { once: true });
  window.setTimeout(() => {
    const typed = [...(form?.querySelectorAll<HTMLInputElement>("input") ?? [])].some(
      (input) => input.type !== "hidden" && input.type !== "checkbox" && input.value !== "",
    );
    if (typed) begin(widget);
  }, 300);
}
