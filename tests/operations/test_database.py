"""The database of the tests and of the first run: two roles, and no more rights than they need."""

from __future__ import annotations

import psycopg
import pytest

from tests.database import Database

pytestmark = pytest.mark.filterwarnings("error")


def test_the_app_role_cannot_make_tables(new_empty_database: Database) -> None:
    with (
        psycopg.connect(new_empty_database.app_url) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute("CREATE TABLE planted (i int)")


def test_the_owner_role_can_make_tables(new_empty_database: Database) -> None:
    with psycopg.connect(new_empty_database.owner_url) as owner:
        owner.execute("CREATE TABLE mine (i int)")


def test_neither_role_is_a_superuser(new_empty_database: Database) -> None:
    with psycopg.connect(new_empty_database.owner_url) as owner:
        found = owner.execute(
            "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls"
            " FROM pg_roles WHERE rolname LIKE 'portvakt%' ORDER BY 1"
        ).fetchall()
    assert found == [("portvakt_app", False), ("portvakt_owner", False)]


def test_a_module_has_a_migrated_database_of_its_own(database: Database) -> None:
    with psycopg.connect(database.app_url) as app:
        assert app.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() != (None,)
