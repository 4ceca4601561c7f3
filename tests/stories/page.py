"""A page of HTML as a reader without a browser sees it: elements, their words, and forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = frozenset({"meta", "link", "input", "br", "img", "hr", "path", "circle", "rect"})


@dataclass
class Element:
    """`attributes` without a value are ''. `children` are elements and pieces of text."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """Every element below this one, in the page's order."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child

    @property
    def text(self) -> str:
        """The words, spaces made single; what no reader hears (scripts, styles) is left out."""
        return " ".join(" ".join(self._words()).split())

    def _words(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in ("script", "style", "svg"):
                yield from child._words()

    def all(self, tag: str, kind: str | None = None, **attributes: str) -> list[Element]:
        """Elements with this tag, this word in `class`, and these attributes (`id_` for `id`)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            e
            for e in self
            if e.tag == tag
            and (kind is None or kind in e.attributes.get("class", "").split())
            and all(e.attributes.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str, kind: str | None = None, **attributes: str) -> Element | None:
        """The first of `all`."""
        return next(iter(self.all(tag, kind, **attributes)), None)

    def values(self) -> dict[str, str]:
        """What a form would send without anybody typing: its inputs that are not switched off."""
        sent: dict[str, str] = {}
        for e in self.all("input"):
            ticked = e.attributes.get("type") not in ("checkbox", "radio")
            if "name" in e.attributes and (ticked or "checked" in e.attributes):
                sent[e.attributes["name"]] = e.attributes.get("value", "")
        return sent


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(made)
        if tag not in _EMPTY:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {n: v or "" for n, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read(html: str) -> Element:
    """The whole page."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root
