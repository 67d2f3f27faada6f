"""All SQL of the help for agents."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from handoff_service.models import AnswerPair, AnswerSource, Conversation, Message, Turn

_LATE = dt.timedelta(minutes=5)  # clocks of several machines differ, and so does the order of what they end


def not_taken_up(session: Session, limit: int) -> Sequence[Conversation]:
    """Resolved conversations in which an agent wrote and whose answers are not known yet, oldest first."""
    query = (
        select(Conversation)
        .outerjoin(AnswerSource, AnswerSource.conversation_id == Conversation.id)
        .where(
            Conversation.status == "resolved",
            Conversation.agent_wrote_at.is_not(None),
            or_(AnswerSource.resolved_at.is_(None), AnswerSource.resolved_at != Conversation.resolved_at),
        )
        .order_by(Conversation.resolved_at)
        .limit(limit)
    )
    newest = session.scalar(select(func.max(AnswerSource.resolved_at)))
    if newest is not None:
        query = query.where(Conversation.resolved_at > newest - _LATE)
    return session.scalars(query).all()


def source(session: Session, conversation_id: str) -> AnswerSource | None:
    return session.get(AnswerSource, conversation_id)


def forget_pairs(session: Session, conversation_id: str) -> None:
    session.execute(delete(AnswerPair).where(AnswerPair.conversation_id == conversation_id))


def pairs_after(session: Session, number: int) -> Sequence[AnswerPair]:
    return session.scalars(
        select(AnswerPair).where(AnswerPair.number > number).order_by(AnswerPair.number)
    ).all()


def count_pairs(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AnswerPair)) or 0


def pair_numbers(session: Session) -> set[int]:
    return set(session.scalars(select(AnswerPair.number)))


def said(session: Session, conversation_id: str, newest: int | None = None) -> Sequence[Message]:
    """What was said, oldest first; with `newest` so many of the last messages."""
    query = select(Message).where(Message.conversation_id == conversation_id)
    if newest is None:
        return session.scalars(query.order_by(Message.sent_at, Message.seq)).all()
    found = session.scalars(query.order_by(Message.sent_at.desc(), Message.seq.desc()).limit(newest)).all()
    return found[::-1]


def turns(session: Session, conversation_id: str) -> Sequence[Turn]:
    return session.scalars(
        select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.seq, Turn.id)
    ).all()
