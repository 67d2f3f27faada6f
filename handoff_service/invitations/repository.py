"""All SQL about invitations."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handoff_service.models import Agent, Invitation


def open_one(session: Session, secret_hash: str, now: dt.datetime) -> tuple[Invitation, Agent] | None:
    """The invitation that still works, and whom it is for."""
    found = session.execute(
        select(Invitation, Agent)
        .join(Agent, Agent.id == Invitation.agent_id)
        .where(
            Invitation.secret_hash == secret_hash,
            Invitation.ended_at.is_(None),
            Invitation.expires_at > now,
            Agent.active,
        )
    ).one_or_none()
    return (found[0], found[1]) if found else None


def end(session: Session, invitation_id: str, now: dt.datetime) -> bool:
    """Whether it was this call that ended it."""
    ended = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.ended_at.is_(None))
        .values(ended_at=now)
        .returning(Invitation.id)
    )
    return ended.first() is not None


def end_all_of(session: Session, agent_id: str, now: dt.datetime) -> None:
    session.execute(
        update(Invitation)
        .where(Invitation.agent_id == agent_id, Invitation.ended_at.is_(None))
        .values(ended_at=now)
    )
