"""An app that speaks the JSON contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx

from portvakt.messages import say
from tests.people import Person
from tests.stories.seen import (
    CaseSeen,
    DeviceSeen,
    HoldSeen,
    Key,
    PasskeySeen,
    PayoutSeen,
    Price,
    Security,
    Seen,
    WaitingSeen,
)


class JsonFace:
    name = "json"

    def __init__(self, address: str, network: str, client: str = "android") -> None:
        headers = {
            "X-Forwarded-For": network,
            "Portvakt-Client": client,
            "User-Agent": "ExchangeApp/7.1 (Android 15)",
            "Accept-Language": "en",
        }
        self._app = Person(httpx.Client(base_url=address, headers=headers, timeout=30), number=0)
        self._at: tuple[str, str, str | None] | None = None  # flow, its token, its step
        self._sent: list[str] = []  # pictures of this flow, by id

    def close(self) -> None:
        self._app.http.close()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request with what this app keeps."""
        return self._app.ask(method, path, **more)

    # ── flows ───────────────────────────────────────────────────────────────────────────────────

    def begin(self, action: str, inputs: Mapping[str, str]) -> Seen:
        self._at, self._sent = None, []
        return self._seen(
            self.ask("POST", "/v1/flows", json={"action": action, "inputs": dict(inputs)})
        )

    def answer(self, inputs: Mapping[str, str]) -> Seen:
        more = {"files": ",".join(self._sent)} if "answers" in inputs and self._sent else {}
        return self._move({"inputs": {**more, **inputs}})

    def picture(self, kind: str, data: bytes) -> Seen:
        assert self._at is not None
        flow, token, _ = self._at
        answer = self.ask("POST", f"/v1/flows/{flow}/files", headers={"Flow-Token": token},
                          data={"kind": kind}, files={"file": ("../IMG 1.jpg", data, "image/jpeg")})  # fmt: skip
        assert answer.status_code == 200, answer.text
        sent = answer.json()
        self._sent += [sent["file"]] if sent["file"] else []
        refused = sent["refusal"]["id"] if sent["refusal"] else None
        return replace(self.look(), refusal=refused)

    def offer(self, offer: str) -> Seen:
        return self._move({"offer": offer})

    def resend(self, field: str) -> Seen:
        return self._move({"resend": field})

    def cancel(self) -> Seen:
        return self._move({"cancel": True})

    def look(self) -> Seen:
        assert self._at is not None
        flow, token, _ = self._at
        return self._seen(self.ask("GET", f"/v1/flows/{flow}", headers={"Flow-Token": token}))

    def _move(self, body: dict[str, Any]) -> Seen:
        assert self._at is not None
        flow, token, step = self._at
        if step is not None:
            body["step"] = step
        return self._seen(
            self.ask("POST", f"/v1/flows/{flow}", json=body, headers={"Flow-Token": token})
        )

    def _seen(self, answer: httpx.Response) -> Seen:
        if answer.status_code == 404:
            return Seen("lost", words=" ".join(_words(answer.json())))
        if answer.status_code == 401:
            return Seen("not_signed_in", words=" ".join(_words(answer.json())))
        assert answer.status_code == 200, answer.text
        body = answer.json()
        flow, step, refusal = body["flow"], body["step"] or {}, body["refusal"]
        token = flow.get("token") or (self._at[1] if self._at else "")
        self._at = (flow["id"], token, step.get("id"))
        result = body["result"] or {}
        if "session_token" in result:
            self._app.session, self._app.device = result["session_token"], result["device_token"]
        shows = {s["kind"]: s for s in step.get("show", ())}
        shown, price = shows.get("totp_key"), shows.get("consequences")
        details = shows.get("details", {})
        wait = next(iter(flow["waits"]), None)
        return Seen(
            status=flow["status"],
            step=step.get("id"),
            asked=tuple(f["name"] for f in step.get("fields", ())),
            refusal=refusal["id"] if refusal else None,
            offers=tuple(o["id"] for o in step.get("offers", ())),
            key=Key(shown["key"], shown["account_name"], shown["uri"], "<svg" in shown["qr_svg"])
            if shown
            else None,
            price=_price(price) if price else None,
            codes=tuple(shows.get("recovery_codes", {}).get("codes", ())),
            details={k: str(v) for k, v in details.items() if k != "kind"},
            export=result.get("export"),
            passkey=next(
                (
                    f["options"]
                    for f in step.get("fields", ())
                    if "options" in f and f["kind"] != "choice"
                ),
                None,
            ),
            until=_instant(wait["until"]) if wait else None,
            due=_instant(wait["due"]) if wait and wait.get("due") else None,
            number=result.get("case") if wait else None,
            case=_case(result) if "state" in result else None,
            words=" ".join(_words(body)),
            account=flow["account"],
            signed_in="session_token" in result,
        )

    # ── reads ───────────────────────────────────────────────────────────────────────────────────

    def me(self) -> Mapping[str, Any] | None:
        answer = self.ask("GET", "/v1/me")
        return dict(answer.json()) if answer.status_code == 200 else None

    def security(self) -> Security | None:
        if self.me() is None:
            return None
        parts = {
            name: self.ask("GET", f"/v1/me/{name}").json()
            for name in (
                "factors", "holds", "sessions", "activity", "security-level", "waiting", "protection",
            )
        }  # fmt: skip
        level = parts["security-level"]
        labelled = ("email_code", "sms_code", "recovery_code")
        return Security(
            level=level["level"],
            raises=tuple(r["text"] for r in level["raise"]),
            ways={
                f["kind"]: f["label"] if f["kind"] in labelled else None for f in parts["factors"]
            },
            holds=tuple(
                HoldSeen(
                    say(f"hold.{h['cause']}", "en"),
                    datetime.fromisoformat(h["starts"]).replace(microsecond=0),
                    _instant(h["ends"]) if h["ends"] else None,
                )
                for h in parts["holds"]
            ),
            devices=tuple(DeviceSeen(s["id"], s["this"], s["device"]) for s in parts["sessions"]),
            activity=tuple(a["text"] for a in parts["activity"]),
            waiting=tuple(
                WaitingSeen(
                    w["flow"], say(f"action.{w['action']}.title", "en"), _instant(w["until"])
                )
                for w in parts["waiting"]
            ),
            payouts=tuple(
                PayoutSeen(p["id"], p["address"], _instant(p["usable_from"]))
                for p in parts["protection"]["payout_addresses"]
            ),
            passkeys=tuple(
                PasskeySeen(f["id"], f["label"], f["synced"])
                for f in parts["factors"]
                if f["kind"] == "passkey"
            ),
            words=" ".join(w for p in parts.values() for w in _words(p)),
        )

    # ── places ──────────────────────────────────────────────────────────────────────────────────

    def place(self) -> Any:
        return self._at

    def return_to(self, place: Any) -> None:
        self._at = place

    def forget_session(self) -> None:
        self._app.session, self._at = None, None

    def forget_everything(self) -> None:
        self.forget_session()
        self._app.device = None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)


def _case(result: Mapping[str, Any]) -> CaseSeen:
    said = {k: result[k] for k in ("questions", "reason", "alternatives") if result.get(k)}
    return CaseSeen(result["case"], result["state"], due=_instant(result["due"]), said=said)


def _price(shown: Mapping[str, Any]) -> Price:
    return Price(
        holds=tuple(_instant(h["until"]) if h["until"] else None for h in shown["holds"]),
        blocked={q["identifier"]: _instant(q["until"]) for q in shown["quarantine"]},
        sessions=shown["sessions"],
        waits_until=_instant(shown["waits_until"]) if shown["waits_until"] else None,
    )


def _words(part: Any) -> Iterator[str]:
    """Every text of an answer, whatever it is called."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from _words(value)
    elif isinstance(part, list):
        for value in part:
            yield from _words(value)
