"""`POST /handoffs`: for callers outside a turn. `PUT /handoffs/{id}/mark`: how it is judged afterwards."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request

from handoff_service.auth.dependencies import CorrelationId, FromAssistant, InContext, SignedIn
from handoff_service.context import context_of
from handoff_service.conversations.schemas import HandoffRecord
from handoff_service.conversations.view import handoff_record
from handoff_service.handoffs.marks import mark_as
from handoff_service.handoffs.schemas import HandoffIn, HandoffRequested, MarkIn
from handoff_service.handoffs.service import open_for_caller
from handoff_service.sanitize import storable

router = APIRouter(tags=["assistant"])

IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=200)]


@router.post("/handoffs", response_model=HandoffRequested, status_code=201)
def post_handoff(
    given: HandoffIn,
    request: Request,
    key: IdempotencyKey,
    _key: FromAssistant,
    correlation_id: CorrelationId,
) -> Any:
    """Ask for a person. The same `Idempotency-Key` again answers with the first handoff."""
    with context_of(request).work("assistant", correlation_id) as unit:
        answer, conversation = open_for_caller(unit, given, key)
        return {**answer, "conversation_id": conversation.id}


@router.put("/handoffs/{handoff_id}/mark", response_model=HandoffRecord, tags=["conversations"])
def put_mark(
    handoff_id: str, given: MarkIn, who: SignedIn, context: InContext, correlation_id: CorrelationId
) -> Any:
    """Say whether the handoff was needed. For the agent who held it last, and for supervisors."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return handoff_record(mark_as(unit, who, storable(handoff_id), given.mark))
