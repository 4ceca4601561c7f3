// Passkeys: a step that asks for one runs the browser's own dialogue when its form is sent; the page where
// somebody logs in offers them among the names that the browser fills in, and by a button.
import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";

interface Begun {
  url: string;
  step: string;
  options: PublicKeyCredentialRequestOptionsJSON;
}

// The server ends an attempt after 30 minutes: a page that stays open begins a new one before.
const AGAIN_AFTER = 20 * 60 * 1000;

function say(place: ParentNode, which?: string): void {
  for (const text of place.querySelectorAll<HTMLElement>("[data-said]"))
    text.hidden = text.dataset.said !== which;
}

// ── a step of a flow ─────────────────────────────────────────────────────────────────────────────

async function answer(holder: HTMLElement): Promise<string> {
  const options: unknown = JSON.parse(holder.dataset.options ?? "{}");
  const told =
    holder.dataset.passkey === "passkey_create"
      ? await startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON })
      : await startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON });
  return JSON.stringify(told);
}

function step(holder: HTMLElement): void {
  const input = holder.querySelector<HTMLInputElement>("input");
  const form = input?.form;
  if (!input || !form) return;
  holder.querySelector(".late")?.remove();
  if (!browserSupportsWebAuthn()) {
    say(holder, "unable");
    return;
  }
  let asking = false;
  form.addEventListener("submit", (event) => {
    if (input.value !== "" || (event.submitter as HTMLButtonElement | null)?.name) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    say(holder);
    answer(holder)
      .then((told) => {
        input.value = told;
        form.requestSubmit();
      })
      .catch((error: { code?: string }) => {
        say(holder, error.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED" ? "known" : "failed");
      })
      .finally(() => {
        asking = false;
      });
  });
}

// ── logging in ───────────────────────────────────────────────────────────────────────────────────

function entrance(place: HTMLElement): void {
  const button = document.querySelector<HTMLButtonElement>('button[name="offer"][value="passkey"]');
  const token = document.querySelector<HTMLInputElement>('input[name="form_token"]')?.value ?? "";
  if (!browserSupportsWebAuthn()) {
    if (button) button.hidden = true;
    return;
  }
  let begun: Promise<Begun> | undefined;

  const begin = async (): Promise<Begun> => {
    const body = new URLSearchParams({ form_token: token });
    const sent = await fetch(place.dataset.entrance ?? "", { method: "POST", body });
    if (!sent.ok) throw new Error(String(sent.status));
    return (await sent.json()) as Begun;
  };

  const send = ({ url, step }: Begun, told: unknown): void => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = url;
    for (const [name, value] of Object.entries({ form_token: token, step, passkey: JSON.stringify(told) })) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  };

  const autofill = async (): Promise<void> => {
    if (!(await browserSupportsWebAuthnAutofill())) return;
    begun = begin();
    window.setTimeout(() => void autofill().catch(() => {}), AGAIN_AFTER);
    const now = await begun;
    send(now, await startAuthentication({ optionsJSON: now.options, useBrowserAutofill: true }));
  };

  void autofill().catch(() => {}); // there is the button, and the password
  button?.addEventListener("click", (event) => {
    event.preventDefault();
    say(place);
    begun = (begun ?? begin()).catch(begin);
    begun
      .then(async (now) => send(now, await startAuthentication({ optionsJSON: now.options })))
      .catch(() => say(place, "failed"));
  });
}

for (const holder of document.querySelectorAll<HTMLElement>("[data-passkey]")) step(holder);
const place = document.querySelector<HTMLElement>("[data-entrance]");
if (place) entrance(place);
