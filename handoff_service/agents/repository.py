"""All SQL about agents."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handoff_service.models import Agent, Conversation


def get(session: Session, agent_id: str) -> Agent | None:
    return session.get(Agent, agent_id)


def by_email(session: Session, email: str) -> Agent | None:
    return session.scalar(select(Agent).where(Agent.email == email))


def gone(session: Session) -> Sequence[Agent]:
    """Who went offline without a word on their conversations, and is not back."""
    return session.scalars(select(Agent).where(Agent.left_at.is_not(None)).order_by(Agent.left_at)).all()


def online(session: Session) -> Sequence[Agent]:
    """Everybody who may fall silent, supervisors too."""
    return session.scalars(select(Agent).where(Agent.active, Agent.presence == "online")).all()


def note_line(session: Session, agent_id: str, now: dt.datetime) -> None:
    session.execute(update(Agent).where(Agent.id == agent_id).values(line_at=now))


def held_by(session: Session, agent_id: str) -> Sequence[Conversation]:
    """What the agent is responsible for, also what is put off."""
    return session.scalars(
        select(Conversation)
        .where(Conversation.assignee_id == agent_id, Conversation.owner == "agent")
        .order_by(Conversation.assigned_at, Conversation.id)
    ).all()


def colleagues_of(session: Session, agent_id: str) -> Sequence[Agent]:
    """By name, the others to whom conversations are assigned: no supervisors, who only watch."""
    return session.scalars(
        select(Agent)
        .where(Agent.active, Agent.role == "agent", Agent.id != agent_id)
        .order_by(Agent.name, Agent.id)
    ).all()


def page(session: Session, after: tuple[str, str] | None, limit: int) -> Sequence[Agent]:
    """By name; `after` is name and id of the last one seen."""
    query = select(Agent).order_by(Agent.name, Agent.id).limit(limit)
    if after is not None:
        name, agent_id = after
        query = query.where((Agent.name > name) | ((Agent.name == name) & (Agent.id > agent_id)))
    return session.scalars(query).all()
