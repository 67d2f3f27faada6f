"""All SQL about logging in."""

import datetime as dt

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from handoff_service.models import Agent, LoginAttempt


def agent_by_email(session: Session, email: str) -> Agent | None:
    return session.scalar(select(Agent).where(Agent.email == email))


def attempts(session: Session, subject: str, since: dt.datetime) -> tuple[int, dt.datetime | None]:
    """How many attempts the subject made since then, and when the earliest of them was."""
    count, earliest = session.execute(
        select(func.count(), func.min(LoginAttempt.at)).where(
            LoginAttempt.subject == subject, LoginAttempt.at > since
        )
    ).one()
    return count, earliest


def forget_attempts_before(session: Session, moment: dt.datetime) -> None:
    session.execute(delete(LoginAttempt).where(LoginAttempt.at <= moment))


def forget_attempts(session: Session, ids: list[str]) -> None:
    session.execute(delete(LoginAttempt).where(LoginAttempt.id.in_(ids)))
