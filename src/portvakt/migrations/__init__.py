"""Alembic environment; run through `portvakt.store.migrate`, never imported by a serving process."""
