"""All SQL about teams."""

from collections.abc import Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from handoff_service.models import Agent, Conversation, Team


def get(session: Session, team_id: str) -> Team | None:
    return session.get(Team, team_id)


def by_name(session: Session, name: str) -> Team | None:
    return session.scalar(select(Team).where(Team.name == name))


def all_teams(session: Session) -> Sequence[Team]:
    return session.scalars(select(Team).order_by(Team.name, Team.id)).all()


def members(session: Session, team_id: str | None = None) -> Sequence[Agent]:
    """Active agents in that team, or in any; by name."""
    query = select(Agent).where(Agent.active, Agent.team_id.is_not(None))
    if team_id is not None:
        query = query.where(Agent.team_id == team_id)
    return session.scalars(query.order_by(Agent.name, Agent.id)).all()


def everybody_in(session: Session, team_id: str) -> Sequence[Agent]:
    """Also those who may not log in any more."""
    return session.scalars(select(Agent).where(Agent.team_id == team_id)).all()


def led_by(session: Session, agent_id: str) -> str | None:
    """The team that the agent leads."""
    return session.scalar(select(Team.id).where(Team.lead_id == agent_id))


def with_people(session: Session) -> Sequence[Conversation]:
    """Every conversation that may belong to a team now."""
    return session.scalars(
        select(Conversation).where(or_(Conversation.owner == "queue", Conversation.owner == "agent"))
    ).all()


def forget(session: Session, team_id: str) -> None:
    """Nothing is meant for the team any more."""
    session.execute(update(Conversation).where(Conversation.team_id == team_id).values(team_id=None))
