"""What `portvakt doctor` asks the database: version, clock, and whether the roles are apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from portvakt.policy import VOTERS
from portvakt.store.tx import Tx

# What the app's role may never do, so that a hole in the service cannot rewrite the past (A106), end a
# hold early (A54) or unsay a vote (A103): (table, right).
FORBIDDEN = (
    ("audit", "UPDATE"), ("audit", "DELETE"), ("audit", "TRUNCATE"),
    ("decisions", "UPDATE"), ("decisions", "DELETE"), ("decisions", "TRUNCATE"),
    ("holds", "DELETE"), ("holds", "TRUNCATE"), ("clock", "UPDATE"), ("clock", "INSERT"),
    ("votes", "UPDATE"), ("votes", "DELETE"), ("votes", "TRUNCATE"),
    ("evidence_views", "UPDATE"), ("evidence_views", "DELETE"), ("evidence_views", "TRUNCATE"),
    ("cases", "DELETE"), ("cases", "TRUNCATE"), ("staff", "DELETE"), ("staff", "TRUNCATE"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Health:
    """`now` is the database's own clock; `shift` in seconds is the sandbox's. `rights` are those
    of FORBIDDEN that the role has all the same; `mighty` says why the role can do anything."""

    version: int
    encoding: str
    now: datetime
    shift: float | None
    role: str
    rights: Sequence[str]
    mighty: Sequence[str]
    encrypted: bool
    durable: bool
    connections: int


def look(url: str, *, seconds: int = 5) -> Health:
    """Asks as the role of this URL. psycopg.OperationalError when nobody answers."""
    with psycopg.connect(url, connect_timeout=seconds, row_factory=dict_row) as connection:
        connection.read_only = True
        row = _one(
            connection,
            "select current_setting('server_version_num')::int as version,"
            " current_setting('server_encoding') as encoding, clock_timestamp() as now,"
            " current_user::text as role, r.rolsuper, r.rolcreaterole, r.rolbypassrls,"
            " coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as ssl,"
            " current_setting('fsync') = 'on' as durable,"
            " current_setting('max_connections')::int as connections,"
            " (select count(*) from pg_class c where c.relowner = r.oid"
            "   and c.relnamespace = 'public'::regnamespace) as owned,"
            " has_schema_privilege('public', 'CREATE') as creates,"
            " to_regclass('public.audit') is not null as migrated"
            " from pg_roles r where r.rolname = current_user",
        )
        shift: float | None = None
        rights: list[str] = []
        if row["migrated"]:
            shift = _one(connection, "select extract(epoch from shift)::float8 as s from clock")[
                "s"
            ]
            for table, right in FORBIDDEN:
                held = _one(
                    connection,
                    # null for a table that a schema which is behind does not have yet
                    "select has_table_privilege(to_regclass(%s), %s) as held",
                    [f"public.{table}", right],
                )
                rights += [f"{right} on {table}"] if held["held"] else []
    reasons = {
        "is a superuser": row["rolsuper"],
        "may make roles": row["rolcreaterole"],
        "passes row security": row["rolbypassrls"],
        "owns tables": row["owned"] > 0,
        "may make tables": row["creates"],
    }
    return Health(
        version=row["version"] // 10_000,
        encoding=row["encoding"],
        now=row["now"],
        shift=shift,
        role=row["role"],
        rights=rights,
        mighty=[reason for reason, true in reasons.items() if true],
        encrypted=row["ssl"],
        durable=row["durable"],
        connections=row["connections"],
    )


@dataclass(frozen=True, slots=True)
class People:
    """Those of ours: how many were ever added, and how many may vote about cases now."""

    ever: int
    reviewers: int


def people(url: str, *, seconds: int = 5) -> People | None:
    """None where the schema is behind. psycopg.OperationalError when nobody answers."""
    with psycopg.connect(url, connect_timeout=seconds, row_factory=dict_row) as connection:
        connection.read_only = True
        if not _one(connection, "select to_regclass('public.staff') is not null as there")["there"]:
            return None
        row = _one(
            connection,
            "select count(*) as ever, count(*) filter (where removed_at is null"
            " and role = any(%s) and active_from <= portvakt_now()) as reviewers"
            " from staff",
            [list(VOTERS)],
        )
    return People(row["ever"], row["reviewers"])


@dataclass(frozen=True, slots=True)
class Queue:
    """Messages of the last 24 hours: (channel, state, how many); `oldest` in seconds is how far the
    one that waits longest is beyond the time it was due."""

    numbers: Sequence[tuple[str, str, int]]
    oldest: float


def messages(tx: Tx) -> Queue:
    """What became of the messages, for `/metrics`."""
    now = tx.now()
    rows = tx.all(
        "select channel::text, state::text, count(*) as number,"
        " extract(epoch from %(now)s - min(due_at))::float8 as late"
        " from messages where created_at > %(now)s - interval '24 hours'"
        " group by channel, state",
        {"now": now},
    )
    late = [row["late"] for row in rows if row["state"] in ("queued", "sending")]
    return Queue(
        [(row["channel"], row["state"], row["number"]) for row in rows], max(0.0, *late, 0.0)
    )


def _one(
    connection: psycopg.Connection[dict[str, Any]], statement: str, values: Sequence[Any] = ()
) -> Mapping[str, Any]:
    row = connection.execute(statement, values).fetchone()
    if row is None:
        raise LookupError("the database answered no row")
    return row
