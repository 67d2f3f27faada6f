"""The tables' history (Alembic), and what the service needs to know of it."""
