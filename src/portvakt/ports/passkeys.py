"""Passkeys by py_webauthn (WebAuthn level 3, §7.1 and §7.2), and what it leaves to us: no iframe, the same
credential inside and outside, a backup eligibility that never changes.

The library is loaded with the first passkey: who serves none needs neither it nor its parsers."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

_TIMEOUT: Final = 300_000  # milliseconds that a browser waits for its user
#: COSE: EdDSA, ES256, RS256. What is not among them is not bound, whatever a client asks for (A79).
_ALGORITHMS: Final = (-8, -7, -257)
_LONGEST_ID: Final = 1023  # bytes, §5.8.3
_TRANSPORTS: Final = frozenset({"usb", "nfc", "ble", "internal", "hybrid", "smart-card"})


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whose passkeys these are. `origins`: of the pages, and of native apps (`android:apk-key-hash:…`).
    `aaguids`: the only models that may be bound; empty for all. `roots`: PEM certificates, one each."""

    id: str
    name: str
    origins: tuple[str, ...]
    attested: bool = False
    aaguids: frozenset[str] = frozenset()
    roots: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A bound passkey as options name it."""

    credential: bytes
    transports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Created:
    credential: bytes
    public_key: bytes  # COSE
    count: int
    synced: bool  # it may be copied to other devices by its provider
    model: str  # AAGUID
    transports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asserted:
    count: int
    handle: bytes | None


def encoded(data: bytes) -> str:
    """base64url without padding, as WebAuthn's JSON has it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def credential_of(answer: str) -> bytes | None:
    """The id of the credential that an answer says it is of; None for what is no answer."""
    try:
        return decoded(json.loads(answer)["id"]) or None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def creation_options(rp: RelyingParty, challenge: bytes, *, handle: bytes, name: str,
                     bound: Iterable[Known]) -> Mapping[str, Any]:  # fmt: skip
    """`PublicKeyCredentialCreationOptionsJSON`: discoverable, user verified, on no authenticator twice."""
    import webauthn
    from webauthn.helpers import options_to_json_dict, structs
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    conveyance = structs.AttestationConveyancePreference
    selection = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.REQUIRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    options = webauthn.generate_registration_options(
        rp_id=rp.id, rp_name=rp.name, user_id=handle, user_name=name, challenge=challenge, timeout=_TIMEOUT,
        attestation=conveyance.DIRECT if rp.attested else conveyance.NONE, authenticator_selection=selection,
        exclude_credentials=_described(bound),
        supported_pub_key_algs=[COSEAlgorithmIdentifier(a) for a in _ALGORITHMS],
    )  # fmt: skip
    return options_to_json_dict(options)


def request_options(rp: RelyingParty, challenge: bytes, bound: Iterable[Known]) -> Mapping[str, Any]:  # fmt: skip
    """`PublicKeyCredentialRequestOptionsJSON`. Nothing bound: whatever the authenticator has for us."""
    import webauthn
    from webauthn.helpers import options_to_json_dict, structs

    options = webauthn.generate_authentication_options(
        rp_id=rp.id, challenge=challenge, timeout=_TIMEOUT, allow_credentials=_described(bound),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return options_to_json_dict(options)


def created(rp: RelyingParty, answer: str, challenge: bytes) -> Created | None:
    """A new credential, verified against this challenge; None for anything else (§7.1)."""
    import webauthn
    from webauthn.helpers import structs
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    try:
        sent = json.loads(answer)
        found = webauthn.verify_registration_response(
            credential=sent, expected_challenge=challenge, expected_rp_id=rp.id, expected_origin=list(rp.origins),
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(a) for a in _ALGORITHMS],
            pem_root_certs_bytes_by_fmt={fmt: list(rp.roots) for fmt in structs.AttestationFormat},
        )  # fmt: skip
        transports = sent["response"].get("transports") or ()
        named = tuple(t for t in transports if t in _TRANSPORTS)
        alone = _alone(sent)
    except Exception:  # noqa: BLE001  a stranger's bytes go through JSON, CBOR, X.509 and ASN.1
        return None
    unattested = rp.attested and found.fmt == structs.AttestationFormat.NONE
    foreign = bool(rp.aaguids) and found.aaguid not in rp.aaguids
    fits = found.credential_id == credential_of(answer) and len(found.credential_id) <= _LONGEST_ID
    if not alone or unattested or foreign or not fits:
        return None
    synced = found.credential_device_type == structs.CredentialDeviceType.MULTI_DEVICE
    key, model = found.credential_public_key, found.aaguid
    return Created(found.credential_id, key, found.sign_count, synced, model, named)


def asserted(rp: RelyingParty, answer: str, challenge: bytes, *, public_key: bytes, count: int,
             synced: bool) -> Asserted | None:  # fmt: skip
    """An assertion by this key, with its user verified; None for anything else (§7.2)."""
    import webauthn
    from webauthn.helpers import structs

    try:
        sent = json.loads(answer)
        found = webauthn.verify_authentication_response(
            credential=sent, expected_challenge=challenge, expected_rp_id=rp.id, expected_origin=list(rp.origins),
            credential_public_key=public_key, credential_current_sign_count=count,
            require_user_verification=True,
        )  # fmt: skip
        handle = sent["response"].get("userHandle")
        told = Asserted(found.new_sign_count, decoded(handle) if handle else None)
        alone = _alone(sent)
    except Exception:  # noqa: BLE001  as above
        return None
    may_be_copied = found.credential_device_type == structs.CredentialDeviceType.MULTI_DEVICE
    return told if alone and may_be_copied == synced else None


def _alone(sent: Any) -> bool:
    """Made on a page of ours itself, not inside a frame of somebody's (A78, §13.4.9)."""
    data = json.loads(decoded(sent["response"]["clientDataJSON"]))
    return not data.get("crossOrigin") and "topOrigin" not in data


def _described(bound: Iterable[Known]) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers import structs

    def transports(known: Known) -> list[structs.AuthenticatorTransport]:
        return [structs.AuthenticatorTransport(t) for t in known.transports]

    return [
        structs.PublicKeyCredentialDescriptor(id=k.credential, transports=transports(k))
        for k in bound
    ]


def app_origin(fingerprint: str) -> str:
    """The origin of an Android app by the SHA-256 of its certificate, in hexadecimal with colons."""
    return f"android:apk-key-hash:{encoded(bytes.fromhex(fingerprint.replace(':', '')))}"


def certificates(pem: Sequence[bytes]) -> tuple[bytes, ...]:
    """Each certificate of these files by itself."""
    end = b"-----END CERTIFICATE-----"
    return tuple(part[part.index(b"-----BEGIN") :] + end for text in pem for part in text.split(end)
                 if b"-----BEGIN" in part)  # fmt: skip
