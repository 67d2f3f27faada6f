"""All SQL about canned answers."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from handoff_service.models import CannedAnswer


def get(session: Session, answer_id: str) -> CannedAnswer | None:
    return session.get(CannedAnswer, answer_id)


def page(
    session: Session, agent_id: str, *, after: tuple[dt.datetime, str] | None, limit: int
) -> Sequence[CannedAnswer]:
    """The agent's own and the shared ones, oldest first; `after` is time and id of the last one seen."""
    query = select(CannedAnswer).where(
        or_(CannedAnswer.owner_id.is_(None), CannedAnswer.owner_id == agent_id)
    )
    if after is not None:
        at, answer_id = after
        query = query.where(
            (CannedAnswer.created_at > at) | ((CannedAnswer.created_at == at) & (CannedAnswer.id > answer_id))
        )
    return session.scalars(query.order_by(CannedAnswer.created_at, CannedAnswer.id).limit(limit)).all()


def count(session: Session, owner_id: str | None) -> int:
    query = select(func.count()).select_from(CannedAnswer).where(_of(owner_id))
    return session.scalar(query) or 0


def by_shortcut(session: Session, owner_id: str | None, shortcut: str) -> CannedAnswer | None:
    return session.scalar(select(CannedAnswer).where(_of(owner_id), CannedAnswer.shortcut == shortcut))


def _of(owner_id: str | None) -> ColumnElement[bool]:
    return CannedAnswer.owner_id.is_(None) if owner_id is None else CannedAnswer.owner_id == owner_id
