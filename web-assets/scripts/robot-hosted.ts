// A robot check that somebody else hosts: their script draws it, and what it answers is put into our own
// field. Loaded on pages that show such a check and on no others.

interface Api {
  render(place: HTMLElement, options: Record<string, unknown>): unknown;
}

const READY = "portvaktRobotReady";
const holder = document.querySelector<HTMLElement>("[data-hosted]");

function show(holder: HTMLElement): void {
  const { name, hosted, api, options, language } = holder.dataset;
  const theirs = (globalThis as unknown as Record<string, Api | undefined>)[api ?? ""];
  if (!theirs) return;
  const told = JSON.parse(hosted ?? "{}") as { site_key?: string; action?: string };
  const answer = document.createElement("input");
  answer.type = "hidden";
  answer.name = name ?? "robot";
  const place = document.createElement("div");
  // The words about JavaScript go only now that the check can take their place.
  holder.replaceChildren(answer, place);
  const empty = () => {
    answer.value = "";
  };
  theirs.render(place, {
    ...(JSON.parse(options ?? "{}") as Record<string, unknown>),
    ...(language ? { [language]: document.documentElement.lang } : {}),
    ...(told.action ? { action: told.action } : {}),
    sitekey: told.site_key,
    callback: (given: string) => {
      answer.value = given;
    },
    "expired-callback": empty,
    "error-callback": empty,
  });
}

if (holder) {
  (globalThis as unknown as Record<string, unknown>)[READY] = () => show(holder);
  const address = new URL(holder.dataset.script ?? "", location.href);
  address.searchParams.set("render", "explicit");
  address.searchParams.set("onload", READY);
  address.searchParams.set("hl", document.documentElement.lang);
  const script = document.createElement("script");
  script.src = address.href;
  script.async = true;
  document.head.append(script);
}
