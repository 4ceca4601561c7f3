// One-time codes: "123 456" may be pasted, other alphabets' digits are understood, and the form
// sends itself when every code on the page has its six digits (S71: two codes on one page).

const ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0xff10]; // ASCII, Arabic, Persian, Devanagari, full width

function digits(text: string): string {
  let out = "";
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const zero = ZEROS.find((z) => point >= z && point <= z + 9);
    if (zero !== undefined) out += String(point - zero);
  }
  return out;
}

export function codes(root: ParentNode): void {
  for (const input of root.querySelectorAll<HTMLInputElement>("input[data-digits]")) {
    const wanted = Number(input.dataset.digits);
    let sent = false;
    input.addEventListener("input", () => {
      const clean = digits(input.value).slice(0, wanted);
      if (clean !== input.value) input.value = clean;
      const form = input.form;
      if (!form || sent || clean.length < wanted) return;
      const all = [...form.querySelectorAll<HTMLInputElement>("input")].filter(
        (other) => other.type !== "hidden",
      );
      const complete = all.every((other) =>
        other.dataset.digits
          ? other.value.length === Number(other.dataset.digits)
          : other.type === "checkbox"
            ? other.checked || !other.required
            : other.value !== "" || !other.required,
      );
      if (!complete) {
        all.find((other) => other.dataset.digits && other.value === "")?.focus();
        return;
      }
      sent = true;
      form.requestSubmit();
    });
  }
}
