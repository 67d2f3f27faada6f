"""`GET /audit`."""

from typing import Annotated

from fastapi import APIRouter, Query

from handoff_service.audit import repository
from handoff_service.audit.schemas import AuditOut
from handoff_service.auth.dependencies import InContext, Supervising
from handoff_service.paging import Cursor, Limit, decode_place, encode_cursor
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
            after=decode_place(cursor),
            limit=limit + 1,
            conversation_id=conversation_id,
            actor=actor,
            action=action,
        )
        entries = [AuditOut.model_validate(entry, from_attributes=True) for entry in found[:limit]]
    more = len(found) > limit
    last = encode_cursor(entries[-1].at.isoformat(), entries[-1].id) if more else None
    return Page(items=entries, next_cursor=last)
