"""The core without any page, and people at its door."""

from tests.holders import FIREFOX, PASSWORD, Holder, holder, key_file, portvakt, settings_for

__all__ = ["FIREFOX", "PASSWORD", "Holder", "holder", "key_file", "portvakt", "settings_for"]
