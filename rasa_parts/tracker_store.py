"""Where Rasa keeps its trackers: SQLite in the data folder, or any database by its SQLAlchemy URL."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain

from rasa_parts.settings import Settings
from rasa_parts.storable import storable

# A tracker that cannot be saved is a turn forgotten; a writer in another process is done long before this.
BUSY_SECONDS = 10


class BatonTrackerStore(SQLTrackerStore):
    """`type: rasa_parts.tracker_store.BatonTrackerStore` in `endpoints.yml`.

    The database is `TRACKER_DB_URL` if set, else the `url` of `endpoints.yml`, else `<BATON_DATA_DIR>/rasa.db`.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        settings = Settings.from_env()
        url = settings.tracker_db_url or host or _embedded(settings.make_data_dir() / "rasa.db")
        super().__init__(domain=domain, host=url, event_broker=event_broker, **kwargs)
        sa.event.listen(self.engine, "before_cursor_execute", _make_storable, retval=True)


def _embedded(path: Path) -> str:
    """The URL of an SQLite file that readers and a writer can use at the same time."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as db:
        # Kept in the file itself, so every later connection has it.
        db.execute("PRAGMA journal_mode = WAL")
    return f"sqlite:///{path}?timeout={BUSY_SECONDS}"


def _make_storable(
    conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> tuple[str, Any]:
    """Keeps a character that no database can bind (in a sender's or an intent's name) from costing the turn."""
    return statement, storable(parameters)
