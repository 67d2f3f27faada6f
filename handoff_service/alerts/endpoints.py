"""`/alerts`, for supervisors."""

from typing import Annotated

from fastapi import APIRouter, Query

from handoff_service.alerts import repository
from handoff_service.alerts.schemas import AlertOut
from handoff_service.alerts.service import acknowledge
from handoff_service.auth.dependencies import CorrelationId, InContext, Supervising
from handoff_service.paging import Cursor, Limit, decode_place, encode_cursor
from handoff_service.sanitize import storable
from handoff_service.schemas import Page

router = APIRouter(prefix="/alerts", tags=["alerts"])


@router.get("")
def list_alerts(
    _who: Supervising,
    context: InContext,
    open_: Annotated[
        bool | None,
        Query(alias="open", description="true: those that nobody has acknowledged; false: the others"),
    ] = None,
    conversation_id: Annotated[str | None, Query(max_length=200)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AlertOut]:
    """Newest first. A rule alerts once per conversation, and again only after a return to the bot."""
    with context.database.reading() as session:
        found = repository.page(
            session,
            after=decode_place(cursor),
            limit=limit + 1,
            open_=open_,
            conversation_id=storable(conversation_id) if conversation_id else None,
        )
        items = [AlertOut.model_validate(alert, from_attributes=True) for alert in found[:limit]]
    more = len(found) > limit
    return Page(
        items=items, next_cursor=encode_cursor(items[-1].at.isoformat(), items[-1].id) if more else None
    )


@router.post("/{alert_id}/acknowledge")
def post_alert_acknowledge(
    alert_id: str, who: Supervising, context: InContext, correlation_id: CorrelationId
) -> AlertOut:
    """Somebody sees to it. Again, or by somebody else, it changes nothing."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        alert = acknowledge(unit, storable(alert_id), agent_id=who.id)
        return AlertOut.model_validate(alert, from_attributes=True)
