"""Accounts, factors, flows, holds, sessions, audit, messages: invariants live here."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    sql = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().connection.cursor().execute(sql)


def downgrade() -> None:
    raise RuntimeError("audit rows are never deleted: restore a backup instead")
