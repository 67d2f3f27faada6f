"""Where Rasa keeps its trackers: SQLite in the data folder, or any database by its SQLAlchemy URL.

Rasa's own store reads and rebuilds every event of the session at each look at a tracker, several times a
turn. This one remembers recent trackers as the database had them and reads only what was added since.
"""

import copy
import json
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
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
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from rasa_parts.broker import SpoolBroker
from rasa_parts.history import Checkpoint, exchange, light_copy
from rasa_parts.settings import Settings
from rasa_parts.storable import storable

# A tracker that cannot be saved is a turn forgotten; a writer in another process is done long before this.
BUSY_SECONDS = 10
REMEMBERED_EVENTS = 80_000  # of all trackers together: some 4,500 turns, some 100 MB

_events = SQLTrackerStore.SQLEvent.__table__
_STORED = sa.select(sa.func.count(), sa.func.max(_events.c.id)).where(
    _events.c.sender_id == sa.bindparam("sender"), _events.c.id >= sa.bindparam("first")
)


@dataclass
class Remembered:
    """A tracker as the database has it. `first` and `last` are the ids of its first and last row."""

    tracker: DialogueStateTracker
    domain: Domain
    first: int
    last: int
    session_start: float
    counted: int = 0
    """Its size as the store has counted it."""

    @property
    def size(self) -> int:
        return len(self.tracker.events)

    def extended(self, rows: Sequence[Mapping[str, Any]], count: int, last: int | None) -> bool:
        """Add rows that follow `last`; False when that does not make it what a full load would be.

        `count` and `last` are of all that is stored by now. Another process may have added rows, under lower
        ids than ours too, or removed some, or begun a new session. A row is never changed.
        """
        if last is None or count != self.size + len(rows):
            return False
        if any(
            row["type_name"] == SessionStarted.type_name or row["timestamp"] < self.session_start
            for row in rows
        ):
            return False
        for row in rows:
            event = Event.from_parameters(json.loads(row["data"]))
            if event is not None:
                self.tracker.update(event)
        self.last = last
        return self.size == count


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
        self._recent: OrderedDict[str, Remembered] = OrderedDict()
        self._recent_events = 0  # as counted; adding them up at each look costs more than the look
        embedded = url is None
        if embedded:
            path = settings.make_data_dir() / "rasa.db"
            _write_ahead(path)
            url = f"sqlite:///{path}?timeout={BUSY_SECONDS}"
        super().__init__(domain=domain, host=url, event_broker=event_broker, **kwargs)
        if embedded:
            self._keep_connections()
        sa.event.listen(self.engine, "before_cursor_execute", _make_storable, retval=True)

    def _keep_connections(self) -> None:
        """Rasa opens and closes one for each look at a tracker, several times a turn.

        And the last to close moves the whole write-ahead log into the file and waits for the disk.
        """
        self.engine.dispose()
        self.engine = sa.create_engine(
            self.engine.url, poolclass=QueuePool, connect_args={"check_same_thread": False}
        )
        self.sessionmaker = sessionmaker(bind=self.engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the latest session, the caller's to change; None when there is none."""
        with self.session_scope() as session:
            remembered = self._remembered(session, sender_id)
        return _copy(remembered.tracker) if remembered else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Publish the events that are not stored yet, then store them."""
        with self.session_scope() as session:
            remembered = self._remembered(session, tracker.sender_id)
            new = list(islice(tracker.events, remembered.size if remembered else 0, None))
            if not new:
                return
            bodies = [event.as_dict() for event in new]
            self._publish(tracker.sender_id, bodies)
            rows = [_row(tracker.sender_id, event, body) for event, body in zip(new, bodies, strict=True)]
            session.execute(_events.insert(), rows)
            # Counted before the commit: with others' rows in between, it is not what we remember.
            count, last = self._stored(session, tracker.sender_id, remembered.first if remembered else 0)
            session.commit()
            if remembered is not None:
                self._forgotten(tracker.sender_id)
                if remembered.extended(rows, count, last):
                    self._remember(tracker.sender_id, remembered)

    def _publish(self, sender_id: str, bodies: Iterable[dict[str, Any]]) -> None:
        events = ({"sender_id": sender_id, **body} for body in bodies)
        if isinstance(self.event_broker, SpoolBroker):
            self.event_broker.publish_all(events)
        elif self.event_broker is not None:
            for event in events:
                self.event_broker.publish(event)

    def _remembered(self, session: Session, sender_id: str) -> Remembered | None:
        """The tracker as it is in the database at this moment."""
        remembered = self._forgotten(sender_id)
        if remembered is None or not self._brought_up_to_date(session, sender_id, remembered):
            remembered = self._load(session, sender_id)
        if remembered is not None:
            self._remember(sender_id, remembered)
        return remembered

    def _remember(self, sender_id: str, remembered: Remembered) -> None:
        """As the latest, in place of the oldest."""
        remembered.counted = remembered.size
        self._recent[sender_id] = remembered
        self._recent_events += remembered.counted
        while self._recent_events > REMEMBERED_EVENTS and len(self._recent) > 1:
            self._forgotten(next(iter(self._recent)))

    def _forgotten(self, sender_id: str) -> Remembered | None:
        """What was remembered until now."""
        remembered = self._recent.pop(sender_id, None)
        if remembered is not None:
            self._recent_events -= remembered.counted
        return remembered

    def _brought_up_to_date(self, session: Session, sender_id: str, remembered: Remembered) -> bool:
        """Add what came since; False when it has to be loaded."""
        if remembered.domain is not self.domain:
            return False
        count, last = self._stored(session, sender_id, remembered.first)
        if (count, last) == (remembered.size, remembered.last):
            return True
        row = self.SQLEvent
        added = (
            session.query(row.type_name, row.timestamp, row.data)
            .filter(row.sender_id == sender_id, row.id > remembered.last)
            .order_by(row.id)
            .all()
        )
        return remembered.extended([dict(new) for new in added], count, last)

    def _stored(self, session: Session, sender_id: str, first: int) -> tuple[int, int | None]:
        """How many rows there are from the id `first` on, and the last one's id."""
        count, last = session.execute(_STORED, {"sender": sender_id, "first": first}).one()
        return count, last

    def _load(self, session: Session, sender_id: str) -> Remembered | None:
        rows = self._event_query(session, sender_id, fetch_events_from_all_sessions=False).all()
        if not rows or not self.domain:
            return None
        events = [json.loads(row.data) for row in rows]
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        tracker._baton_checkpoint = Checkpoint()  # type: ignore[attr-defined]  # one for all copies
        starts = [row.timestamp for row in rows if row.type_name == SessionStarted.type_name]
        return Remembered(tracker, self.domain, rows[0].id, rows[-1].id, max(starts, default=float("-inf")))


def _row(sender_id: str, event: Event, body: dict[str, Any]) -> dict[str, Any]:
    """The columns as Rasa fills them."""
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": body.get("timestamp"),
        "intent_name": body.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": body.get("name"),
        "data": json.dumps(body),
    }


def _copy(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """One that can be changed without changing the other.

    Events are shared, but for the customer's latest: what follows it is applied to it.
    """
    tracker.applied_events()  # worked out here it is known to each copy
    twin = light_copy(tracker)
    latest = tracker.latest_message
    for index in range(len(twin.events) - 1, -1, -1):
        if twin.events[index] is latest:
            twin.latest_message = _copy_message(latest)
            exchange(twin, index, twin.latest_message)
            break
    return twin


def _copy_message(message: UserUttered) -> UserUttered:
    twin = copy.copy(message)
    twin.entities = list(message.entities)
    return twin


def _write_ahead(path: Path) -> None:
    """Make the SQLite file one that readers and a writer can use at the same time; the file keeps it so."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as db:
        db.execute("PRAGMA journal_mode = WAL")


def _make_storable(
    conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> tuple[str, Any]:
    """Keeps a character that cannot be bound (in a sender's or an intent's name) from costing the turn."""
    return statement, storable(parameters)
