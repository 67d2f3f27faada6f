"""All SQL about turns."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff_service.models import Turn

EVIDENCE = 200
"""Turns looked back on at most; the running values forget sooner by themselves."""


def find(session: Session, sender_id: str, message_id: str) -> Turn | None:
    return session.scalar(select(Turn).where(Turn.sender_id == sender_id, Turn.message_id == message_id))


def evidence(
    session: Session, conversation_id: str, after_seq: int
) -> Sequence[tuple[dict[str, Any], dt.datetime]]:
    """Signals and time of the turns that the bot owned since the last return, oldest first."""
    newest = session.execute(
        select(Turn.signals, Turn.sent_at)
        .where(Turn.conversation_id == conversation_id, Turn.seq > after_seq, Turn.owner == "bot")
        .order_by(Turn.seq.desc())
        .limit(EVIDENCE)
    ).all()
    return [(signals, sent_at) for signals, sent_at in reversed(newest)]
