"""All SQL about business hours."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from handoff_service.models import StoredHours
from handoff_service.models.people import THE_DESKS_HOURS


def get(session: Session) -> StoredHours | None:
    return session.get(StoredHours, THE_DESKS_HOURS)


def replace(session: Session, hours: dict[str, Any], revision: int) -> bool:
    """Whether it was still at that revision."""
    changed = session.execute(
        update(StoredHours)
        .where(StoredHours.id == THE_DESKS_HOURS, StoredHours.revision == revision)
        .values(hours=hours, revision=revision + 1)
        .returning(StoredHours.id)
    )
    return changed.first() is not None
