"""All SQL of the wall."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session

from handoff_service.models import Agent, Conversation, Handoff, Message


@dataclass(frozen=True, slots=True)
class Answered:
    """A handoff, who held it last, and when an agent first answered in it."""

    conversation_id: str
    requested_at: dt.datetime
    ended_at: dt.datetime | None
    agent_id: str | None
    answered_at: dt.datetime | None


def asked_since(session: Session, moment: dt.datetime, outside: frozenset[str]) -> list[Answered]:
    """The handoffs that were asked for, not those that agents took up by themselves, nor those on channels
    whose people are `outside`; oldest first."""
    first_answer = (
        select(func.min(Message.sent_at))
        .where(
            Message.conversation_id == Handoff.conversation_id,
            Message.author == "agent",
            Message.private == false(),
            or_(Message.recall.is_(None), Message.recall == "failed"),
            Message.sent_at >= Handoff.requested_at,
            or_(Handoff.ended_at.is_(None), Message.sent_at <= Handoff.ended_at),
        )
        .correlate(Handoff)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Handoff.conversation_id, Handoff.requested_at, Handoff.ended_at, Handoff.agent_id, first_answer
        )
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(
            Handoff.requested_at >= moment,
            Handoff.source != "desk",
            Conversation.channel.not_in(outside),
        )
        .order_by(Handoff.requested_at)
    )
    return [Answered(*row) for row in rows]


def with_people(session: Session, outside: frozenset[str]) -> Sequence[Conversation]:
    """What waits, not on channels whose people are `outside`, and what agents hold; messages that were left
    are nobody's load."""
    waits = and_(Conversation.owner == "queue", Conversation.channel.not_in(outside))
    with_person = or_(waits, Conversation.owner == "agent")
    return session.scalars(select(Conversation).where(with_person, Conversation.kind == "live")).all()


def agents(session: Session) -> Sequence[Agent]:
    """By name, also those who may not log in any more: they may have held what is counted."""
    return session.scalars(select(Agent).order_by(Agent.name, Agent.id)).all()
