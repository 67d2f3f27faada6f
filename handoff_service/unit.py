"""A unit of work: one transaction with the moment, the actor, and the two records each change leaves."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from handoff_service.models import AuditEntry, Counter, StreamEvent
from handoff_service.settings import Settings


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
    touched: set[str] = field(default_factory=set)  # conversations to publish when the unit ends

    def next_number(self, name: str) -> int:
        """The next of the named numbers; given in commit order."""
        value: int | None = self.session.scalar(
            update(Counter)
            .where(Counter.name == name)
            .values(value=Counter.value + 1)
            .returning(Counter.value)
        )
        if value is None:
            self.session.add(Counter(name=name, value=1))
            self.session.flush()
            return 1
        return value

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
        self.session.add(
            StreamEvent(
                number=self.next_number("stream"),
                type=kind,
                conversation_id=conversation_id,
                payload={**payload, "correlation_id": self.correlation_id},
                created_at=self.now,
            )
        )
