"""Addresses and numbers: one reading for every spelling, look-alikes apart, traps refused."""

from __future__ import annotations

import unicodedata

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvakt.identifiers import Identifier, mask, parse, parse_email, parse_phone, wire
from portvakt.model import Refusal


def email(text: str) -> Identifier:
    read = parse(text, "SE")
    assert isinstance(read, Identifier), read
    assert read.kind == "email"
    return read


def phone(text: str, region: str = "SE") -> Identifier:
    read = parse(text, region)
    assert isinstance(read, Identifier), read
    assert read.kind == "phone"
    return read


def refused(text: object, region: str = "SE", countries: tuple[str, ...] = ()) -> str:
    read = parse(text, region, countries=countries)
    assert isinstance(read, Refusal), read
    return read.id


# ── e-mail ──────────────────────────────────────────────────────────────────────────────────────

locals_ = st.from_regex(r"[a-z0-9]{1,8}([._-][a-z0-9]{1,8}){0,2}(\+[a-z0-9]{1,5})?", fullmatch=True)
domains = st.from_regex(r"[a-z][a-z0-9]{0,8}\.(se|com|example)", fullmatch=True)
unseen = st.sampled_from(["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\ufe0f"])


def wide(text: str) -> str:
    """The fullwidth forms that NFKC turns back."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.proves("A04")
@given(locals_, domains, st.data())
def test_every_spelling_of_an_address_meets_in_one_canonical_form(
    local: str, domain: str, data: st.DataObject
) -> None:
    plain = f"{local}@{domain}"
    spelled = "".join(
        data.draw(st.sampled_from([c, c.upper(), wide(c), wide(c.upper())])) for c in plain
    )
    at = data.draw(st.integers(0, len(spelled)))
    spelled = f"  {spelled[:at]}{data.draw(unseen)}{spelled[at:]}\u00a0"
    assert email(spelled).canonical == email(plain).canonical == plain


@pytest.mark.proves("A04")
def test_a_domain_in_punycode_is_the_same_as_in_letters() -> None:
    spellings = ["anna@räksmörgås.se", "anna@RÄKSMÖRGÅS.SE", "anna@xn--rksmrgs-5wao1o.se",
                 "anna@XN--RKSMRGS-5WAO1O.se", unicodedata.normalize("NFD", "anna@räksmörgås.se")]  # fmt: skip
    assert {email(s).canonical for s in spellings} == {"anna@xn--rksmrgs-5wao1o.se"}


@pytest.mark.proves("A04")
@pytest.mark.parametrize(
    "lookalike",
    [
        "аnna@mail.se",
        "annа@mail.se",
        "anna@mаil.se",
        "anna@mail.sе",
        "ɑnna@mail.se",
        "anná@mail.se",
    ],
)
def test_letters_that_only_look_alike_are_never_merged(lookalike: str) -> None:
    read = parse(lookalike, "SE")
    assert isinstance(read, Refusal) or read.canonical != "anna@mail.se"


def test_the_mail_goes_to_the_address_as_written_while_the_account_ignores_case() -> None:
    read = email(" Anna.Berg@Mail.SE ")
    assert (read.address, read.canonical) == ("Anna.Berg@mail.se", "anna.berg@mail.se")


@pytest.mark.proves("A05")
def test_plus_addresses_and_gmail_dots_are_accounts_of_their_own_with_one_abuse_key() -> None:
    spellings = ["anna.berg@gmail.com", "annaberg@gmail.com", "annaberg+x@gmail.com",
                 "Anna.Berg+y@googlemail.com"]  # fmt: skip
    read = [email(s) for s in spellings]
    assert len({r.canonical for r in read}) == 4
    assert {r.abuse_key for r in read} == {"annaberg@gmail.com"}


def test_dots_count_where_the_provider_counts_them() -> None:
    assert email("a.b@mail.se").abuse_key != email("ab@mail.se").abuse_key
    assert email("ab+x@mail.se").abuse_key == email("ab@mail.se").abuse_key
    assert email("+x@mail.se").abuse_key == "+x@mail.se"


@pytest.mark.proves("A08")
@pytest.mark.parametrize(
    "trap",
    [
        "anna@mail.se@evil.se", "anna@evil.se,anna@mail.se", '"anna@mail.se"@evil.se',
        '"anna"@mail.se', "anna(x)@mail.se", "anna@mail.se(x)", "Anna <anna@mail.se>",
        "anna@mail.se\r\nBcc: thief@evil.se", "anna@mail.se\n", "anna\r@mail.se",
        "anna\x00@mail.se", "anna@mail.se\x00.evil.se", "anna\x1b@mail.se", "anna\x85@mail.se",
        "\u202eanna@mail.se", "anna\u2066@mail.se", "anna@ma\u200fil.se", "anna\u2028@mail.se",
        "anna@[127.0.0.1]", "anna@127.0.0.1", "anna@localhost", "anna@mail", "@mail.se", "anna@",
        "anna@mail..se", ".anna@mail.se", "anna.@mail.se", "an na@mail.se", "anna@mail.se.",
        "anna\ud800@mail.se", "anna\ue000@mail.se", "a" * 65 + "@mail.se", "a@" + "b" * 250 + ".se",
        "anna@-mail.se", "anna@mail_x.se", "anna﹫evil.se@mail.se", "anna＠evil.se@mail.se",
    ],
)  # fmt: skip
def test_an_address_that_two_parsers_could_read_differently_is_refused(trap: str) -> None:
    assert refused(trap) in ("email_invalid", "identifier_invalid")
    assert isinstance(parse_email(trap), Refusal)
    with pytest.raises(ValueError, match=r"."):
        wire(trap)


@pytest.mark.parametrize("nothing", ["", " ", "\u200b", None, 5, ["a@b.se"], {"a": 1}, b"a@b.se"])
def test_what_is_no_text_is_no_identifier(nothing: object) -> None:
    assert refused(nothing) == "identifier_invalid"
    assert parse_email(nothing) == Refusal("email_invalid")
    assert parse_phone(nothing, "SE") == Refusal("phone_invalid")


def test_a_megabyte_is_refused_before_it_is_read() -> None:
    assert refused("a" * 1_000_000 + "@mail.se") == "identifier_invalid"


@given(st.text(max_size=60))
def test_no_text_whatever_breaks_the_reading(text: str) -> None:
    for region in ("SE", "US", "??"):
        read = parse(text, region)
        if isinstance(read, Identifier):
            again = parse(read.address, region)
            assert isinstance(again, Identifier)
            assert again.canonical == read.canonical
            assert read.address.isprintable()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_whatever_stands_before_an_at_sign_leaves_one_plain_address_or_none(text: str) -> None:
    read = parse(f"{text}@mail.se", "SE")
    if isinstance(read, Identifier):
        assert read.address.count("@") == read.canonical.count("@") == 1
        assert not set(read.address) & set(' "(),:;<>[\\]\r\n\t\x00')
        assert wire(read.address).endswith("@mail.se")


# ── phone ───────────────────────────────────────────────────────────────────────────────────────

swedish = st.from_regex(r"7[02369]1[0-9]{6}", fullmatch=True)
DIGITS = ["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९"]


@pytest.mark.proves("A06")
@given(swedish, st.data())
def test_every_spelling_of_a_number_is_one_e164(national: str, data: st.DataObject) -> None:
    prefix = data.draw(st.sampled_from(["+46", "+46 0", "+46 (0)", "0046", "00 46 ", "0", "＋46 "]))
    gap = data.draw(st.sampled_from(["", " ", "-", " - ", ".", "\u00a0", "\u200b"]))
    digits = data.draw(st.sampled_from(DIGITS))
    spelled = f"{prefix}{national[:2]}{gap}{national[2:5]}{gap}{national[5:]}"
    spelled = spelled.translate(str.maketrans("0123456789", digits))
    assert phone(spelled).canonical == f"+46{national}"


@pytest.mark.proves("A06")
@pytest.mark.parametrize(
    "text",
    ["070-174 06 05 ext. 4", "070-174 06 05 x4", "+46701740605;ext=4", "+46701740605#4",
     "tel:+46701740605", "1-800-FLOWERS", "+46 70 174", "+999 123 456 789", "0" * 30, "112",
     "+4670174060512345", "++46701740605", "+46+701740605"],
)  # fmt: skip
def test_extensions_letters_and_half_numbers_are_refused(text: str) -> None:
    assert refused(text) in ("phone_invalid", "identifier_invalid", "phone_not_served")
    assert isinstance(parse_phone(text, "SE"), Refusal)


@pytest.mark.proves("A34")
@pytest.mark.parametrize(
    "text",
    ["+46 900 123 45 67", "+46 939 123 45 67", "+46 77 123 45 67", "+44 909 879 0000",
     "+1 900 555 0123", "+1 500 555 0006", "+46 8 123 456 78"],
)  # fmt: skip
def test_numbers_that_cost_more_or_take_no_sms_are_not_served(text: str) -> None:
    assert refused(text) in ("phone_not_served", "phone_invalid")


@pytest.mark.proves("A34")
def test_every_premium_number_that_is_published_as_an_example_is_refused() -> None:
    kinds = (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)
    for region in phonenumbers.SUPPORTED_REGIONS:
        for kind in kinds:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                assert isinstance(parse(text, "SE"), Refusal), text


@pytest.mark.proves("A34")
def test_only_the_countries_that_the_operator_lists_are_served() -> None:
    assert refused("+33 6 12 34 56 78", countries=("SE", "NO")) == "phone_not_served"
    assert isinstance(parse("+33 6 12 34 56 78", "SE", countries=("FR",)), Identifier)
    assert isinstance(parse("+33 6 12 34 56 78", "SE"), Identifier)


def test_a_number_without_a_plus_is_read_as_in_the_operators_country() -> None:
    assert phone("070-174 06 05", "SE").canonical == "+46701740605"
    assert phone("(201) 555-0123", "US").canonical == "+12015550123"


def test_a_field_for_one_kind_does_not_take_the_other() -> None:
    assert parse_email("+46701740605") == Refusal("email_invalid")
    assert parse_phone("anna@mail.se", "SE") == Refusal("phone_invalid")


# ── shown to people ─────────────────────────────────────────────────────────────────────────────


def test_a_mask_lets_the_owner_know_the_address_again() -> None:
    assert mask("email", "johan@mail.se") == "j•••@mail.se"
    assert mask("phone", "+46701234456") == "+46 •• ••• •4 56"


@given(locals_, domains)
def test_a_masked_address_shows_one_letter_and_not_its_length(local: str, domain: str) -> None:
    shown = mask("email", f"{local}@{domain}")
    assert shown in (f"{local[0]}•••@{domain}", f"•••@{domain}")
    assert len(local) > 1 or not shown.startswith(local)


@given(swedish)
def test_a_masked_number_shows_its_last_three_digits_alone(national: str) -> None:
    shown = mask("phone", f"+46{national}")
    assert shown.startswith("+46 ")
    assert "".join(c for c in shown[4:] if c.isdigit()) == national[-3:]
    assert shown.count("•") == len(national) - 3


def test_what_cannot_be_read_is_masked_whole() -> None:
    assert mask("phone", "nonsense") == "•••"
    assert mask("email", "nonsense") == "•••@nonsense"
