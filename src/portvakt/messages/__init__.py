"""What Portvakt says: message ids with English words here, other languages in `locale/`.

`say("refusal.wrong_code", "sv", "Europe/Stockholm", left=3)`. Logic never holds prose: it hands on
a `Text(id, params)` and the edge says it in the reader's language and time zone. `text_of` gives the
Text of a refusal, problem, warning, offer, reason or step field.

A new message: add the id and English words to a topic file, run `python -m portvakt.messages`,
which adds it to every `locale/<language>/<topic>.po`, and translate it there.
"""

from portvakt.messages.catalogue import TEXTS, TOPICS, exists, provider_named, say, strict
from portvakt.messages.languages import LANGUAGES, NAMES, pick
from portvakt.messages.naming import text_of

__all__ = [
    "LANGUAGES", "NAMES", "TEXTS", "TOPICS", "exists", "pick", "provider_named", "say", "strict", "text_of",
]  # fmt: skip
