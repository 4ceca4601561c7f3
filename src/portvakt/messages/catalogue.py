"""All texts of all topics in all languages, and `say`, which turns an id into words.

English lives in the topic files beside this one, other languages in `locale/<language>/<topic>.po`
(msgctxt = id, msgid = English, msgstr = the words), read once at the first use in a language.
"""

from __future__ import annotations

import gettext
import importlib
import logging
import pkgutil
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from babel.messages.pofile import read_po

from portvakt.messages import languages
from portvakt.messages.base import OPTIONAL, PLACEHOLDER, Entry, Plural, Topic
from portvakt.messages.values import say_value
from portvakt.model import Text

#: the modules of this folder that are no topics
_MACHINERY: Final = {"base", "catalogue", "compose", "languages", "naming", "values", "__main__"}

_log = logging.getLogger("portvakt.messages")
_state = {"strict": False}


def _topics() -> dict[str, Topic]:
    """Every module of this folder that has `TEXTS`: a new topic is a new file, nothing else."""
    package = __name__.rpartition(".")[0]
    path = importlib.import_module(package).__path__
    found: dict[str, Topic] = {}
    for module in sorted({m.name for m in pkgutil.iter_modules(path)} - _MACHINERY):
        found[module] = importlib.import_module(f"{package}.{module}").TEXTS
    return found


TOPICS: Final[Mapping[str, Topic]] = _topics()
#: id → English wording (or its plural forms), over all topics
TEXTS: Final[dict[str, Entry]] = {id: t for topic in TOPICS.values() for id, t in topic.items()}
if len(TEXTS) != sum(map(len, TOPICS.values())):  # a second copy would win silently
    raise RuntimeError("two topics give words to the same message id")

#: texts of other providers: id → Google's text, and the name that stands there instead
_SAID_OF: Final[dict[str, tuple[str, str]]] = {}
_GOOGLE: Final = re.compile(r"(?<![a-z])google(?![a-z])")


def provider_named(id: str, label: str) -> None:
    """The texts of this provider: what is said of Google, with its own name (`link_<id>`, `new_<id>`)."""
    for text, entry in list(TEXTS.items()):
        own = _GOOGLE.sub(id, text)
        if own != text and isinstance(entry, str):
            _SAID_OF[own] = (text, label)
            TEXTS[own] = entry.replace("Google", label)
    words.cache_clear()


Words = tuple[str, ...]
Choose = Callable[[int], int]


@lru_cache(maxsize=8)
def words(language: str) -> tuple[Mapping[str, Words], Choose]:
    """(id → wordings, number → index of the wording) in a language other than English."""
    found: dict[str, Words] = {}
    choose: Choose = int
    for topic in TOPICS:
        file = resources.files("portvakt") / "locale" / language / f"{topic}.po"
        if not file.is_file():
            continue
        with file.open("rb") as source:
            catalogue = read_po(source, locale=language)
        choose = gettext.c2py(catalogue.plural_expr)
        for message in catalogue:
            if message.context and message.string and not message.fuzzy:
                said = message.string
                found[message.context] = (said,) if isinstance(said, str) else tuple(said)
    for own, (text, label) in _SAID_OF.items():
        if text in found:
            found[own] = tuple(said.replace("Google", label) for said in found[text])
    return found, choose


provider_named("apple", "Apple")


def strict(on: bool = True) -> None:
    """Tests say `strict()`: from then on a missing id or parameter raises KeyError. In production
    the id itself is shown and logged, because a page with one ugly line beats no page."""
    _state["strict"] = on


def _wording(id: str, language: str, params: Mapping[str, Any]) -> str:
    entry = TEXTS[id]
    number = params.get(entry.by) if isinstance(entry, Plural) else None
    count = number if isinstance(number, int) else 2  # a number not told: the general wording
    if language != languages.DEFAULT:
        table, choose = words(language)
        if id in table:
            said = table[id]
            return said[min(choose(count), len(said) - 1)]
        _missing("no words in this language", id, language)
    if isinstance(entry, Plural):
        return entry.one if count == 1 else entry.other
    return entry


def _missing(what: str, id: str, language: str) -> None:
    if _state["strict"]:
        raise KeyError(f"{what}: {id} ({language})")
    _log.error("message: %s: %s (%s)", what, id, language)


def exists(id: str) -> bool:
    """For ids with a more special wording, such as `step.<action>.<step>.title`."""
    return id in TEXTS


def say(text: Text | str, language: str, zone: str | None = None, /, **params: Any) -> str:
    """The words of a message in a language, its times in an IANA zone (UTC where none is known).

    Parameters may be str, int, date, datetime (with a zone), timedelta, Text, or a list of these.
    An unknown language is English. A missing id is a bug: see `strict`."""
    if isinstance(text, Text):
        id, given = text.id, {**text.params, **params}
    else:
        id, given = text, params
    tongue = languages.known(language) or languages.DEFAULT
    if id not in TEXTS:
        _missing("unknown id", id, tongue)
        return id

    def value(name: str, style: str | None) -> str:
        if given.get(name) is None:
            _missing(f"parameter {name} not given", id, tongue)
            return ""
        if isinstance(given[name], Text):
            return say(given[name], tongue, zone)
        if isinstance(given[name], list | tuple):
            said = [say(v, tongue, zone) if isinstance(v, Text) else v for v in given[name]]
            return say_value(said, tongue, zone, style)
        return say_value(given[name], tongue, zone, style)

    wording = _wording(id, tongue, given)
    # First leave out what is not known, then fill in once: a value is never read as a template.
    kept = OPTIONAL.sub(
        lambda m: (
            m.group(1)
            if all(given.get(p.group(1)) is not None for p in PLACEHOLDER.finditer(m.group(1)))
            else ""
        ),
        wording,
    )
    return PLACEHOLDER.sub(lambda m: value(m.group(1), m.group(2)), kept)
