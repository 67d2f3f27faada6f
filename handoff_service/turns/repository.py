"""All SQL about turns. Built once: building these takes longer than asking them, and a customer waits."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from handoff_service.models import Turn

EVIDENCE = 200
"""Turns looked back on at most; the running values forget sooner by themselves."""

_FIND = select(Turn).where(Turn.sender_id == bindparam("sender"), Turn.message_id == bindparam("message"))
_EVIDENCE = (
    select(Turn.signals, Turn.sent_at)
    .where(
        Turn.conversation_id == bindparam("conversation"), Turn.seq > bindparam("after"), Turn.owner == "bot"
    )
    .order_by(Turn.seq.desc())
    .limit(EVIDENCE)
)


def find(session: Session, sender_id: str, message_id: str) -> Turn | None:
    return session.scalar(_FIND, {"sender": sender_id, "message": message_id})


def evidence(
    session: Session, conversation_id: str, after_seq: int
) -> Sequence[tuple[dict[str, Any], dt.datetime]]:
    """Signals and time of the turns that the bot owned since the last return, oldest first."""
    newest = session.execute(_EVIDENCE, {"conversation": conversation_id, "after": after_seq}).all()
    return [(signals, sent_at) for signals, sent_at in reversed(newest)]
