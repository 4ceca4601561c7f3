"""A device in words for its owner, the same in every language: "Firefox, Windows". Read from the
User-Agent and never trusted."""

from __future__ import annotations

import re
from typing import Final

_BROWSERS: Final = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
                    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS: Final = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
                   ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip
_ODD: Final = re.compile(r"[^\w -]")


def describe(user_agent: str) -> str:
    """At most 60 harmless characters; empty for no User-Agent (A93). A program that nobody knows is
    called by the name before its version, without a dot or slash: it stands in our notices, and mail
    programs would make a thief's address there a link."""
    browser = next((name for mark, name in _BROWSERS if f"{mark}/" in user_agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    if browser and system:
        return f"{browser}, {system}"
    if browser or system:
        return str(browser or system)
    return _ODD.sub("", user_agent.partition(" ")[0].partition("/")[0])[:60]


def coarse(network: str) -> str:
    """An address shortened for a message: IPv4 /16, IPv6 /32."""
    if ":" in network:
        return ":".join(network.split(":")[:2]) + "::"
    parts = network.split(".")
    return ".".join(parts[:2]) + ".x.x" if len(parts) == 4 else network
