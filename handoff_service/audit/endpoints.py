"""`GET /audit`."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query

from handoff_service.audit import repository
from handoff_service.audit.schemas import AuditOut
from handoff_service.auth.dependencies import InContext, Supervising
from handoff_service.errors import Unprocessable
from handoff_service.paging import Cursor, Limit, decode_cursor, encode_cursor
from handoff_service.schemas import Page

router = APIRouter(tags=["audit"])

Wanted = Annotated[str | None, Query(max_length=200)]


@router.get("/audit")
def list_audit(
    _who: Supervising,
    context: InContext,
    conversation_id: Wanted = None,
    actor: Wanted = None,
    action: Wanted = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AuditOut]:
    """Newest first."""
    with context.database.reading() as session:
        found = repository.page(
            session,
            after=_place(cursor),
            limit=limit + 1,
            conversation_id=conversation_id,
            actor=actor,
            action=action,
        )
        entries = [AuditOut.model_validate(entry, from_attributes=True) for entry in found[:limit]]
    more = len(found) > limit
    last = encode_cursor(entries[-1].at.isoformat(), entries[-1].id) if more else None
    return Page(items=entries, next_cursor=last)


def _place(cursor: str | None) -> tuple[dt.datetime, str] | None:
    place = decode_cursor(cursor, str, str)
    if place is None:
        return None
    try:
        at = dt.datetime.fromisoformat(str(place[0])).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise Unprocessable("The cursor is not one of ours.") from error
    return at, str(place[1])
