"""Proposals of our own people, and accounts that they froze."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    sql = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().connection.cursor().execute(sql)


def downgrade() -> None:
    raise RuntimeError("who did what to whose account is never forgotten: restore a backup instead")
