"""What a backtest reads of the past, and which part of the past it looks at."""

from dataclasses import dataclass
from datetime import datetime

from handoff_service.decision.facts import Facts
from handoff_service.decision.running import FORGET_AFTER


@dataclass(frozen=True, slots=True)
class Window:
    """The stretches that count: those whose first turn was sent from `since` on and before `until`.

    The past is seen as it was at `until`: later turns and handoffs do not exist.
    """

    since: datetime
    until: datetime

    @property
    def reads_from(self) -> datetime:
        """Earlier turns cannot belong to a stretch that counts: a silence of `FORGET_AFTER` ends one."""
        return self.since - FORGET_AFTER

    def counts(self, began: datetime) -> bool:
        return self.since <= began < self.until


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn that the bot owned and that was decided on. `at`: when the service took it in."""

    id: str
    sent_at: datetime
    at: datetime
    facts: Facts
    handed_over: bool
    rule: str | None
    rules_version: int


@dataclass(frozen=True, slots=True)
class StoredHandoff:
    """A handoff as it was. `by_rule`: a turn's decision made it, nobody's hand and no other program."""

    id: str
    by_rule: bool
    rule: str | None
    requested_at: datetime
    assigned_at: datetime | None = None
    ended_at: datetime | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """What the desk had in an agent from `at` on. `capacity` is 0 for who did not work there then."""

    agent_id: str
    at: datetime
    skills: frozenset[str]
    capacity: int
    online: bool
