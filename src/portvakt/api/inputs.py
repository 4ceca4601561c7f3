"""What each input of a flow looks like, for the OpenAPI document and the readable page.

Documentation, not validation: the door refuses what is wrong in words. A new input without an entry
here fails the tests by name.
"""

from __future__ import annotations

from typing import Any, Final

from portvakt.messages import exists, say
from portvakt.policy import ACTIONS, PROPOSED, ROLES
from portvakt.rules import OPTIONAL, SELF_NAMING, inputs, way_in

Schema = dict[str, Any]


def _code(example: str) -> Schema:
    return {
        "type": "string",
        "maxLength": 16,
        "pattern": r"^\s*([0-9]\s*){6}$",
        "examples": [example],
    }


def _credential(response: str) -> Schema:
    """A credential's JSON, as `toJSON()` of the browser gives it; as text it is taken too."""
    return {
        "type": ["object", "string"],
        "maxLength": 16384,
        "properties": {
            "id": {"type": "string", "maxLength": 1400},
            "rawId": {"type": "string", "maxLength": 1400},
            "type": {"const": "public-key", "type": "string"},
            "response": {"type": "object", "description": response},
        },
    }


_LOST = ["totp", "passkey", "email", "phone", "password"]
_FILE: Final[Schema] = {"type": "string", "maxLength": 64, "pattern": "^fil_[0-9a-f]+$"}
_PARAGRAPHS: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 2000}

#: input name → JSON Schema 2020-12
INPUTS: Final[dict[str, Schema]] = {
    "identifier": {"type": "string", "minLength": 3, "maxLength": 320,
                   "examples": ["name@example.com", "+46 70 123 45 67"]},
    "password": {"type": "string", "minLength": 1, "maxLength": 256, "format": "password",
                 "examples": ["four unrelated words"]},
    "new_password": {"type": "string", "minLength": 8, "maxLength": 256, "format": "password",
                     "examples": ["four unrelated words"]},
    "robot": {"type": "string", "maxLength": 8192, "examples": ["sandbox"]},
    "email_code": _code("123456"),
    "sms_code": _code("123456"),
    "totp": _code("123456"),
    "new_totp": _code("123456"),
    "new_email_code": _code("123456"),
    "new_phone_code": _code("123456"),
    "passkey": _credential("authenticatorData, clientDataJSON, signature, userHandle"),
    "new_passkey": _credential("attestationObject, clientDataJSON, transports"),
    "passkey_name": {"type": "string", "maxLength": 64, "examples": ["My phone"]},
    "passkey_id": {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$",
                   "examples": ["fac_018f2c7a5b1e7c3f9d2a4b6c8e0f1a2b"]},
    "new_email": {"type": "string", "minLength": 3, "maxLength": 320, "format": "email",
                  "examples": ["name@example.com"]},
    "new_phone": {"type": "string", "minLength": 5, "maxLength": 32,
                  "examples": ["+46 70 123 45 67"]},
    "session": {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$"},
    "case": {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$"},
    "decision": {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$",
                 "examples": ["dcn_018f2c7a5b1e7c3f9d2a4b6c8e0f1a2b"]},
    "payout_address": {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$",
                       "examples": ["pay_018f2c7a5b1e7c3f9d2a4b6c8e0f1a2b"]},
    "recovery_code": {"type": "string", "maxLength": 64, "examples": ["7K3M-9QX2-VT5A-0BWN"]},
    "notice_token": {"type": "string", "maxLength": 128, "pattern": "^pvn_[0-9A-Za-z]+$",
                     "examples": ["pvn_0nQhsJKWxKSl5DbwQfAoLb3PyE6"]},
    "agree": {"type": ["boolean", "string"], "maxLength": 8, "examples": [True]},
    "kept": {"type": ["boolean", "string"], "maxLength": 8, "examples": [True]},
    "asset": {"type": "string", "minLength": 1, "maxLength": 32, "examples": ["BTC"]},
    "address": {"type": "string", "minLength": 1, "maxLength": 256,
                "examples": ["bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"]},
    "label": {"type": "string", "maxLength": 64, "examples": ["My own wallet"]},
    "days": {"type": ["integer", "string"], "minimum": 1, "maximum": 30, "maxLength": 2, "examples": [7]},
    "lost": {"type": "array", "items": {"enum": _LOST, "type": "string"}, "maxItems": 4, "uniqueItems": True,
             "examples": [["totp"]]},
    "answers": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 2000},
                "examples": [{"created": "2025-03", "reason": "My phone fell into the sea."}]},
    "files": {"type": "array", "items": _FILE, "maxItems": 20},
    "case_number": {"type": "string", "maxLength": 32, "examples": ["7K3M-9QX2"]},
    "vote": {"type": "string", "enum": ["approve", "reject", "ask"], "examples": ["approve"]},
    "reason": {**_PARAGRAPHS, "examples": ["All answers fit, and the photo shows the code."]},
    "alternatives": {**_PARAGRAPHS, "examples": ["Restore the app with the key that you wrote down."]},
    "questions": {**_PARAGRAPHS, "examples": ["Where did you buy your first coin?"]},
    "what": {"type": "string", "enum": list(PROPOSED), "examples": ["freeze_by_staff"]},
    "whom": {"type": "string", "minLength": 3, "maxLength": 320,
             "examples": ["name@example.com", "acc_018f2c7a5b1e7c3f9d2a4b6c8e0f1a2b", "7K3M-9QX2"]},
    "name": {"type": "string", "minLength": 1, "maxLength": 64, "examples": ["Anna"]},
    "role": {"type": "string", "enum": list(ROLES), "examples": ["reviewer"]},
    "proposal": {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$",
                 "examples": ["prp_018f2c7a5b1e7c3f9d2a4b6c8e0f1a2b"]},
    "phrase": {"type": "string", "minLength": 1, "maxLength": 40, "examples": ["blue heron at noon"]},
}  # fmt: skip


def described(name: str) -> Schema:
    """The schema of one input with the words that people see beside it."""
    label, hint = f"field.{name}.label", f"field.{name}.hint"
    said = [say(id, "en") for id in (label, hint) if exists(id)]
    return {**INPUTS[name], "title": name, "description": ". ".join(said)}


def start(action: str) -> Schema:
    """The body of `POST /v1/flows` for one action. Nothing is required: what is missing is asked."""
    ways = [way for way in SELF_NAMING if way_in(ACTIONS[action], way)]
    way = {"offer": {"enum": ways, "type": "string", "description": "The way in to ask for"}}
    return {
        "type": "object",
        "title": f"start {action}",
        "description": say(f"action.{action}.title", "en"),
        "additionalProperties": False,
        "required": ["action"],
        "properties": {
            "action": {"const": action, "type": "string"},
            "inputs": given(inputs(ACTIONS[action])),
            **(way if ways else {}),
        },
        "examples": [{"action": action, "inputs": first_inputs(action)}],
    }


def given(names: tuple[str, ...]) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: described(name) for name in names},
    }


def first_inputs(action: str) -> dict[str, Any]:
    """Example inputs for the first page of an action; optional ones left out."""
    pages = ACTIONS[action].pages
    first = pages[0].asks if pages else ()
    names = [n for ask in first for n in _names(action, str(ask))]
    told = {n: INPUTS[n]["examples"][0] for n in names if INPUTS[n].get("examples")}
    return {n: example for n, example in told.items() if n not in OPTIONAL}


def _names(action: str, ask: str) -> tuple[str, ...]:
    """An ask whose word is an input's name is asked under that name from the first page on."""
    return (ask,) if ask in inputs(ACTIONS[action]) else ()
