"""People of stories. `person` comes twice: once with a browser, once with an app.

Each comes from a network of his own (through the trusted proxy that the test is), so that limits
per network are met only by stories that are about them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portvakt import messages
from tests.stories.html_face import HtmlFace
from tests.stories.json_face import JsonFace
from tests.stories.person import Person
from tests.stories.world import World

_numbers = itertools.count(1)
_FACES: dict[str, Any] = {"json": JsonFace, "html": HtmlFace}


@pytest.fixture(scope="session", autouse=True)
def no_missing_words() -> None:
    """A text that is missing fails the story instead of showing its id."""
    messages.strict()


@pytest.fixture
def world(address: str) -> Iterator[World]:
    made = World(address)
    yield made
    made.close()


@pytest.fixture
def somebody(world: World) -> Iterator[Callable[..., Person]]:
    """Makes further people: `somebody("json", client="ios")`."""
    faces: list[Any] = []

    def make(face: str, **more: str) -> Person:
        number = next(_numbers)
        network = f"198.18.{number // 250}.{number % 250 + 1}"
        faces.append(_FACES[face](world.address, network, **more))
        return Person(world, faces[-1], number)

    yield make
    for face in faces:
        face.close()


@pytest.fixture(params=sorted(_FACES))
def face(request: pytest.FixtureRequest) -> str:
    """The face that this run of the story goes by."""
    return str(request.param)


@pytest.fixture
def person(somebody: Callable[..., Person], face: str) -> Person:
    """Somebody without an account."""
    return somebody(face)


@pytest.fixture
def other(somebody: Callable[..., Person], face: str) -> Person:
    """Somebody else, with the same kind of program."""
    return somebody(face)


@pytest.fixture
def holder(person: Person) -> Person:
    """Somebody with an account by e-mail, signed in; nothing else bound."""
    return person.signs_up()


@pytest.fixture
def careful(holder: Person) -> Person:
    """Somebody with an account by e-mail, phone and authenticator app bound too."""
    return holder.binds_everything()
