// The account menu is a <details>; closes on Escape and on a click elsewhere.

export function menus(): void {
  const open = (): HTMLDetailsElement | null => document.querySelector("details.menu[open]");
  document.addEventListener("keydown", (event) => {
    const menu = open();
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  document.addEventListener("click", (event) => {
    const menu = open();
    if (menu && !menu.contains(event.target as Node)) menu.open = false;
  });
}
