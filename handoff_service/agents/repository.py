"""All SQL about agents."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session

from handoff_service.models import Agent, Conversation

_ONLINE = (Agent.active, Agent.presence == "online")
# Their desk is missed only where there was one since they came online.
_AT_DESK: ColumnElement[dt.datetime | None] = case(
    (Agent.active_at > Agent.line_at, Agent.active_at), else_=Agent.line_at
)


def get(session: Session, agent_id: str) -> Agent | None:
    return session.get(Agent, agent_id)


def by_email(session: Session, email: str) -> Agent | None:
    return session.scalar(select(Agent).where(Agent.email == email))


def gone(session: Session, by: dt.datetime) -> Sequence[Agent]:
    """Who went offline by that moment without a word on their conversations, and is not back."""
    return session.scalars(select(Agent).where(Agent.left_at <= by).order_by(Agent.left_at)).all()


def first_gone(session: Session) -> dt.datetime | None:
    """When the first of them went."""
    return session.scalar(select(func.min(Agent.left_at)))


def silent(session: Session, since: dt.datetime) -> Sequence[Agent]:
    """Who is online, supervisors too, and has done nothing after that moment."""
    return session.scalars(select(Agent).where(*_ONLINE, Agent.active_at <= since)).all()


def first_silent(session: Session) -> dt.datetime | None:
    """Since when the one has done nothing who has been silent for longest."""
    return session.scalar(select(func.min(Agent.active_at)).where(*_ONLINE))


def lost(session: Session, since: dt.datetime) -> Sequence[Agent]:
    """Who is online, and has had no stream and done nothing after that moment."""
    return session.scalars(select(Agent).where(*_ONLINE, Agent.line_at.is_not(None), since >= _AT_DESK)).all()


def first_lost(session: Session) -> dt.datetime | None:
    """Since when the one has been without a stream, and doing nothing, who has been so for longest."""
    return session.scalar(select(func.min(_AT_DESK)).where(*_ONLINE, Agent.line_at.is_not(None)))


def give_lines_time(session: Session, now: dt.datetime) -> None:
    session.execute(update(Agent).where(*_ONLINE, Agent.line_at.is_not(None)).values(line_at=now))


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
