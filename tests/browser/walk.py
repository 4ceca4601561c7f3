"""Looks at one page after another as different people would see it."""

from __future__ import annotations

from typing import Final

from tests.browser.conftest import Person

#: width and height in CSS pixels; 640 is a desktop at 200 % zoom (WCAG 2.2, 1.4.4 and 1.4.10)
SIZES: Final = {
    "desktop": (1280, 900),
    "zoomed": (640, 450),
    "phone": (390, 844),
    "narrow": (320, 640),
}
_LOOKS: Final = (("light", "desktop"), ("dark", "phone"))


class Walk:
    """Each page accessible in light and dark, on desk and phone; nothing to scroll sideways."""

    def __init__(self, me: Person) -> None:
        self.me, self.page = me, me.page
        self.seen: list[str] = []

    def look(self, name: str) -> None:
        for light, size in _LOOKS:
            self._set(light, size)
            self.me.check()
        self._measure(name)

    def glance(self, name: str) -> None:
        """One of the two looks, in turn: for pages whose parts were looked at in both elsewhere."""
        self._set(*_LOOKS[len(self.seen) % 2])
        self.me.check()
        self._measure(name)

    def _measure(self, name: str) -> None:
        if self.me.keeps_pictures:
            for light, size in (
                *_LOOKS,
                ("dark", "desktop"),
                ("light", "phone"),
                ("light", "narrow"),
            ):
                self._set(light, size)
                self.me.picture(f"{name}-{size}-{light}")
        for size in ("zoomed", "narrow"):
            self._set("light", size)
            width = self.page.evaluate("() => document.documentElement.scrollWidth")
            assert width <= SIZES[size][0], f"{name} scrolls sideways at {width} px"
        self._set("light", "desktop")
        self.seen.append(name)

    def _set(self, light: str, size: str) -> None:
        width, height = SIZES[size]
        self.page.emulate_media(color_scheme="dark" if light == "dark" else "light")
        self.page.set_viewport_size({"width": width, "height": height})

    def fill(self, label: str, text: str, *, by: str | None = None) -> None:
        """Fills in one field; `by` is the button, where it does not send itself."""
        self.page.get_by_label(label, exact=True).fill(text)
        if by:
            self.me.button(by).click()

    def at(self, heading: str) -> None:
        self.page.get_by_role("heading", name=heading, exact=True).wait_for()

    def begin(self, action: str) -> None:
        self.me.see("/security")
        self.page.locator(f"form[action='/start/{action}'] button").last.click()
