"""Where Rasa keeps its trackers: SQLite in the data folder, or any database by its SQLAlchemy URL.

Rasa's own store reads and rebuilds every event of the session at each look at a tracker, several times a
turn. This one remembers recent trackers as the database had them and reads only what was added since.
"""

import copy
import json
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session

from rasa_parts.settings import Settings
from rasa_parts.storable import storable

# A tracker that cannot be saved is a turn forgotten; a writer in another process is done long before this.
BUSY_SECONDS = 10
REMEMBERED_EVENTS = 20_000  # of all trackers together: some 2,000 turns, some 50 MB


@dataclass
class Remembered:
    """A tracker as the database has it. `first` and `last` are the ids of its first and last row."""

    tracker: DialogueStateTracker
    domain: Domain
    first: int
    last: int
    session_start: float

    @property
    def size(self) -> int:
        return len(self.tracker.events)


class BatonTrackerStore(SQLTrackerStore):
    """`type: rasa_parts.tracker_store.BatonTrackerStore` in `endpoints.yml`.

    The database: `TRACKER_DB_URL` if set, else the `url` in `endpoints.yml`, else `<BATON_DATA_DIR>/rasa.db`.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        settings = Settings.from_env()
        url = settings.tracker_db_url or host
        self._keeper: sqlite3.Connection | None = None
        self._recent: OrderedDict[str, Remembered] = OrderedDict()
        if url is None:
            path = settings.make_data_dir() / "rasa.db"
            self._keeper = _open_embedded(path)
            url = f"sqlite:///{path}?timeout={BUSY_SECONDS}"
        super().__init__(domain=domain, host=url, event_broker=event_broker, **kwargs)
        sa.event.listen(self.engine, "before_cursor_execute", _make_storable, retval=True)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the latest session, the caller's to change; None when there is none."""
        with self.session_scope() as session:
            remembered = self._remembered(session, sender_id)
        return _copy(remembered.tracker) if remembered else None

    def _additional_events(self, session: Session, tracker: DialogueStateTracker) -> Iterator[Event]:
        """The events that are not stored yet."""
        remembered = self._remembered(session, tracker.sender_id)
        return islice(tracker.events, remembered.size if remembered else 0, None)

    def _remembered(self, session: Session, sender_id: str) -> Remembered | None:
        """The tracker as it is in the database at this moment."""
        remembered = self._recent.pop(sender_id, None)
        if remembered is None or not self._brought_up_to_date(session, sender_id, remembered):
            remembered = self._load(session, sender_id)
        if remembered is not None:
            self._recent[sender_id] = remembered
            self._forget_the_oldest()
        return remembered

    def _brought_up_to_date(self, session: Session, sender_id: str, remembered: Remembered) -> bool:
        """Add what came since; False when that does not make it what a full load would be.

        Another process may have added rows, under lower ids than ours too, or removed some, or begun a new
        session. A row is never changed.
        """
        if remembered.domain is not self.domain:
            return False
        row = self.SQLEvent
        ours = sa.and_(row.sender_id == sender_id, row.id >= remembered.first)
        count, last = session.query(sa.func.count(), sa.func.max(row.id)).filter(ours).one()
        if (count, last) == (remembered.size, remembered.last):
            return True
        added = (
            session.query(row.id, row.type_name, row.timestamp, row.data)
            .filter(row.sender_id == sender_id, row.id > remembered.last)
            .order_by(row.id)
            .all()
        )
        if count != remembered.size + len(added) or any(
            new.type_name == SessionStarted.type_name or new.timestamp < remembered.session_start
            for new in added
        ):
            return False
        for new in added:
            event = Event.from_parameters(json.loads(new.data))
            if event is not None:
                remembered.tracker.update(event)
        remembered.last = last
        return len(remembered.tracker.events) == count

    def _load(self, session: Session, sender_id: str) -> Remembered | None:
        rows = self._event_query(session, sender_id, fetch_events_from_all_sessions=False).all()
        if not rows or not self.domain:
            return None
        events = [json.loads(row.data) for row in rows]
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        starts = [row.timestamp for row in rows if row.type_name == SessionStarted.type_name]
        return Remembered(tracker, self.domain, rows[0].id, rows[-1].id, max(starts, default=float("-inf")))

    def _forget_the_oldest(self) -> None:
        events = sum(remembered.size for remembered in self._recent.values())
        while events > REMEMBERED_EVENTS and len(self._recent) > 1:
            _, oldest = self._recent.popitem(last=False)
            events -= oldest.size


def _copy(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """One that can be changed without changing the other.

    Events are shared, but for the customer's latest: what follows it is applied to it.
    """
    twin = copy.copy(tracker)
    twin.events = copy.copy(tracker.events)
    twin.slots = {name: copy.copy(slot) for name, slot in tracker.slots.items()}
    twin.active_loop = copy.copy(tracker.active_loop)
    latest = tracker.latest_message
    for index in range(len(twin.events) - 1, -1, -1):
        if twin.events[index] is latest:
            twin.latest_message = twin.events[index] = _copy_message(latest)
            break
    return twin


def _copy_message(message: UserUttered) -> UserUttered:
    twin = copy.copy(message)
    twin.entities = list(message.entities)
    return twin


def _open_embedded(path: Path) -> sqlite3.Connection:
    """Makes the SQLite file one that readers and a writer can use at the same time.

    The connection is to be kept open: Rasa opens and closes one for each look at a tracker, and the last to
    close moves the whole write-ahead log into the file and waits for the disk, several times a turn.
    """
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    # Kept in the file itself, so every later connection has it.
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the log is opened at the first look
    return db


def _make_storable(
    conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> tuple[str, Any]:
    """Keeps a character that cannot be bound (in a sender's or an intent's name) from costing the turn."""
    return statement, storable(parameters)
