"""All SQL of backtests; it only reads.

Conversations come in the order of their ids, page by page, and their turns through a cursor, so memory does
not grow with the history.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Result, Row, func, select
from sqlalchemy.orm import Session

from handoff_service.backtest.history import Duty, StoredHandoff, StoredTurn, Window
from handoff_service.decision.facts import Facts
from handoff_service.models import Conversation, DutyEntry, Handoff, Turn

PAGE = 500
"""Conversations at a time: few enough for one `IN`, and for their handoffs to be held."""
CHUNK = 500
"""Turns fetched at a time."""
BY_RULE = ("turn", "ingest")
"""Sources of a handoff that a turn's decision made, in time or late."""


def snapshot(session: Session) -> None:
    """Let every query of this session see the same moment, and none write. To be called before the first.

    On SQLite a read transaction is so by itself.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(
            execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )


def newest_turn(session: Session) -> dt.datetime | None:
    """When the service took in the last turn."""
    return session.scalar(select(func.max(Turn.created_at)))


def count_turns(session: Session, window: Window, most: int | None = None) -> int:
    """How many turns a backtest reads; counts no further than `most`."""
    found = select(Turn.id).where(*_wanted(window))
    return session.scalar(select(func.count()).select_from(found.limit(most).subquery())) or 0


def conversations(
    session: Session, window: Window
) -> Iterator[tuple[str, Iterator[StoredTurn], list[StoredHandoff]]]:
    """Each conversation with its turns, in their order, and its handoffs, oldest first.

    The turns must be used up before the next conversation is asked for.
    """
    after = ""
    while ids := _page(session, window, after):
        after = ids[-1]
        handoffs = _handoffs(session, ids)
        seen = set()
        for conversation_id, rows in groupby(_turns(session, ids, window), key=lambda row: row[0]):
            seen.add(conversation_id)
            yield conversation_id, map(_turn, rows), handoffs.get(conversation_id, [])
        for conversation_id in sorted(handoffs.keys() - seen):
            yield conversation_id, iter(()), handoffs[conversation_id]


def recording_began(session: Session) -> dt.datetime | None:
    """Since when it is known who was on duty; None where it has always been."""
    return session.scalar(select(func.min(DutyEntry.at)).where(DutyEntry.found))


def duty(session: Session, window: Window) -> Iterator[Duty]:
    """Who was on duty, from the beginning of the window on, in the order of time.

    Before recording began everybody whom it found is taken to have been online, as they were found else.
    """
    last = select(func.max(DutyEntry.number)).where(DutyEntry.at <= window.since).group_by(DutyEntry.agent_id)
    for entry in _duty(session, DutyEntry.number.in_(last)):
        yield _as_of(entry, window.since)
    for entry in _duty(session, DutyEntry.found.is_(True), DutyEntry.at > window.since):
        yield _as_of(entry, window.since, presence="online")
    at = window.since
    for entry in _duty(session, DutyEntry.at > window.since, DutyEntry.at < window.until):
        at = max(at, entry.at)  # the clocks of two replicas may differ; the numbers are right
        yield _as_of(entry, at)


def _duty(session: Session, *conditions: ColumnElement[bool]) -> Iterator[DutyEntry]:
    wanted = select(DutyEntry).where(*conditions).order_by(DutyEntry.number)
    yield from session.scalars(wanted, execution_options={"yield_per": CHUNK})


def _as_of(entry: DutyEntry, at: dt.datetime, presence: str | None = None) -> Duty:
    works = entry.active and entry.role == "agent"
    online = (presence or entry.presence) == "online"
    return Duty(entry.agent_id, at, frozenset(entry.skills), entry.capacity if works else 0, works and online)


def _page(session: Session, window: Window, after: str) -> Sequence[str]:
    # A conversation's `updated_at` is at least as late as its turns and handoffs.
    return session.scalars(
        select(Conversation.id)
        .where(Conversation.id > after, Conversation.updated_at >= window.reads_from)
        .order_by(Conversation.id)
        .limit(PAGE)
    ).all()


def _turns(session: Session, ids: Sequence[str], window: Window) -> Iterator[Row[Any]]:
    found: Result[Any] = session.execute(
        select(
            Turn.conversation_id,
            Turn.id,
            Turn.sent_at,
            Turn.created_at,
            Turn.facts,
            Turn.decision,
            Turn.rule,
            Turn.rules_version,
        )
        .where(Turn.conversation_id.in_(ids), *_wanted(window))
        .order_by(Turn.conversation_id, Turn.seq),
        execution_options={"yield_per": CHUNK},
    )
    yield from found


def _wanted(window: Window) -> tuple[ColumnElement[bool], ...]:
    """What a person owned is no evidence, and a late turn of before a return was not decided on."""
    return (
        Turn.owner == "bot",
        Turn.decision != "silent",
        Turn.sent_at >= window.reads_from,
        Turn.sent_at < window.until,
    )


def _turn(row: Sequence[Any]) -> StoredTurn:
    _, turn_id, sent_at, at, facts, decision, rule, version = row
    return StoredTurn(turn_id, sent_at, at, Facts.from_dict(facts), decision == "handoff", rule, version)


def _handoffs(session: Session, ids: Sequence[str]) -> dict[str, list[StoredHandoff]]:
    found: dict[str, list[StoredHandoff]] = {}
    for row in session.execute(
        select(
            Handoff.conversation_id,
            Handoff.id,
            Handoff.source,
            Handoff.rule,
            Handoff.requested_at,
            Handoff.first_assigned_at,
            Handoff.ended_at,
            Handoff.mark,
        )
        .where(Handoff.conversation_id.in_(ids))
        .order_by(Handoff.requested_at, Handoff.id)
    ):
        conversation_id, handoff_id, source, rule, requested_at, assigned_at, ended_at, mark = row
        found.setdefault(conversation_id, []).append(
            StoredHandoff(handoff_id, source in BY_RULE, rule, requested_at, assigned_at, ended_at, mark)
        )
    return found
