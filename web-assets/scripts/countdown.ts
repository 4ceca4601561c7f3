// Countdowns run on the seconds that the server says are left, not on the reader's clock, which may
// be wrong; the absolute time stands beside it in words and needs no script.

function said(seconds: number, element: HTMLElement): string {
  const [d, h, m] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  const word = (n: number, unit: string): string => `${n} ${element.dataset[unit] ?? unit}`;
  if (d >= 2) return `${word(d, "d")} ${word(h % 24, "h")}`;
  if (h >= 1) return `${word(h, "h")} ${word(m % 60, "min")}`;
  if (seconds > 90) return `${word(m, "min")} ${word(seconds % 60, "s")}`;
  return word(seconds, "s");
}

export function countdowns(): void {
  const start = performance.now();
  const running = [...document.querySelectorAll<HTMLElement>("[data-left]")];
  if (running.length === 0) return;

  const tick = (): void => {
    const gone = (performance.now() - start) / 1000;
    for (const element of [...running]) {
      const left = Math.ceil(Number(element.dataset.left) - gone);
      const holder = element.closest<HTMLElement>("[data-until]");
      if (left > 0) {
        element.textContent = said(left, element);
        holder?.querySelector("button")?.setAttribute("aria-disabled", "true");
        continue;
      }
      running.splice(running.indexOf(element), 1);
      holder?.querySelector("button")?.removeAttribute("aria-disabled");
      const wrap = element.closest<HTMLElement>("[data-while]") ?? element;
      wrap.hidden = true;
      // A hold that has run out: show the page as it is now.
      if (element.dataset.reload !== undefined) window.setTimeout(() => location.reload(), 1500);
    }
    if (running.length > 0) window.setTimeout(tick, 500);
  };
  for (const element of running) {
    const wrap = element.closest<HTMLElement>("[data-while]");
    if (wrap) wrap.hidden = false;
  }
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest('button[aria-disabled="true"]');
    if (button) event.preventDefault();
  });
  tick();
}
