// The reviewers' console by keyboard: j and k move between cases, Enter opens one (the browser's own
// doing: a link has the focus). And a case's vote appears once every picture was opened.

export function consoleKeys(): void {
  const list = document.querySelector<HTMLElement>("[data-keys]");
  if (!list) return;
  for (const hint of list.querySelectorAll<HTMLElement>("[data-while-keys]")) hint.hidden = false;
  const rows = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[data-row]")];
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select")) return;
    const step = { j: 1, k: -1 }[event.key];
    const all = rows();
    if (step === undefined || all.length === 0) return;
    event.preventDefault();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
    all[next]?.focus();
  });
}

export function openedPictures(): void {
  const pictures = document.querySelector<HTMLElement>("[data-pictures]");
  const votes = document.querySelector<HTMLElement>("[data-votes]");
  if (!pictures || !votes || votes.querySelector("form")) return;
  const left = new Set(pictures.querySelectorAll<HTMLImageElement>("img[data-whole]"));
  const again = async (): Promise<void> => {
    const page = await (await fetch(location.pathname, { credentials: "same-origin" })).text();
    // Only its content: the new page's own style has another nonce, which the policy refuses here.
    const content = page.slice(page.indexOf("<main"), page.indexOf("</main>"));
    const fresh = new DOMParser().parseFromString(content, "text/html").querySelector("[data-votes]");
    if (fresh) votes.replaceChildren(...fresh.childNodes);
  };
  pictures.addEventListener(
    "load",
    (event) => {
      if (left.delete(event.target as HTMLImageElement) && left.size === 0) void again();
    },
    true,
  );
}
