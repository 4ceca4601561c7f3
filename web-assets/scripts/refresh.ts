// The sandbox's mailbox looks for new messages by itself. Same origin, the server's own page.

export function refresh(): void {
  const list = document.querySelector<HTMLElement>("[data-refresh]");
  if (!list) return;
  const every = Number(list.dataset.refresh) * 1000;
  const look = async (): Promise<void> => {
    if (!document.hidden) {
      try {
        const page = await (await fetch(location.href, { credentials: "same-origin" })).text();
        // Only its content: the new page's own style has another nonce, which the policy refuses here.
        const content = page.slice(page.indexOf("<main"), page.indexOf("</main>"));
        const fresh = new DOMParser().parseFromString(content, "text/html").querySelector("[data-refresh]");
        if (fresh && fresh.innerHTML !== list.dataset.seen) {
          list.dataset.seen = fresh.innerHTML;
          list.replaceChildren(...fresh.childNodes);
          for (const b of list.querySelectorAll<HTMLButtonElement>("button[data-copy]")) b.hidden = false;
        }
      } catch {
        // the server is restarting: look again later
      }
    }
    window.setTimeout(look, every);
  };
  window.setTimeout(look, every);
}
