"""Factors that name their account by themselves, found by a keyed hash."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    sql = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().connection.cursor().execute(sql)


def downgrade() -> None:
    raise RuntimeError("what is bound would be found no more: restore a backup instead")
