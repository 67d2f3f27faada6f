"""All SQL about attachments."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from handoff_service.models import Attachment


def by_client_id(session: Session, sender_id: str, uploader: str, client_id: str) -> Attachment | None:
    return session.scalar(
        select(Attachment).where(
            Attachment.sender_id == sender_id,
            Attachment.uploader == uploader,
            Attachment.client_id == client_id,
        )
    )


def bytes_unused(session: Session, sender_id: str, uploader: str) -> int:
    """Of their files that no message shows yet."""
    query = select(func.sum(Attachment.size)).where(
        Attachment.sender_id == sender_id,
        Attachment.uploader == uploader,
        Attachment.expires_at.is_not(None),
        Attachment.state != "removing",
    )
    return session.scalar(query) or 0


def arrived(session: Session, attachment_id: str) -> bool:
    """The file is stored. False when the row was removed meanwhile."""
    return _changed(session, attachment_id, Attachment.state == "arriving", state="stored")


def use(session: Session, attachment_id: str, *, sender_id: str, uploader: str, conversation_id: str) -> bool:
    """A message shows it from now on. False when it cannot be used: not there, not theirs, or used."""
    return _changed(
        session,
        attachment_id,
        Attachment.state == "stored",
        Attachment.sender_id == sender_id,
        Attachment.uploader == uploader,
        Attachment.expires_at.is_not(None),
        expires_at=None,
        conversation_id=conversation_id,
    )


def change_state(session: Session, ids: Sequence[str], before: str, after: str) -> None:
    session.execute(
        update(Attachment).where(Attachment.id.in_(ids), Attachment.state == before).values(state=after)
    )


def next_expiry(session: Session) -> dt.datetime | None:
    return session.scalar(select(func.min(Attachment.expires_at)))


def take_expired(session: Session, now: dt.datetime, limit: int) -> list[str]:
    """Mark what nobody used in time; from then on no message can show it. Returns the ids."""
    due = select(Attachment.id).where(Attachment.expires_at <= now).limit(limit)
    marked = (
        update(Attachment).where(Attachment.id.in_(due)).values(state="removing").returning(Attachment.id)
    )
    return list(session.scalars(marked))


def forget(session: Session, attachment_id: str) -> None:
    session.execute(delete(Attachment).where(Attachment.id == attachment_id, Attachment.state == "removing"))


def _changed(session: Session, attachment_id: str, *where: Any, **values: Any) -> bool:
    changed = session.execute(
        update(Attachment).where(Attachment.id == attachment_id, *where).values(**values)
    )
    return cast(CursorResult[Any], changed).rowcount == 1
