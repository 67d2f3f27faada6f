"""All SQL about ratings."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from handoff_service.models import Agent, Conversation, Rating, Team
from handoff_service.ratings.summary import Count

_UNANSWERED = (Rating.score.is_(None), Rating.closed_at.is_(None))


def open_question(session: Session, sender_id: str, asked_after: dt.datetime) -> Rating | None:
    """Asked, neither answered nor closed, and not too long ago."""
    return session.scalars(
        select(Rating)
        .where(Rating.sender_id == sender_id, *_UNANSWERED, Rating.asked_at > asked_after)
        .order_by(Rating.asked_at.desc())
        .limit(1)
    ).first()


def unanswered(session: Session, sender_id: str) -> Sequence[Rating]:
    return session.scalars(select(Rating).where(Rating.sender_id == sender_id, *_UNANSWERED)).all()


def unanswered_in(session: Session, conversation_id: str) -> Sequence[Rating]:
    """Closed ones as well."""
    query = select(Rating).where(Rating.conversation_id == conversation_id, Rating.score.is_(None))
    return session.scalars(query).all()


def asked_before(session: Session, moment: dt.datetime) -> Sequence[Rating]:
    """Still unanswered."""
    return session.scalars(select(Rating).where(*_UNANSWERED, Rating.asked_at <= moment)).all()


def first_asked(session: Session) -> dt.datetime | None:
    """Of those still unanswered."""
    return session.scalar(select(func.min(Rating.asked_at)).where(*_UNANSWERED))


def of_handoff(session: Session, handoff_id: str) -> Rating | None:
    return session.scalar(select(Rating).where(Rating.handoff_id == handoff_id))


def conversations_asking(session: Session, rating: Rating) -> Sequence[Conversation]:
    """The rated one, and those of the sender that have begun since."""
    return session.scalars(
        select(Conversation).where(
            Conversation.sender_id == rating.sender_id, Conversation.rating_id == rating.id
        )
    ).all()


def given_by(session: Session, sender_ids: Sequence[str], limit: int) -> Sequence[tuple[Rating, str]]:
    """With the agent's name, the newest first."""
    rows = session.execute(
        select(Rating, Agent.name)
        .join(Agent, Agent.id == Rating.agent_id)
        .where(Rating.sender_id.in_(list(sender_ids)), Rating.score.is_not(None))
        .order_by(Rating.rated_at.desc(), Rating.id.desc())
        .limit(limit)
    )
    return [(rating, name) for rating, name in rows]


def page(
    session: Session,
    *,
    before: tuple[dt.datetime, str] | None,
    limit: int,
    agent_id: str | None,
    since: dt.datetime | None,
    commented: bool,
) -> Sequence[tuple[Rating, str]]:
    """Given ones with the agent's name, newest first; `before` is time and id of the last one seen."""
    query = (
        select(Rating, Agent.name)
        .join(Agent, Agent.id == Rating.agent_id)
        .where(Rating.score.is_not(None))
        .order_by(Rating.rated_at.desc(), Rating.id.desc())
        .limit(limit)
    )
    if before is not None:
        at, last_id = before
        query = query.where(or_(Rating.rated_at < at, (Rating.rated_at == at) & (Rating.id < last_id)))
    if agent_id is not None:
        query = query.where(Rating.agent_id == agent_id)
    if since is not None:
        query = query.where(Rating.rated_at >= since)
    if commented:
        query = query.where(Rating.comment.is_not(None))
    return [(rating, name) for rating, name in session.execute(query)]


def counts(session: Session, since: dt.datetime | None) -> list[Count]:
    """Of what was asked since then."""
    alike = (Agent.name, Agent.id, Team.name, Team.id, Rating.channel, Rating.score)
    query = (
        select(*alike, func.count())
        .select_from(Rating)
        .join(Agent, Agent.id == Rating.agent_id)
        .outerjoin(Team, Team.id == Agent.team_id)
        .group_by(*alike)
    )
    if since is not None:
        query = query.where(Rating.asked_at >= since)
    return [
        Count(agent=(agent, agent_id), team=(team, team_id), channel=channel, score=score, count=count)
        for agent, agent_id, team, team_id, channel, score, count in session.execute(query)
    ]
