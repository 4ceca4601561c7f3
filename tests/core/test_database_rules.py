"""Invariants that the database holds even against our own code, and rights that the app lacks."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from portvakt.core import Portvakt
from tests.core.conftest import Holder
from tests.database import Database


def _refuses(url: str, sql: str, error: type[Exception]) -> None:
    with psycopg.connect(url) as connection, pytest.raises(error):
        connection.execute(sql)


@pytest.mark.proves("S98", "A106")
@pytest.mark.parametrize(
    "sql", ["update audit set event = 'x'", "delete from audit", "truncate audit"]
)
def test_the_apps_role_can_only_add_to_the_audit(
    holder: Holder, database: Database, sql: str
) -> None:
    holder.signs_up()
    _refuses(database.app_url, sql, errors.InsufficientPrivilege)


@pytest.mark.proves("A105")
@pytest.mark.parametrize(
    "sql",
    [
        "update proposals set by = by",
        "update proposals set account = account",
        "delete from proposals",
    ],
)
def test_the_apps_role_cannot_rewrite_who_proposed_what(
    portvakt: Portvakt, database: Database, sql: str
) -> None:
    _refuses(database.app_url, sql, errors.InsufficientPrivilege)


@pytest.mark.proves("A54")
@pytest.mark.parametrize("sql", [
    "update holds set ends_at = ends_at - interval '1 second'",
    "update holds set ends_at = null, ends_when = 'never'",
    "update holds set starts_at = starts_at - interval '1 day'",
    "delete from holds",
])  # fmt: skip
def test_not_even_the_owner_can_shorten_a_hold(
    portvakt: Portvakt, holder: Holder, database: Database, sql: str
) -> None:
    holder.signs_up()
    Holder(portvakt, email=holder.email).signs_in()
    _refuses(database.owner_url, sql, errors.RaiseException)


@pytest.mark.proves("A54")
def test_a_hold_can_be_made_longer(portvakt: Portvakt, holder: Holder, database: Database) -> None:
    holder.signs_up()
    Holder(portvakt, email=holder.email).signs_in()
    with psycopg.connect(database.app_url) as app:
        touched = app.execute("update holds set ends_at = ends_at + interval '1 hour'").rowcount
    assert touched >= 1


@pytest.mark.proves("A40")
def test_the_account_of_a_flow_never_changes_and_an_ended_flow_stays_ended(
    holder: Holder, database: Database
) -> None:
    done = holder.signs_up()
    other = Holder(holder.portvakt)
    other.signs_up()
    flow, stranger = done.flow.id, other.account
    _refuses(database.app_url, f"update flows set account = '{stranger}' where id = '{flow}'",
             errors.RaiseException)  # fmt: skip
    _refuses(database.app_url, f"update flows set status = 'open' where id = '{flow}'",
             errors.RaiseException)  # fmt: skip


@pytest.mark.proves("S37")
def test_an_identifier_names_at_most_one_account_and_never_while_blocked(
    holder: Holder, database: Database
) -> None:
    holder.signs_up()
    sql = f"update identifiers set blocked_until = now() where account = '{holder.account}'"
    _refuses(database.app_url, sql, errors.CheckViolation)


@pytest.mark.proves("A119")
def test_the_apps_role_cannot_move_the_clock(database: Database) -> None:
    _refuses(database.app_url, "update clock set shift = interval '1 day'",
             errors.InsufficientPrivilege)  # fmt: skip


@pytest.mark.proves("A108")
def test_no_secret_stands_in_the_database_in_plain(holder: Holder, database: Database) -> None:
    holder.signs_up()
    token = holder.caller.session_token
    assert token is not None
    with psycopg.connect(database.admin_url) as admin:
        tables = [r[0] for r in admin.execute(
            "select table_name from information_schema.tables where table_schema = 'public' "
            "and table_type = 'BASE TABLE'")]  # fmt: skip
        for table in tables:
            for (row,) in admin.execute(f'select t::text from "{table}" t'):
                assert "olika ord" not in row, table
                assert token not in row, table
                assert token[4:] not in row, table
