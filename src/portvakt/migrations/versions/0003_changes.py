"""Sensitive changes: flows that wait, undo, recovery codes, links of notices, step-up, payout addresses,
events for the platform."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    sql = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().connection.cursor().execute(sql)


def downgrade() -> None:
    raise RuntimeError("holds and receipts are never deleted: restore a backup instead")
