"""All SQL about what is explained: the turns and handoffs of a conversation, by number."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handoff_service.models import Agent, AuditEntry, Handoff, Turn


def turn_at(session: Session, conversation_id: str, number: int) -> Turn | None:
    """The turn with this number, from 1."""
    query = select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.seq, Turn.id)
    return session.scalar(query.offset(number - 1).limit(1))


def last_turn(session: Session, conversation_id: str) -> Turn | None:
    query = select(Turn).where(Turn.conversation_id == conversation_id)
    return session.scalar(query.order_by(Turn.seq.desc(), Turn.id.desc()).limit(1))


def turns(session: Session, conversation_id: str) -> Sequence[Turn]:
    query = select(Turn).where(Turn.conversation_id == conversation_id)
    return session.scalars(query.order_by(Turn.seq, Turn.id)).all()


def number_of(session: Session, turn: Turn) -> int:
    query = select(func.count()).where(Turn.conversation_id == turn.conversation_id, Turn.seq < turn.seq)
    return (session.scalar(query) or 0) + 1


def turn_of(session: Session, handoff: Handoff) -> Turn | None:
    """The turn that was handed over: stored in the very transaction that opened the handoff."""
    return session.scalar(
        select(Turn).where(
            Turn.conversation_id == handoff.conversation_id,
            Turn.decision == "handoff",
            Turn.created_at == handoff.requested_at,
        )
    )


def handoff_of(session: Session, turn: Turn) -> Handoff | None:
    """The handoff that the turn opened."""
    return session.scalar(
        select(Handoff).where(
            Handoff.conversation_id == turn.conversation_id,
            Handoff.source.in_(("turn", "ingest")),
            Handoff.requested_at == turn.created_at,
        )
    )


def last_handoff(session: Session, conversation_id: str) -> Handoff | None:
    return session.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id)
        .order_by(Handoff.requested_at.desc())
        .limit(1)
    )


def who_claimed(session: Session, handoff: Handoff) -> str | None:
    """The name of the agent who took the conversation from the bot, or up again, by their own hand."""
    actor = session.scalar(
        select(AuditEntry.actor).where(
            AuditEntry.conversation_id == handoff.conversation_id,
            AuditEntry.action.in_(("conversation.claim", "conversation.reopen")),
            AuditEntry.at == handoff.requested_at,
        )
    )
    agent = session.get(Agent, actor.removeprefix("agent:")) if actor else None
    return agent.name if agent else None
