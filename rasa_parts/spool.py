"""The event spool: tracker events on disk between Rasa and the handoff service.

One SQLite file, `spool.db`, in WAL mode. `events` holds what the service has not answered for, in the order
of publishing; `dead` holds events that the service refused to take at all, with the reason.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

# AUTOINCREMENT: an id must not come back after its row was removed; log and service speak of events by it.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS dead (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    reason TEXT NOT NULL,
    buried_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
"""

# Pages of the write-ahead log after which a connection copies them into the file, which waits for the disk.
# The shipper's removals do it early, in their own thread; the publisher, inside Rasa's event loop, only
# where nothing was shipped for so long that the log would grow without end (20,000 pages are 80 MB).
SHIPPER_CHECKPOINT = 1_000
PUBLISHER_CHECKPOINT = 20_000


@dataclass(frozen=True)
class SpooledEvent:
    """`body` is a JSON object without its `id`."""

    id: int
    body: str


class Spool:
    """One connection to the spool. Not for use by two threads at a time; each thread opens its own.

    All methods raise `sqlite3.Error` when the file cannot be used; each is one transaction.
    """

    def __init__(self, path: Path, *, busy_seconds: float, checkpoint_pages: int) -> None:
        self._db = sqlite3.connect(path, timeout=busy_seconds, check_same_thread=False)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            # A killed process loses nothing; a power cut may cost the last moments, which the service
            # finds in the tracker. Waiting for the disk at each event would hold up every customer.
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(f"PRAGMA wal_autocheckpoint = {int(checkpoint_pages)}")
            self._db.executescript(_SCHEMA)
        except BaseException:
            self._db.close()
            raise

    def append(self, bodies: Iterable[str]) -> None:
        """All of `bodies` or none."""
        with self._db:
            self._db.executemany("INSERT INTO events (body) VALUES (?)", ((body,) for body in bodies))

    def batch(self, limit: int) -> list[SpooledEvent]:
        """The oldest events."""
        rows = self._db.execute("SELECT id, body FROM events ORDER BY id LIMIT ?", (limit,))
        return [SpooledEvent(*row) for row in rows.fetchall()]

    def remove(self, ids: Sequence[int]) -> None:
        with self._db:
            self._db.executemany("DELETE FROM events WHERE id = ?", ((id_,) for id_ in ids))

    def bury(self, event: SpooledEvent, reason: str) -> None:
        """Moves an event to the `dead` table."""
        with self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO dead (id, body, reason) VALUES (?, ?, ?)",
                (event.id, event.body, reason),
            )
            self._db.execute("DELETE FROM events WHERE id = ?", (event.id,))

    def waiting(self) -> int:
        return self._db.execute("SELECT count(*) FROM events").fetchone()[0]

    def close(self) -> None:
        self._db.close()
