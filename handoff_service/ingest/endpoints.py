"""`POST /ingest`."""

from fastapi import APIRouter, Request

from handoff_service.auth.dependencies import CorrelationId, FromAssistant
from handoff_service.context import context_of
from handoff_service.ingest.schemas import Batch, Results
from handoff_service.ingest.service import take_in

router = APIRouter(tags=["assistant"])


@router.post("/ingest")
def post_events(
    batch: Batch, request: Request, _key: FromAssistant, correlation_id: CorrelationId
) -> Results:
    """Take in a batch, in order. Each event is answered by itself; an empty batch is a sign of life."""
    context = context_of(request)
    request.app.state.assistant_seen_at = context.clock()
    if not batch.events:
        return Results(results=[])
    with context.work("assistant", correlation_id) as unit:
        return Results(results=take_in(unit, batch.events))
