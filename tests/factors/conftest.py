"""The factors are tried at the door itself: a core without pages, and people at its door."""

from tests.holders import holder, key_file, portvakt

__all__ = ["holder", "key_file", "portvakt"]
