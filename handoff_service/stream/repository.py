"""All SQL about the stream."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from handoff_service.models import Counter, StreamEvent

OF_THE_MOMENT = 0
"""Instead of a number: the event is in no table, and whoever is away will never be told of it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, read once and shared by all who listen: never change its payload."""

    number: int  # or OF_THE_MOMENT
    type: str
    payload: dict[str, Any]
    frames: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)  # as sent, once written


def newest(session: Session) -> int:
    """The last number given, also when its event has been forgotten since; 0 before the first."""
    return session.scalar(select(Counter.value).where(Counter.name == "stream")) or 0


def oldest(session: Session) -> int | None:
    """The first number still kept."""
    return session.scalar(select(func.min(StreamEvent.number)))


def after(session: Session, number: int, limit: int, *, up_to: int | None = None) -> list[Event]:
    query = (
        select(StreamEvent.number, StreamEvent.type, StreamEvent.payload)
        .where(StreamEvent.number > number)
        .order_by(StreamEvent.number)
        .limit(limit)
    )
    if up_to is not None:
        query = query.where(StreamEvent.number <= up_to)
    return [Event(*row) for row in session.execute(query)]


def forget_before(session: Session, moment: dt.datetime) -> None:
    session.execute(delete(StreamEvent).where(StreamEvent.created_at < moment))
