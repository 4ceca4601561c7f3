"""E-mail addresses and phone numbers: one reading for every spelling. Pure: no I/O, no clock.

`canonical` is what names the account: its keyed hash is compared, limited and quarantined, so case,
NFKC forms, zero-width characters and punycode meet in it (A04, A06), and look-alikes from another
alphabet do not. `address` is where messages go. `abuse_key` is shared by addresses that reach one
mailbox (plus-addresses, Gmail dots): for limits only, never to find an account (A05).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from portvakt.model import ChannelKind, Refusal

LONGEST: Final = 320  # characters looked at: 64 + @ + 254, more is no address (RFC 5321 §4.5.3.1)

#: Characters that are not seen (Unicode Default_Ignorable_Code_Point without the direction marks):
#: dropped, so that they make no second account (A04).
_UNSEEN: Final = re.compile(
    r"[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u206a-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff]"
)
#: Direction marks reorder what a person reads: never part of an honest address (A04, A08).
_DIRECTION: Final = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PHONE: Final = re.compile(r"\+?[\d\s().\-‐-―/−]{4,40}")
_GMAIL: Final = frozenset({"gmail.com", "googlemail.com"})
#: Kinds that can take an SMS and cost what an ordinary message costs. Premium, shared-cost, pager,
#: personal and internet numbers are where SMS pumping earns its money (A34).
_SERVED: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_HIDDEN: Final = "•"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A readable address. `canonical` names the account, `address` is where messages go."""

    kind: ChannelKind
    address: str
    canonical: str

    @property
    def abuse_key(self) -> str:
        """The same for all spellings that reach one mailbox: `a.nna+shop@gmail.com` counts with
        `anna@gmail.com`. Only for limits (A05)."""
        if self.kind == "phone":
            return self.canonical
        local, _, domain = self.canonical.rpartition("@")
        local = local.partition("+")[0] or local
        if domain in _GMAIL:
            local, domain = local.replace(".", "") or local, "gmail.com"
        return f"{local}@{domain}"


def _plain(text: object) -> str | None:
    """The text in NFKC without unseen characters and outer spaces; None if it holds anything that
    no honest address holds: controls (CRLF, NUL), direction marks, lone surrogates (A08)."""
    if not isinstance(text, str) or len(text) > LONGEST:
        return None
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp"):
            return None
    if _DIRECTION.search(text):
        return None
    # twice: dropping an unseen character can join what NFKC composes
    once = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", once)).strip()


def parse(
    text: object, default_region: str, *, countries: Collection[str] = ()
) -> Identifier | Refusal:
    """An e-mail address or a phone number from one field (S2).

    Refusals: `email_invalid`, `phone_invalid`, `phone_not_served`, `identifier_invalid`."""
    plain = _plain(text)
    if not plain:
        return Refusal("identifier_invalid")
    if "@" in plain:
        return _email(plain)
    if _PHONE.fullmatch(plain):
        return _phone(plain, default_region, countries)
    return Refusal("identifier_invalid")


def parse_email(text: object) -> Identifier | Refusal:
    """An e-mail address, without asking the DNS. Refusal: `email_invalid`."""
    plain = _plain(text)
    return _email(plain) if plain else Refusal("email_invalid")


def parse_phone(
    text: object, default_region: str, *, countries: Collection[str] = ()
) -> Identifier | Refusal:
    """A phone number in any spelling, as E.164 (A06). `default_region` reads numbers without `+`;
    `countries` are the ISO 3166 codes served, empty for all.

    Refusals: `phone_invalid`; `phone_not_served` for a country or a kind of number we do not send
    to, such as premium numbers (A34)."""
    plain = _plain(text)
    if not plain or not _PHONE.fullmatch(plain):
        return Refusal("phone_invalid")
    return _phone(plain, default_region, countries)


def _email(plain: str) -> Identifier | Refusal:
    try:
        # Quoted local parts, comments, address literals and a second @ are refused: two parsers
        # that disagree about them have sent codes to strangers (A08). The name `.test` is allowed:
        # RFC 6761 keeps it for trying things, no mail ever leaves to it.
        valid = validate_email(
            plain,
            check_deliverability=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
            strict=True,
            test_environment=True,
        )
    except (EmailNotValidError, UnicodeError):
        return Refusal("email_invalid")
    domain = valid.ascii_domain
    if not domain or "." not in domain:
        return Refusal("email_invalid")
    domain = domain.lower()
    local = unicodedata.normalize("NFKC", valid.local_part)
    return Identifier("email", f"{local}@{valid.domain}", f"{_fold(local)}@{domain}")


def _fold(text: str) -> str:
    """Case folded and NFKC again until nothing changes (Unicode NFKC_Casefold, UAX #31)."""
    while (folded := unicodedata.normalize("NFKC", text.casefold())) != text:
        text = folded
    return text


def _phone(plain: str, default_region: str, countries: Collection[str]) -> Identifier | Refusal:
    try:
        number = phonenumbers.parse(plain, default_region)
    except phonenumbers.NumberParseException:
        return Refusal("phone_invalid")
    if number.extension or not phonenumbers.is_valid_number(number):
        return Refusal("phone_invalid")
    region = phonenumbers.region_code_for_number(number)
    if phonenumbers.number_type(number) not in _SERVED or region in (None, "001"):
        return Refusal("phone_not_served")
    if countries and region not in countries:
        return Refusal("phone_not_served")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Identifier("phone", e164, e164)


def wire(address: str) -> str:
    """An e-mail address for a mail server: the domain in punycode. ValueError for anything that is
    not exactly one plain address, however it came into the outbox (A08)."""
    read = parse_email(address)
    if isinstance(read, Refusal):
        raise ValueError("no address that a mail server could take")
    local, domain = read.address.rpartition("@")[0], read.canonical.rpartition("@")[2]
    return f"{local}@{domain}"


def mask(kind: ChannelKind, address: str) -> str:
    """`j•••@mail.se`; `+46 •• ••• •4 56`: enough for the owner to know it again. The number of
    hidden characters of an e-mail address says nothing; a number shows its last three digits."""
    if kind == "email":
        local, _, domain = address.rpartition("@")
        return f"{local[:1] if len(local) > 1 else ''}{_HIDDEN * 3}@{domain}"
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return _HIDDEN * 3
    shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    code, _, rest = shown.partition(" ")
    hidden = sum(c.isdigit() for c in rest) - 3
    out = ""
    for character in rest:
        if not character.isdigit():
            out += " "
        elif hidden > 0:
            hidden -= 1
            out += _HIDDEN
        else:
            out += character
    return f"{code} {out}"
