"""How the service opens its own SQLite file; the tests' databases are opened alike, but never synced."""

from pathlib import Path

from sqlalchemy import text

from handoff_service.db import Database


def test_what_was_committed_outlives_a_power_cut(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'handoff.db'}")
    with database.reading() as session:
        found = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
