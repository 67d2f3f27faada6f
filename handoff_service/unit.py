"""A unit of work: one transaction with the moment, the actor, and the two records each change leaves."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from handoff_service.models import AuditEntry, Conversation, Counter, StreamEvent
from handoff_service.settings import Settings

# Asked past the session: raising a number is no reason to write out what else is pending.
_counters = Counter.__table__
_RAISE = (
    update(_counters)  # type: ignore[arg-type]
    .where(_counters.c.name == bindparam("counter"))
    .values(value=_counters.c.value + bindparam("by"))
    .returning(_counters.c.value)
)


@dataclass(slots=True)
class Unit:
    """Handed to every function that changes something.

    `actor` is `agent:<id>`, `assistant`, `customer`, `operator` (command line) or `service`. `now` is the
    moment of the whole unit.
    """

    session: Session
    now: dt.datetime
    settings: Settings
    actor: str = "service"
    correlation_id: str | None = None
    touched: set[Conversation] = field(default_factory=set)  # to publish when the unit ends
    _news: list[dict[str, Any]] = field(default_factory=list)  # published, not yet numbered

    def next_number(self, name: str) -> int:
        """The next of the named numbers; given in commit order."""
        return self._raise(name, 1)

    def _raise(self, name: str, by: int) -> int:
        connection = self.session.connection()
        value: int | None = connection.scalar(_RAISE, {"counter": name, "by": by})
        if value is None:
            connection.execute(insert(_counters), {"name": name, "value": by})  # type: ignore[arg-type]
            return by
        return value

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """When the block raises, what it changed is undone and what it published unsaid; the unit goes on."""
        published = len(self._news)
        try:
            with self.session.begin_nested():
                yield
        except BaseException:
            del self._news[published:]
            raise

    def audit(self, action: str, conversation_id: str | None = None, **details: Any) -> None:
        self.session.add(
            AuditEntry(
                at=self.now,
                actor=self.actor,
                action=action,
                conversation_id=conversation_id,
                details=details,
                correlation_id=self.correlation_id,
            )
        )

    def publish(self, kind: str, payload: dict[str, Any], conversation_id: str | None = None) -> None:
        """Put an event on the agents' stream, in the same transaction as what it tells of.

        It carries the correlation id, so that a customer's message can be followed up to the screen.
        """
        self._news.append(
            {
                "type": kind,
                "conversation_id": conversation_id,
                "payload": {**payload, "correlation_id": self.correlation_id},
                "created_at": self.now,
            }
        )

    def write_stream(self) -> None:
        """Number and store what was published, all at once, as the last thing that the unit does."""
        if self._news:
            first = self._raise("stream", len(self._news)) - len(self._news) + 1
            rows = [{"number": number, **event} for number, event in enumerate(self._news, first)]
            self.session.execute(insert(StreamEvent), rows)
            self._news.clear()
