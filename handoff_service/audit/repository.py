"""All SQL about the audit."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff_service.models import AuditEntry


def page(
    session: Session,
    *,
    after: tuple[dt.datetime, str] | None,
    limit: int,
    conversation_id: str | None,
    actor: str | None,
    action: str | None,
) -> Sequence[AuditEntry]:
    """Newest first; `after` is time and id of the last one seen."""
    query = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)
    if after is not None:
        at, entry_id = after
        query = query.where((AuditEntry.at < at) | ((AuditEntry.at == at) & (AuditEntry.id < entry_id)))
    if conversation_id is not None:
        query = query.where(AuditEntry.conversation_id == conversation_id)
    if actor is not None:
        query = query.where(AuditEntry.actor == actor)
    if action is not None:
        query = query.where(AuditEntry.action == action)
    return session.scalars(query).all()
