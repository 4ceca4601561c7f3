"""The job queue's own schema (procrastinate), so that jobs commit with the data."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(SchemaManager.get_schema())


def downgrade() -> None:
    raise RuntimeError("the first step has no way back: drop the database instead")
