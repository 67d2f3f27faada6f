"""All SQL about alerts."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff_service.models import Alert


def get(session: Session, alert_id: str) -> Alert | None:
    return session.get(Alert, alert_id)


def rules_told(session: Session, conversation_id: str, after_seq: int) -> set[str]:
    """The rules that have alerted since."""
    query = select(Alert.rule).where(Alert.conversation_id == conversation_id, Alert.seq > after_seq)
    return set(session.scalars(query))


def page(
    session: Session,
    *,
    after: tuple[dt.datetime, str] | None,
    limit: int,
    open_: bool | None,
    conversation_id: str | None,
) -> Sequence[Alert]:
    """Newest first; `after` is time and id of the last one seen."""
    query = select(Alert).order_by(Alert.at.desc(), Alert.id.desc()).limit(limit)
    if after is not None:
        at, alert_id = after
        query = query.where((Alert.at < at) | ((Alert.at == at) & (Alert.id < alert_id)))
    if open_ is not None:
        unseen = Alert.acknowledged_at.is_(None)
        query = query.where(unseen if open_ else ~unseen)
    if conversation_id is not None:
        query = query.where(Alert.conversation_id == conversation_id)
    return session.scalars(query).all()
