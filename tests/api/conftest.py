"""Programs that speak the contract to the real application."""

from tests.people import PASSWORD, Json, Person, holder, person, stranger

__all__ = ["PASSWORD", "Json", "Person", "holder", "person", "stranger"]
