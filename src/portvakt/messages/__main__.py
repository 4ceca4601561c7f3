"""`python -m portvakt.messages [topic …]`: brings every `locale/<language>/<topic>.po` in line with
the topic files. New ids come in without words, changed English is marked fuzzy (and not used until
somebody has looked), ids that are gone are dropped. Run it from a source checkout."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import escape, read_po

from portvakt.messages import LANGUAGES, TOPICS
from portvakt.messages.base import Topic, forms
from portvakt.messages.languages import DEFAULT

_LOCALE = Path(__file__).parents[1] / "locale"
_EMPTY = re.compile(r'^msgctxt .+\nmsgid .+\n(?:msgid_plural .+\n)?msgstr.* ""$', re.MULTILINE)
# No dates and no names: the file changes only when a text does.
_HEAD = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def _lines(topic: Topic, old: Catalog, language: str) -> Iterator[str]:
    had = {m.context: m for m in old if m.context}
    plural = get_plural(language)
    yield _HEAD.format(language=language, plural=plural.plural_forms)
    for id, entry in topic.items():
        english = forms(entry)
        before = had.get(id)
        said = (before.string if before else None) or ""
        known = (said,) if isinstance(said, str) else tuple(said)
        same = before is not None and before.id == (english[0] if len(english) == 1 else english)
        if any(known) and before is not None and (before.fuzzy or not same):
            yield "#, fuzzy\n"
        yield f"msgctxt {escape(id)}\nmsgid {escape(english[0])}\n"
        if len(english) == 1:
            yield f"msgstr {escape(known[0])}\n\n"
            continue
        yield f"msgid_plural {escape(english[1])}\n"
        for n in range(plural.num_plurals):
            yield f"msgstr[{n}] {escape(known[n] if n < len(known) else '')}\n"
        yield "\n"


def written(topic: Topic, old: Catalog, language: str) -> str:
    """The .po file of a topic, in the topic's order, with what is translated already."""
    head, *rest = _lines(topic, old, language)
    return "\n".join([head, "".join(rest)]).rstrip() + "\n"


def main(only: list[str]) -> None:
    for language in (tongue for tongue in LANGUAGES if tongue != DEFAULT):
        folder = _LOCALE / language
        folder.mkdir(parents=True, exist_ok=True)
        for name, topic in TOPICS.items():
            file = folder / f"{name}.po"
            if only and name not in only:
                continue
            old = Catalog(locale=language)
            if file.exists():
                with file.open("rb") as source:
                    old = read_po(source, locale=language)
            text = written(topic, old, language)
            if not file.exists() or file.read_text("utf-8") != text:
                file.write_text(text, "utf-8")
            todo = len(_EMPTY.findall(text)) + text.count("#, fuzzy")
            sys.stdout.write(f"{language}/{name}.po: {len(topic)} texts, {todo} to translate\n")


if __name__ == "__main__":
    main(sys.argv[1:])
