"""Reviewed cases: staff, cases, votes, evidence files, what the platform knows."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    sql = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().connection.cursor().execute(sql)


def downgrade() -> None:
    raise RuntimeError("votes and cases are never deleted: restore a backup instead")
