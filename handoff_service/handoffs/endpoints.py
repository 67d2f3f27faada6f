"""`POST /handoffs`: for callers outside a turn."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request

from handoff_service.auth.dependencies import CorrelationId, FromAssistant
from handoff_service.context import context_of
from handoff_service.handoffs.schemas import HandoffIn, HandoffRequested
from handoff_service.handoffs.service import open_for_caller

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
