"""The job queue's own schema (procrastinate), so that jobs commit with the data."""

from procrastinate.schema import SchemaManager

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())


def downgrade() -> None:
    raise RuntimeError("the first step has no way back: drop the database instead")
