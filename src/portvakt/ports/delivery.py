"""How handing over a message can fail. Neither text holds an address, a code or a credential: both
are written to logs (A107)."""

from __future__ import annotations


class DeliveryFailure(Exception):
    """`reason` is a short word such as `timeout` or `refused`; `code` the answer's number."""

    def __init__(
        self, reason: str, code: int | None = None, retry_after: int | None = None
    ) -> None:
        self.reason = reason
        self.code = code
        self.retry_after = retry_after  # seconds, where the other side said so
        super().__init__(reason if code is None else f"{reason} ({code})")


class TemporaryFailure(DeliveryFailure):
    """Try again later, until the message expires. Wrong credentials and broken TLS count here: the
    operator can mend them, and no message is lost meanwhile."""


class PermanentFailure(DeliveryFailure):
    """This message will never be taken: trying again is useless."""
